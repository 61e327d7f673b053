// A hash table on raw memory, for the hot path.

public import CKernels

/// A hash table without reference counts, exclusivity checks or copies.
///
/// Entries stand in a dense array in the order of their insertion, which is also the order of
/// `forEach`; removal moves the last entry into the hole. An index of 64-bit slots is probed
/// linearly and at most half full, since each further probe is a mispredicted branch:
///
///     slot: [ upper 32 bits of the hash | number of the entry + 1 ], 0 where empty
///
/// Pointers to values are good until the next insertion or removal.
@frozen
public struct FlatTable<Key: FlatKey, Value: BitwiseCopyable>: ~Copyable {
  @usableFromInline var slots: UnsafeMutablePointer<UInt64>
  @usableFromInline var entries: UnsafeMutableRawPointer
  /// The number of slots, a power of two, minus one.
  @usableFromInline var mask: Int
  /// How many entries fit before the table must grow; 0 while nothing is allocated.
  @usableFromInline var limit: Int
  @usableFromInline var storedCount: Int
  @usableFromInline let secret: FlatSecret

  /// An empty table; memory is taken by the first insertion.
  @inlinable
  public init() {
    secret = FlatSecret.shared
    slots = secret.emptyIndex
    entries = UnsafeMutableRawPointer(slots)
    mask = 0
    limit = 0
    storedCount = 0
  }

  /// An empty table with room for `capacity` keys.
  @inlinable
  public init(minimumCapacity capacity: Int) {
    self.init()
    if capacity > 0 { grow(slotCount: Self.slotCount(for: capacity)) }
  }

  @inlinable
  deinit {
    if limit > 0 {
      slots.deallocate()
      entries.deallocate()
    }
  }

  /// How many keys there are.
  @inlinable @inline(__always)
  public var count: Int { storedCount }

  /// Whether there is no key.
  @inlinable @inline(__always)
  public var isEmpty: Bool { storedCount == 0 }

  /// The value of `key`, or nil.
  @inlinable @inline(__always)
  public func find(_ key: Key) -> UnsafeMutablePointer<Value>? {
    let slot = probe(key, hash: key.flatHash(secret))
    let entry = slots[slot]
    return entry == 0 ? nil : valuePointer(Self.number(entry))
  }

  /// Whether `key` is there.
  @inlinable @inline(__always)
  public func contains(_ key: Key) -> Bool { slots[probe(key, hash: key.flatHash(secret))] != 0 }

  /// The value of `key`, which gets `value` where it has none yet.
  @discardableResult
  @inlinable
  public mutating func insertIfAbsent(
    _ key: Key, _ value: Value
  ) -> (pointer: UnsafeMutablePointer<Value>, inserted: Bool) {
    let hash = key.flatHash(secret)
    var slot = probe(key, hash: hash)
    let entry = slots[slot]
    if entry != 0 { return (valuePointer(Self.number(entry)), false) }
    if storedCount == limit {
      grow(slotCount: Swift.max(16, (mask + 1) * 2))
      slot = probe(key, hash: hash)
    }
    let number = storedCount
    storedCount = number &+ 1
    slots[slot] = Self.slot(hash, number)
    (entries + number &* Self.stride).storeBytes(of: key, as: Key.self)
    let pointer = valuePointer(number)
    pointer.initialize(to: value)
    return (pointer, true)
  }

  /// Gives `key` the value `value`.
  @inlinable
  public mutating func update(_ key: Key, _ value: Value) {
    let (pointer, inserted) = insertIfAbsent(key, value)
    if !inserted { pointer.pointee = value }
  }

  /// Takes `key` out; whether it was there.
  @discardableResult
  @inlinable
  public mutating func remove(_ key: Key) -> Bool {
    let slot = probe(key, hash: key.flatHash(secret))
    let entry = slots[slot]
    if entry == 0 { return false }
    let hole = Self.number(entry)
    let last = storedCount &- 1
    if hole != last {
      let hash = self.key(at: last).flatHash(secret)
      slots[slotOfEntry(last, hash: hash)] = Self.slot(hash, hole)
      (entries + hole &* Self.stride).copyMemory(
        from: entries + last &* Self.stride, byteCount: Self.stride)
    }
    storedCount = last
    close(slot)
    return true
  }

  /// Takes every key out.
  @inlinable
  public mutating func removeAll(keepingCapacity: Bool = true) {
    if limit == 0 { return }
    if !keepingCapacity {
      slots.deallocate()
      entries.deallocate()
      slots = secret.emptyIndex
      entries = UnsafeMutableRawPointer(slots)
      mask = 0
      limit = 0
    } else if storedCount &* 16 < mask {
      // Few entries in a large index: empty just their slots.
      for number in 0..<storedCount {
        slots[slotOfEntry(number, hash: key(at: number).flatHash(secret))] = 0
      }
    } else {
      slots.update(repeating: 0, count: mask &+ 1)
    }
    storedCount = 0
  }

  /// Calls `body` with each key and value, in the order of insertion unless keys were removed.
  @inlinable
  public func forEach<Failure: Error>(
    _ body: (Key, Value) throws(Failure) -> Void
  ) throws(Failure) {
    for number in 0..<storedCount { try body(key(at: number), value(at: number).pointee) }
  }

  /// The key of entry `number`, in 0 ..< `count`.
  @inlinable @inline(__always)
  public func key(at number: Int) -> Key {
    (entries + number &* Self.stride).load(as: Key.self)
  }

  /// The value of entry `number`, in 0 ..< `count`.
  @inlinable @inline(__always)
  public func value(at number: Int) -> UnsafeMutablePointer<Value> { valuePointer(number) }
}

extension FlatTable: @unchecked Sendable where Key: Sendable, Value: Sendable {}

extension FlatTable {
  /// Where the value stands in an entry; the key is at 0.
  @inlinable @inline(__always)
  static var valueOffset: Int {
    (MemoryLayout<Key>.size &+ MemoryLayout<Value>.alignment &- 1)
      & ~(MemoryLayout<Value>.alignment &- 1)
  }

  @inlinable @inline(__always)
  static var alignment: Int {
    Swift.max(MemoryLayout<Key>.alignment, MemoryLayout<Value>.alignment)
  }

  /// The bytes of an entry.
  @inlinable @inline(__always)
  static var stride: Int {
    (valueOffset &+ MemoryLayout<Value>.size &+ alignment &- 1) & ~(alignment &- 1)
  }

  /// The number of slots of which `capacity` entries take at most half.
  @inlinable
  static func slotCount(for capacity: Int) -> Int {
    var count = 16
    while count / 2 < capacity { count *= 2 }
    return count
  }

  @inlinable @inline(__always)
  static func number(_ slot: UInt64) -> Int { Int(truncatingIfNeeded: slot & 0xffff_ffff) &- 1 }

  @inlinable @inline(__always)
  static func slot(_ hash: UInt64, _ number: Int) -> UInt64 {
    hash & ~0xffff_ffff | UInt64(truncatingIfNeeded: number &+ 1)
  }

  @inlinable @inline(__always)
  func valuePointer(_ number: Int) -> UnsafeMutablePointer<Value> {
    (entries + (number &* Self.stride &+ Self.valueOffset)).assumingMemoryBound(to: Value.self)
  }

  /// Asks the processor for the slot where a search for `key` begins.
  @inlinable
  public func prefetchSlot(of key: Key) {
    nt_prefetch(slots + (Int(truncatingIfNeeded: key.flatHash(secret)) & mask))
  }

  /// Asks the processor for the entry that a search for `key` looks at first, whose slot is near.
  @inlinable
  public func prefetchEntry(of key: Key) {
    let slot = slots[Int(truncatingIfNeeded: key.flatHash(secret)) & mask]
    if slot != 0 { nt_prefetch(entries + Self.number(slot) &* Self.stride) }
  }

  /// The slot of `key`, or the empty slot where its search ends.
  @inlinable @inline(__always)
  func probe(_ key: Key, hash: UInt64) -> Int {
    var index = Int(truncatingIfNeeded: hash) & mask
    while true {
      let slot = slots[index]
      if slot == 0 { return index }
      if (slot ^ hash) >> 32 == 0 && self.key(at: Self.number(slot)) == key { return index }
      index = (index &+ 1) & mask
    }
  }

  /// The slot of an entry that is there.
  @inlinable
  func slotOfEntry(_ number: Int, hash: UInt64) -> Int {
    let wanted = Self.slot(hash, number)
    var index = Int(truncatingIfNeeded: hash) & mask
    while slots[index] != wanted { index = (index &+ 1) & mask }
    return index
  }

  /// Empties a slot and moves back those behind it that would no longer be reached.
  @inlinable
  mutating func close(_ slot: Int) {
    var hole = slot
    var index = slot
    while true {
      index = (index &+ 1) & mask
      let entry = slots[index]
      if entry == 0 { break }
      let home = Int(truncatingIfNeeded: key(at: Self.number(entry)).flatHash(secret)) & mask
      if (index &- home) & mask >= (index &- hole) & mask {
        slots[hole] = entry
        hole = index
      }
    }
    slots[hole] = 0
  }

  /// Moves to an index of `slotCount` slots.
  @inlinable @inline(never)
  mutating func grow(slotCount: Int) {
    let room = slotCount / 2
    precondition(room < 0xffff_ffff, "a flat table holds fewer than 2^32 entries")
    let newEntries = UnsafeMutableRawPointer.allocate(
      byteCount: room * Self.stride, alignment: Self.alignment)
    newEntries.copyMemory(from: entries, byteCount: storedCount * Self.stride)
    if limit > 0 {
      slots.deallocate()
      entries.deallocate()
    }
    entries = newEntries
    slots = UnsafeMutablePointer<UInt64>.allocate(capacity: slotCount)
    slots.initialize(repeating: 0, count: slotCount)
    mask = slotCount - 1
    limit = room
    for number in 0..<storedCount {
      let hash = key(at: number).flatHash(secret)
      var index = Int(truncatingIfNeeded: hash) & mask
      while slots[index] != 0 { index = (index &+ 1) & mask }
      slots[index] = Self.slot(hash, number)
    }
  }
}
