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
    let earned = (coinbase: coinbase, fees: fees)
    run { [self] number in
      found[number].look(
        through: workers[number].records, in: memory, at: place, earned: earned)
    }
    let parts = UnsafeMutableBufferPointer<ChangesInOrder<Point>>.allocate(capacity: found.count)
    defer {
      parts.deinitialize()
      parts.deallocate()
    }
    run { [found] number in
      parts.initializeElement(at: number, to: ChangesInOrder(part: number, of: found))
    }
    let accounts = changesWithStorage(Array(parts), through: place, earned: earned)
    return StateDiff(
      risingAccounts: Self.merge(parts, with: accounts), codes: found.flatMap(\.codes))
  }

  /// Whether there is so much to look through that setting others going is worth while.
  private var isLarge: Bool {
    let locations = workers.reduce(0) {
      $0 + $1.records.pointee.accounts.count + $1.records.pointee.slots.count
    }
    return locations > 4000
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

  /// The changes of all parts, by rising address; of an account that stands among `withStorage`, too,
  /// the one that stands there.
  private static func merge(
    _ parts: UnsafeMutableBufferPointer<ChangesInOrder<Point>>, with withStorage: [AccountChange]
  ) -> [AccountChange] {
    let count = parts.reduce(withStorage.count) { $0 + $1.accounts.count }
    if count == 0 { return [] }
    return [AccountChange](unsafeUninitializedCapacity: count) { buffer, end in
      var next = 0
      for part in parts {
        for account in part.accounts {
          while next < withStorage.count, withStorage[next].address < account.address {
            buffer.initializeElement(at: end, to: withStorage[next])
            (next, end) = (next + 1, end + 1)
          }
          if next < withStorage.count, withStorage[next].address == account.address { continue }
          buffer.initializeElement(at: end, to: account.change(risingStorage: []))
          end += 1
        }
      }
      for change in withStorage[next...] {
        buffer.initializeElement(at: end, to: change)
        end += 1
      }
    }
  }
}
