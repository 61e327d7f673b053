// A part of what a block changed, in the order of a state diff.

import Primitives
import State

/// The changes of one part of all keys.
struct ChangesInOrder<Point: SchedulingPoint> {
  /// By rising address.
  let accounts: [ChangedAccount]
  /// The changed slots of each account that has some, by rising slot.
  let storages: [Storage]

  /// Changed slots of an account, by rising slot.
  struct Storage {
    let owner: UnsafeMutablePointer<AccountLocation<Point>>
    var changes: [SlotChange]
  }

  /// Part `number` of what all workers found.
  init(part number: Int, of found: [ChangesFound<Point>]) {
    accounts = Self.gather(found.map { ($0.accounts + number) }).sorted(
      byPrefix: { UInt64($0.address.l2) &<< 32 | $0.address.l1 &>> 32 },
      { $0.address < $1.address })
    storages = Self.storages(of: Self.gather(found.map { ($0.slots + number) }))
  }

  private static func gather<Element>(
    _ lists: [UnsafeMutablePointer<PlainList<Element>>]
  ) -> [Element] {
    var all: [Element] = []
    all.reserveCapacity(lists.reduce(0) { $0 + $1.pointee.count })
    for list in lists {
      all.append(
        contentsOf: UnsafeBufferPointer(start: list.pointee.base, count: list.pointee.count))
    }
    return all
  }

  /// The slots by account, in order.
  private static func storages(of slots: [ChangedSlot<Point>]) -> [Storage] {
    var numbers = OwnerNumbers<Point>()
    let numberOf = slots.map { numbers.number(of: $0.owner) }
    var counts = [Int](repeating: 0, count: numbers.owners.count)
    for number in numberOf { counts[number] += 1 }
    var storages = zip(numbers.owners, counts).map { owner, count in
      var changes: [SlotChange] = []
      changes.reserveCapacity(count)
      return Storage(owner: owner, changes: changes)
    }
    for (slot, number) in zip(slots, numberOf) { storages[number].changes.append(slot.change) }
    for number in storages.indices where counts[number] > 1 {
      storages[number].changes = storages[number].changes.sorted(
        byPrefix: { $0.slot.l3 }, { $0.slot < $1.slot })
    }
    return storages
  }

  // MARK: - Putting parts together

  /// The storages of all parts, each account's in one.
  static func join(_ parts: [Self]) -> [Storage] {
    if parts.count == 1 { return parts[0].storages }
    var numbers = OwnerNumbers<Point>()
    var pieces: [[Storage]] = []
    for storage in parts.lazy.flatMap(\.storages) {
      let number = numbers.number(of: storage.owner)
      if number == pieces.count { pieces.append([storage]) } else { pieces[number].append(storage) }
    }
    return pieces.map { pieces in
      if pieces.count == 1 { return pieces[0] }
      // Each piece holds all slots between its first and its last one.
      let rising = pieces.sorted { $0.changes[0].slot < $1.changes[0].slot }
      var changes: [SlotChange] = []
      changes.reserveCapacity(rising.reduce(0) { $0 + $1.changes.count })
      for piece in rising { changes += piece.changes }
      return Storage(owner: rising[0].owner, changes: changes)
    }
  }

  /// The changes of all parts, by rising address; of an account that stands among `withStorage`, too,
  /// the one that stands there.
  static func merge(
    _ parts: UnsafeMutableBufferPointer<Self>, with withStorage: [AccountChange]
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

/// Accounts numbered in the order in which they are met.
private struct OwnerNumbers<Point: SchedulingPoint>: ~Copyable {
  typealias Owner = UnsafeMutablePointer<AccountLocation<Point>>

  private(set) var owners: [Owner] = []
  private var numbers = FlatTable<UInt64, Int>()
  private var last = 0

  /// The number of `owner`, which is the next one if it is met for the first time.
  mutating func number(of owner: Owner) -> Int {
    if last < owners.count, owners[last] == owner { return last }
    let (known, isNew) = numbers.insertIfAbsent(UInt64(UInt(bitPattern: owner)), owners.count)
    if isNew { owners.append(owner) }
    last = known.pointee
    return last
  }
}
