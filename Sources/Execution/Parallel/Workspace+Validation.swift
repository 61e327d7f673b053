// Whether a batch would see again what it has seen.

import Ledger
import Primitives
import State

extension Workspace {
  /// Whether the batch, whose turn has come, would come to the same if it were executed now. `fees` are
  /// what the coinbase has earned that no version tells. Locations at which it would not become hot.
  func isRight(coinbaseFees fees: UInt256) -> Bool {
    let accounts = executor.state.accountEntries
    guard let entries = accounts.baseAddress else { return true }
    for index in accounts.indices where (entries + index).pointee.isLoaded {
      if !holds(entries + index, fees) { return false }
    }
    return slotsHold()
  }

  @inline(__always)
  private func holds(_ entry: UnsafePointer<AccountEntry>, _ fees: UInt256) -> Bool {
    let answer = reader.pointee.answers[Int(entry.pointee.readNumber)]
    // A question that was put off or failed belongs to a transaction that was undone.
    guard let location = answer.location?.assumingMemoryBound(to: Memory.AccountRecord.self)
    else { return true }
    if answer.sight != Sight.unclear,
      answer.sight
        == memory.pointee.firstVersion(
          AccountWrite.self, in: location.pointee.versions, before: reader.pointee.place)
    {
      return true
    }
    if compare(entry, location, answer.generation, fees) { return true }
    memory.pointee.heat(location.pointee.heat, Heat.hot)
    return false
  }

  @inline(never)
  private func compare(
    _ entry: UnsafePointer<AccountEntry>, _ location: UnsafeMutablePointer<Memory.AccountRecord>,
    _ generation: UInt32, _ fees: UInt256
  ) -> Bool {
    if entry.pointee.observed.isEmpty && entry.pointee.slack == AccountEntry.anything {
      return true
    }
    do throws(StateReadError) {
      var now = try memory.pointee.snapshot(of: location, before: reader.pointee.place)
      if entry.pointee.address == reader.pointee.coinbase {
        now.account.balance = now.account.balance &+ fees &+ reader.pointee.toldFees
      }
      return entry.pointee.wouldSeeTheSame(now, generation, Point.fault)
    } catch {
      // Executed again, it will come to the same and say so.
      return false
    }
  }

  private func slotsHold() -> Bool {
    let slots = executor.state.slotEntries
    guard let entries = slots.baseAddress else { return true }
    for index in slots.indices {
      let entry = entries + index
      guard entry.pointee.isObserved, entry.pointee.readNumber != AccountEntry.none else {
        continue
      }
      let answer = reader.pointee.answers[Int(entry.pointee.readNumber)]
      guard let location = answer.location?.assumingMemoryBound(to: Memory.SlotRecord.self)
      else { continue }
      if answer.sight != Sight.unclear, location.pointee.owner.pointee.wipes.load() == 0,
        answer.sight
          == memory.pointee.firstVersion(
            SlotWrite.self, in: location.pointee.versions, before: reader.pointee.place)
      {
        continue
      }
      if Point.fault == .missedValidation { continue }
      let now = try? memory.pointee.word(of: location, before: reader.pointee.place)
      if now == entry.pointee.start { continue }
      if let now, entry.pointee.isCounter,
        executor.state.bounds(of: entry.pointee).contain(now, insteadOf: entry.pointee.start)
          || Point.fault == .brokenBound
      {
        continue
      }
      // Perhaps it is a counter, unless this is known to be wrong.
      memory.pointee.heat(
        location.pointee.heat, entry.pointee.isFollowed ? Heat.hot : Heat.counter)
      return false
    }
    return true
  }

  /// Makes final what was written, and right. Versions that are made anew stand in the records of who
  /// holds the line.
  mutating func settle(in records: UnsafeMutablePointer<WorkerRecords<Point>>) {
    let accounts = executor.state.accountEntries
    guard let entries = accounts.baseAddress else { return }
    for index in 0..<accountWrites.count {
      let written = accountWrites[index]
      let entry = entries + written.entry
      let answer = reader.pointee.answers[Int(entry.pointee.readNumber)]
      let location = answer.location?.assumingMemoryBound(to: Memory.AccountRecord.self)
      if answer.sight != Sight.unclear, let location,
        answer.sight
          == memory.pointee.firstVersion(
            AccountWrite.self, in: location.pointee.versions, before: reader.pointee.place)
      {
        written.version.pointee.write.complete(from: outcome(entry, answer.generation))
      } else if let location {
        guard
          let after = try? memory.pointee.snapshot(of: location, before: reader.pointee.place + 1)
        else {
          preconditionFailure("all below is final, and the base was read when this was executed")
        }
        written.version.pointee.write.complete(from: after)
      }
    }
    republishCounters(in: records)
    noteShifts()
    mark(VersionState.final)
  }
}

extension AccountEntry {
  /// Whether who has read this account would have come to the same, had it been `now`; `generation`
  /// is how often its storage had been wiped.
  fileprivate func wouldSeeTheSame(
    _ now: AccountSnapshot, _ generation: UInt32, _ fault: PlantedFault?
  ) -> Bool {
    if observed.contains(.nonce) && now.account.nonce != start.nonce { return false }
    if observed.contains(.code) && now.account.codeHash != start.codeHash && fault != .staleCode {
      return false
    }
    if observed.contains(.existence) {
      if now.exists != existed || now.generation != generation { return false }
    }
    if observed.contains(.emptiness) && now.account.isEmpty != start.isEmpty { return false }
    let balance = now.account.balance
    if balance == start.balance { return true }
    if observed.contains(.balance) { return false }
    if slack == Self.anything { return true }
    // Above 128 bits, sums of balances could overflow.
    if (balance.l2 | balance.l3) != 0 { return false }
    return balance >= start.balance || start.balance &- balance <= slack
  }
}
