// What a block changed, gathered from all locations.

import Ledger
import Primitives
import State

extension ParallelCore {
  /// The changes that the places up to `place` made, all of them final, with `fees` paid to `coinbase`.
  /// `run` is what `execute` was given.
  ///
  /// Each worker looks through the locations that it was the first to ask for, most of which are near
  /// it; then each puts one part of all keys in order; what is left is to put the parts together.
  func diff(
    through place: Place, coinbase: UnsafeMutablePointer<AccountLocation<Point>>, fees: UInt256,
    run: Runner
  ) -> StateDiff {
    let run = isLarge ? run : { [workers] in workers.indices.forEach($0) }
    let count = isLarge ? changesFound[0].partsAtMost : 1
    let earned = (coinbase: coinbase, fees: fees)
    run { [self] number in
      changesFound[number].look(
        through: workers[number].records, in: memory, at: place, earned: earned, parts: count)
    }
    let parts = UnsafeMutableBufferPointer<ChangesInOrder<Point>>.allocate(capacity: count)
    defer {
      parts.deinitialize()
      parts.deallocate()
    }
    run { [changesFound] number in
      if number >= count { return }
      parts.initializeElement(at: number, to: ChangesInOrder(part: number, of: changesFound))
    }
    let accounts = changesWithStorage(Array(parts), through: place, earned: earned)
    return StateDiff(
      risingAccounts: ChangesInOrder.merge(parts, with: accounts),
      codes: changesFound.flatMap { $0.takeCodes() })
  }

  /// Whether there is so much to look through that setting others going is worth while.
  private var isLarge: Bool {
    let locations = workers.reduce(0) {
      $0 + $1.records.pointee.accounts.count + $1.records.pointee.slots.count
    }
    return splitsSmallDiffs || locations > 4000
  }

  /// The changes of accounts some of whose slots change, by rising address.
  private func changesWithStorage(
    _ parts: [ChangesInOrder<Point>], through place: Place,
    earned: (coinbase: UnsafeMutablePointer<AccountLocation<Point>>, fees: UInt256)
  ) -> [AccountChange] {
    var changes: [AccountChange] = []
    for storage in ChangesInOrder.join(parts) {
      guard var now = try? memory.pointee.snapshot(of: storage.owner, before: place + 1)
      else { continue }
      if storage.owner == earned.coinbase {
        now.account.balance = now.account.balance &+ earned.fees
      }
      if let account = ChangedAccount(storage.owner, now, hasStorage: true) {
        changes.append(account.change(risingStorage: storage.changes))
      }
    }
    return changes.sorted { $0.address < $1.address }
  }
}
