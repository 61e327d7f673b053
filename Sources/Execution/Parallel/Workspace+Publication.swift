// What a batch wrote, made visible to the others.

import Ledger
import Primitives
import State

extension Workspace {
  /// Publishes what the state was changed by, as versions at the place of the batch.
  mutating func publish(_ state: UInt) {
    let accounts = executor.state.accountEntries
    guard let entries = accounts.baseAddress else { return }
    for index in accounts.indices where (entries + index).pointee.isLoaded {
      guard var write = write(entries + index) else { continue }
      let answer = reader.pointee.answers[Int((entries + index).pointee.readNumber)]
      // Without an answer nothing was executed, and so nothing written.
      guard let location = answer.location?.assumingMemoryBound(to: Memory.AccountRecord.self)
      else { continue }
      if write.wipes > 0 { _ = location.pointee.wipes.add(1) }
      let version = reader.pointee.records.pointee.arena.allocate(Memory.AccountVersion.self)
      if state == VersionState.final {
        write.complete(from: outcome(entries + index, answer.generation))
      }
      version.initialize(to: Version(reader.pointee.place, state, write))
      VersionList.insert(version, at: location.pointee.versions)
      accountWrites.append(AccountWritten(entry: index, version: version))
    }
    publishSlots(entries, state)
  }

  private func write(_ entry: UnsafePointer<AccountEntry>) -> AccountWrite? {
    var aspects: AccountAspects = []
    let wipes = entry.pointee.generation
    if entry.pointee.current.balance != entry.pointee.start.balance { aspects.formUnion(.balance) }
    if entry.pointee.current.nonce != entry.pointee.start.nonce { aspects.formUnion(.nonce) }
    if entry.pointee.current.codeHash != entry.pointee.start.codeHash {
      aspects.formUnion(.code)
      if let code = executor.state.newCode(entry.pointee.current.codeHash) {
        memory.pointee.codes.insert(code)
      }
    }
    if entry.pointee.exists != entry.pointee.existed { aspects.formUnion(.existence) }
    // What was wiped and made anew is another account, even where it looks the same.
    if wipes > 0 { aspects.formUnion([.nonce, .code, .existence]) }
    if aspects.isEmpty { return nil }
    return AccountWrite(
      aspects: aspects, exists: entry.pointee.exists, wipes: UInt16(truncatingIfNeeded: wipes),
      nonce: entry.pointee.current.nonce, codeHash: entry.pointee.current.codeHash,
      balanceDifference: entry.pointee.current.balance &- entry.pointee.start.balance)
  }

  /// The account after the batch, which has seen the account as it is; `generation` is how often it
  /// had been wiped before.
  func outcome(_ entry: UnsafePointer<AccountEntry>, _ generation: UInt32) -> AccountSnapshot {
    var account = entry.pointee.current
    if entry.pointee.address == reader.pointee.coinbase {
      account.balance = account.balance &- reader.pointee.toldFees
    }
    return AccountSnapshot(
      account: account, exists: entry.pointee.exists,
      generation: generation &+ entry.pointee.generation)
  }

  private mutating func publishSlots(_ accounts: UnsafePointer<AccountEntry>, _ state: UInt) {
    let slots = executor.state.slotEntries
    guard let entries = slots.baseAddress else { return }
    for index in slots.indices where (entries + index).pointee.generation != SlotEntry.neverRead {
      let entry = entries + index
      let account = accounts + Int(entry.pointee.account)
      if entry.pointee.isFollowed && entry.pointee.isExact {
        // It is no counter, or not for everybody.
        memory.pointee.heat(location(of: entry, account).pointee.heat, Heat.hot)
      }
      guard entry.pointee.isChanged(account) else { continue }
      let owner = reader.pointee.answers[Int(account.pointee.readNumber)]
      let version = reader.pointee.records.pointee.arena.allocate(Memory.SlotVersion.self)
      version.initialize(
        to: Version(
          reader.pointee.place, state,
          SlotWrite(
            generation: owner.generation &+ account.pointee.generation,
            word: entry.pointee.current)))
      VersionList.insert(version, at: location(of: entry, account).pointee.versions)
      slotWrites.append(SlotWritten(entry: index, version: version))
    }
  }

  /// Publishes the words of counters anew that others have changed since they were read, now that this
  /// is known. What was published before stays as it is: others may be reading it.
  mutating func republishCounters(in records: UnsafeMutablePointer<WorkerRecords<Point>>) {
    guard let entries = executor.state.slotEntries.baseAddress else { return }
    for index in 0..<slotWrites.count {
      let written = slotWrites[index]
      let entry = entries + written.entry
      guard entry.pointee.isCounter, Point.fault != .lostSum,
        let location = reader.pointee.answers[Int(entry.pointee.readNumber)].location?
          .assumingMemoryBound(to: Memory.SlotRecord.self),
        let now = try? memory.pointee.word(of: location, before: reader.pointee.place),
        now != entry.pointee.start
      else { continue }
      let shift = now &- entry.pointee.start
      let version = records.pointee.arena.allocate(Memory.SlotVersion.self)
      version.initialize(
        to: Version(
          reader.pointee.place, VersionState.final,
          SlotWrite(
            generation: written.version.pointee.write.generation,
            word: entry.pointee.current &+ shift)))
      VersionList.insert(version, at: location.pointee.versions)
      written.version.pointee.mark(VersionState.void, at: reader.pointee.place)
      slotWrites[index] = SlotWritten(entry: written.entry, version: version)
    }
  }

  /// The location of a slot, which the state may have known to be zero without asking.
  private func location(
    of entry: UnsafePointer<SlotEntry>, _ account: UnsafePointer<AccountEntry>
  ) -> UnsafeMutablePointer<Memory.SlotRecord> {
    if entry.pointee.readNumber != AccountEntry.none,
      let known = reader.pointee.answers[Int(entry.pointee.readNumber)].location
    {
      return known.assumingMemoryBound(to: Memory.SlotRecord.self)
    }
    // The account was asked for, or it would not have been written.
    let owner = reader.pointee.answers[Int(account.pointee.readNumber)].location.unsafelyUnwrapped
    return memory.pointee.slots.intern(
      NumberedSlot(
        entry.pointee.slot, of: owner.assumingMemoryBound(to: Memory.AccountRecord.self)),
      in: &reader.pointee.records.pointee.slots)
  }
}

extension SlotEntry {
  /// Whether the word is another than `start`, or than zero if the storage was wiped since.
  func isChanged(_ account: UnsafePointer<AccountEntry>) -> Bool {
    generation == account.pointee.generation && current != (generation == 0 ? start : .zero)
  }
}
