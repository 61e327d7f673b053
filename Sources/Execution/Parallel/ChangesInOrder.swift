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
    let slots = Self.gather(found.map { ($0.slots + number) }).sorted(
      byPrefix: { $0.change.slot.l3 }, { $0.change.slot < $1.change.slot })
    storages = Self.sort(slots)
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

  /// The slots by account, in the order in which they come.
  private static func sort(_ slots: [ChangedSlot<Point>]) -> [Storage] {
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
    return storages
  }

  /// The storages of all parts, one after the other, by account.
  static func join(_ parts: [Self]) -> [Storage] {
    if parts.count == 1 { return parts[0].storages }
    var numbers = OwnerNumbers<Point>()
    var counts: [Int] = []
    for storage in parts.lazy.flatMap(\.storages) {
      let number = numbers.number(of: storage.owner)
      if number == counts.count { counts.append(0) }
      counts[number] += storage.changes.count
    }
    var joined: [Storage] = []
    for storage in parts.lazy.flatMap(\.storages) {
      let number = numbers.number(of: storage.owner)
      if number == joined.count {
        joined.append(storage)
        if counts[number] > storage.changes.count {
          joined[number].changes.reserveCapacity(counts[number])
        }
      } else {
        joined[number].changes += storage.changes
      }
    }
    return joined
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
    let key = UInt64(UInt(bitPattern: owner))
    let (known, isNew) = numbers.insertIfAbsent(key, owners.count)
    if isNew { owners.append(owner) }
    last = known.pointee
    return last
  }
}
