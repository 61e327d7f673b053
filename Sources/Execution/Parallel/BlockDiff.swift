// What a block changed, gathered from all locations.

import Ledger
import Primitives
import State

extension MultiVersionMemory {
  /// The changes that the places up to `place` made, all of them final, with `fees` paid to `coinbase`.
  func diff(
    through place: UInt32, workers: [Worker<Point>],
    coinbase: UnsafeMutablePointer<AccountRecord>, fees: UInt256
  ) -> StateDiff {
    var slotChanges: [[SlotChange]] = []
    for worker in workers { collectSlots(of: worker, through: place, &slotChanges) }
    var changes: [AccountChange] = []
    var newCodes: [Code] = []
    for worker in workers {
      for index in 0..<worker.records.pointee.accounts.count {
        let location = worker.records.pointee.accounts[index]
        let list = Int(location.pointee.changes)
        location.pointee.changes = .max
        let earned = location == coinbase ? fees : .zero
        let storage = list < slotChanges.count ? slotChanges[list] : []
        guard location.pointee.versions.load() != 0 || !earned.isZero || !storage.isEmpty,
          var now = try? snapshot(of: location, before: place + 1)
        else { continue }
        now.account.balance = now.account.balance &+ earned
        guard let change = change(of: location, now, storage) else { continue }
        changes.append(change)
        if let account = change.account, account.codeHash != location.pointee.base.codeHash,
          let code = codes.find(account.codeHash)
        {
          newCodes.append(code)
        }
      }
    }
    return StateDiff(accounts: changes, codes: newCodes)
  }

  private func change(
    of location: UnsafeMutablePointer<AccountRecord>, _ now: AccountSnapshot,
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

  /// Sorts the changed slots that `worker` was the first to ask for into lists by account.
  private func collectSlots(
    of worker: Worker<Point>, through place: UInt32, _ lists: inout [[SlotChange]]
  ) {
    for index in 0..<worker.records.pointee.slots.count {
      let location = worker.records.pointee.slots[index]
      guard location.pointee.versions.load() != 0,
        let owner = accounts.find(location.pointee.key.address),
        let generation = try? snapshot(of: owner, before: place + 1).generation,
        let word = try? word(of: location, ownedBy: owner, before: place + 1)
      else { continue }
      let wasRead = location.pointee.phase.load() == BasePhase.present
      let before = generation == 0 && wasRead ? location.pointee.base : .zero
      if word == before { continue }
      if owner.pointee.changes == .max {
        owner.pointee.changes = UInt32(lists.count)
        lists.append([])
      }
      lists[Int(owner.pointee.changes)].append(
        SlotChange(slot: location.pointee.key.slot, value: word))
    }
  }
}
