// What a block changed, gathered from all locations.

import Ledger
import Primitives
import State

extension ParallelCore {
  /// What one worker finds.
  private struct Findings {
    /// The changed slots among those that it was the first to ask for.
    var slots: [(owner: UnsafeMutablePointer<AccountLocation<Point>>, change: SlotChange)] = []
    /// The changed accounts in its part of all addresses, by rising address.
    var accounts: [AccountChange] = []
    var codes: [Code] = []
  }

  /// The changes that the places up to `place` made, all of them final, with `fees` paid to `coinbase`.
  /// `run` is what `execute` was given.
  func diff(
    through place: Place, coinbase: UnsafeMutablePointer<AccountLocation<Point>>, fees: UInt256,
    run: Runner
  ) -> StateDiff {
    let run = isLarge ? run : { [workers] in workers.indices.forEach($0) }
    let findings = UnsafeMutablePointer<Findings>.allocate(capacity: workers.count)
    findings.initialize(repeating: Findings(), count: workers.count)
    defer {
      findings.deinitialize(count: workers.count)
      findings.deallocate()
    }
    run { [self] in collectSlots(of: workers[$0], through: place, in: findings + $0) }
    var storage: [[SlotChange]] = []
    for index in workers.indices { sort(findings[index].slots, byOwner: &storage) }
    run { [self] number in
      for location in accounts(ofPart: number) {
        let list = Int(location.pointee.changes)
        location.pointee.changes = .max
        collect(
          location, through: place, earned: location == coinbase ? fees : .zero,
          list < storage.count ? storage[list] : [], in: findings + number)
      }
    }
    let count = workers.indices.reduce(0) { $0 + findings[$1].accounts.count }
    var all: [AccountChange] = []
    all.reserveCapacity(count)
    var codes: [Code] = []
    for index in workers.indices {
      all += findings[index].accounts
      codes += findings[index].codes
    }
    return StateDiff(risingAccounts: all, codes: codes)
  }

  /// Whether there is so much to look through that setting others going is worth while.
  private var isLarge: Bool {
    let locations = workers.reduce(0) {
      $0 + $1.records.pointee.accounts.count + $1.records.pointee.slots.count
    }
    return locations > 4000
  }

  /// The accounts that somebody has asked for whose addresses are in part `number` of as many as there
  /// are workers, by rising address.
  private func accounts(
    ofPart number: Int
  ) -> [UnsafeMutablePointer<AccountLocation<Point>>] {
    var found: [UnsafeMutablePointer<AccountLocation<Point>>] = []
    for worker in workers {
      let records = worker.records
      for index in 0..<records.pointee.accounts.count {
        let location = records.pointee.accounts[index]
        let part = (UInt64(location.pointee.key.l2) &* UInt64(workers.count)) &>> 32
        if part == number { found.append(location) }
      }
    }
    return found.sorted(
      byPrefix: { UInt64($0.pointee.key.l2) &<< 32 | $0.pointee.key.l1 &>> 32 },
      { $0.pointee.key < $1.pointee.key })
  }

  private func collect(
    _ location: UnsafeMutablePointer<AccountLocation<Point>>, through place: Place,
    earned: UInt256, _ storage: [SlotChange], in findings: UnsafeMutablePointer<Findings>
  ) {
    guard location.pointee.versions.load() != 0 || !earned.isZero || !storage.isEmpty,
      var now = try? memory.pointee.snapshot(of: location, before: place + 1)
    else { return }
    now.account.balance = now.account.balance &+ earned
    guard let change = change(of: location, now, storage) else { return }
    findings.pointee.accounts.append(change)
    if let account = change.account, account.codeHash != location.pointee.base.codeHash,
      let code = memory.pointee.codes.find(account.codeHash)
    {
      findings.pointee.codes.append(code)
    }
  }

  private func change(
    of location: UnsafeMutablePointer<AccountLocation<Point>>, _ now: AccountSnapshot,
    _ storage: [SlotChange]
  ) -> AccountChange? {
    let existed = location.pointee.phase.load() == BasePhase.present
    let address = location.pointee.key
    guard now.exists else { return existed ? AccountChange(address: address, account: nil) : nil }
    let isWiped = existed && now.generation > 0
    if !isWiped && storage.isEmpty && existed && now.account == location.pointee.base { return nil }
    return AccountChange(
      address: address, account: now.account, wipesStorage: isWiped, storage: storage)
  }

  /// Finds the changed slots among those that `worker` was the first to ask for.
  private func collectSlots(
    of worker: Worker<Point>, through place: Place, in findings: UnsafeMutablePointer<Findings>
  ) {
    for index in 0..<worker.records.pointee.slots.count {
      let location = worker.records.pointee.slots[index]
      guard location.pointee.versions.load() != 0,
        let generation = location.pointee.owner.pointee.wipes.load() == 0
          ? 0
          : try? memory.pointee.snapshot(
            of: location.pointee.owner, before: place + 1
          ).generation,
        let word = try? memory.pointee.word(of: location, before: place + 1)
      else { continue }
      let wasRead = location.pointee.phase.load() == BasePhase.present
      let before = generation == 0 && wasRead ? location.pointee.base : .zero
      if word == before { continue }
      findings.pointee.slots.append(
        (location.pointee.owner, SlotChange(slot: location.pointee.key.slot, value: word)))
    }
  }

  /// Appends changed slots to the list of their account, whose number the account notes.
  private func sort(
    _ slots: [(owner: UnsafeMutablePointer<AccountLocation<Point>>, change: SlotChange)],
    byOwner lists: inout [[SlotChange]]
  ) {
    for (owner, change) in slots {
      if owner.pointee.changes == .max {
        owner.pointee.changes = UInt32(lists.count)
        lists.append([])
      }
      lists[Int(owner.pointee.changes)].append(change)
    }
  }
}
