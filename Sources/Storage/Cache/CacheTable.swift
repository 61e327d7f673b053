// The table of hot state: an index over entries of one size, in memory of the system's.

internal import CKernels
internal import Primitives
internal import Synchronization

/// Open addressing with linear probing, at most half full, over entries that stay where they are.
///
///     index: [ upper 32 bits of the hash | number of the entry + 1 ], 0 where empty
///
/// Any thread may look things up while one at a time inserts: an entry is whole before its index word
/// is there. Everything else needs that nobody else is at it.
struct CacheTable: ~Copyable {
  private var index: UnsafeMutablePointer<Atomic<UInt64>>
  private var entries: UnsafeMutableRawPointer
  private var mask: Int
  /// How many entries there may be.
  private(set) var capacity: Int
  /// How many entries there are.
  private(set) var count = 0
  /// Entries from here on were never used.
  private var fresh = 0
  private var freed: [UInt32] = []
  private var hand = 0
  private let secret = FlatSecret.shared

  /// A table that takes up to `byteCount` bytes, as they are needed.
  init(byteCount: Int) {
    var slots = 1024
    while slots * 2 * 8 + slots * CacheEntry.stride <= byteCount { slots *= 2 }
    // The next larger index may have room for more entries, if not for half as many as it has slots.
    let larger = (byteCount - slots * 2 * 8) / CacheEntry.stride
    if larger > slots / 2 { slots *= 2 }
    self.init(
      slotCount: slots,
      capacity: max(256, min(slots / 2, (byteCount - slots * 8) / CacheEntry.stride)))
  }

  private init(slotCount: Int, capacity: Int) {
    index = SystemMemory.allocate(byteCount: slotCount * 8)
      .bindMemory(to: Atomic<UInt64>.self, capacity: slotCount)
    entries = SystemMemory.allocate(byteCount: capacity * CacheEntry.stride)
    mask = slotCount - 1
    self.capacity = capacity
  }

  deinit { release() }

  private func release() {
    SystemMemory.unmap(UnsafeMutableRawPointer(index), byteCount: (mask + 1) * 8)
    SystemMemory.unmap(entries, byteCount: capacity * CacheEntry.stride)
  }

  /// How many bytes the entries and their index take.
  var byteCount: Int { fresh * CacheEntry.stride + (mask + 1) * 8 }

  var freeCount: Int { capacity - count }

  @inline(__always)
  subscript(number: Int) -> CacheEntry { CacheEntry(entries + number &* CacheEntry.stride) }

  // MARK: - Looking up

  @inline(__always)
  func find(_ address: Address) -> CacheEntry? {
    let number = number(hash: address.flatHash(secret)) { $0.isAccount(address) }
    return number < 0 ? nil : self[number]
  }

  @inline(__always)
  func find(_ key: StorageKey) -> CacheEntry? {
    let number = number(hash: key.flatHash(secret)) { $0.isSlot(key) }
    return number < 0 ? nil : self[number]
  }

  /// The number of the account's entry, −1 where there is none.
  func number(of address: Address) -> Int {
    number(hash: address.flatHash(secret)) { $0.isAccount(address) }
  }

  /// The number of the slot's entry, −1 where there is none.
  func number(of key: StorageKey) -> Int {
    number(hash: key.flatHash(secret)) { $0.isSlot(key) }
  }

  @inline(__always)
  private func number(hash: UInt64, _ isWanted: (CacheEntry) -> Bool) -> Int {
    var place = Int(truncatingIfNeeded: hash) & mask
    while true {
      let word = index[place].load(ordering: .acquiring)
      if word == 0 { return -1 }
      if (word ^ hash) >> 32 == 0 {
        let number = Self.number(word)
        if isWanted(self[number]) { return number }
      }
      place = (place &+ 1) & mask
    }
  }

  @inline(__always)
  private static func number(_ word: UInt64) -> Int {
    Int(truncatingIfNeeded: word & 0xffff_ffff) &- 1
  }

  @inline(__always)
  func prefetchIndex(_ address: Address) { prefetchIndex(hash: address.flatHash(secret)) }

  @inline(__always)
  func prefetchIndex(_ key: StorageKey) { prefetchIndex(hash: key.flatHash(secret)) }

  @inline(__always)
  private func prefetchIndex(hash: UInt64) {
    nt_prefetch(UnsafeRawPointer(index + (Int(truncatingIfNeeded: hash) & mask)))
  }

  /// Brings near what a search for the account looks at first, whose index is near.
  @inline(__always)
  func prefetchEntry(_ address: Address) { prefetchEntry(hash: address.flatHash(secret)) }

  @inline(__always)
  func prefetchEntry(_ key: StorageKey) { prefetchEntry(hash: key.flatHash(secret)) }

  @inline(__always)
  private func prefetchEntry(hash: UInt64) {
    let word = index[Int(truncatingIfNeeded: hash) & mask].load(ordering: .relaxed)
    if word == 0 { return }
    let entry = self[Self.number(word)].base
    nt_prefetch(entry)
    nt_prefetch(entry + 64)
  }

  // MARK: - Inserting

  /// The number of a new entry for an account, which has none; −1 when the table is full.
  mutating func insert(_ address: Address, _ initialize: (CacheEntry) -> Void) -> Int {
    insert(hash: address.flatHash(secret), initialize)
  }

  /// The number of a new entry for a slot, which has none; −1 when the table is full.
  mutating func insert(_ key: StorageKey, _ initialize: (CacheEntry) -> Void) -> Int {
    insert(hash: key.flatHash(secret), initialize)
  }

  private mutating func insert(hash: UInt64, _ initialize: (CacheEntry) -> Void) -> Int {
    let number: Int
    if let last = freed.popLast() {
      number = Int(last)
    } else if fresh < capacity {
      number = fresh
      fresh += 1
    } else {
      return -1
    }
    initialize(self[number])
    link(number, hash: hash)
    count += 1
    return number
  }

  private func link(_ number: Int, hash: UInt64) {
    var place = Int(truncatingIfNeeded: hash) & mask
    while index[place].load(ordering: .relaxed) != 0 { place = (place &+ 1) & mask }
    index[place].store(
      hash & ~0xffff_ffff | UInt64(truncatingIfNeeded: number &+ 1), ordering: .releasing)
  }

  /// Moves to twice the room.
  mutating func grow() {
    var larger = CacheTable(slotCount: (mask + 1) * 2, capacity: capacity * 2)
    larger.entries.copyMemory(from: entries, byteCount: fresh * CacheEntry.stride)
    larger.fresh = fresh
    larger.count = count
    larger.freed = freed
    larger.hand = hand
    for number in 0..<fresh where self[number].isUsed {
      larger.link(number, hash: hash(of: self[number]))
    }
    self = larger
  }

  // MARK: - Making room

  /// Takes out up to `wanted` entries that nobody looked at lately and that were last changed at
  /// `newest` or earlier; how many it were.
  mutating func evict(_ wanted: Int, changedUpTo newest: UInt32) -> Int {
    var evicted = 0
    // After two rounds every mark was taken off once.
    var rest = 2 * fresh
    while evicted < wanted && rest > 0 {
      rest -= 1
      if hand >= fresh { hand = 0 }
      let entry = self[hand]
      if entry.isUsed && entry.stamp <= newest && !entry.takeReference() {
        remove(hand)
        evicted += 1
      }
      hand += 1
    }
    return evicted
  }

  /// Lowers all stamps by `amount`, to 0 at least.
  func lowerStamps(by amount: UInt32) {
    for number in 0..<fresh where self[number].isUsed {
      let stamp = self[number].stamp
      self[number].stamp = stamp > amount ? stamp - amount : 0
    }
  }

  private func hash(of entry: CacheEntry) -> UInt64 {
    entry.isSlot
      ? StorageKey(address: entry.address, slot: entry.slot).flatHash(secret)
      : entry.address.flatHash(secret)
  }

  /// Empties an entry and its index word, and moves back those behind it that would no longer be
  /// reached.
  private mutating func remove(_ number: Int) {
    let hash = hash(of: self[number])
    let wanted = hash & ~0xffff_ffff | UInt64(truncatingIfNeeded: number &+ 1)
    var hole = Int(truncatingIfNeeded: hash) & mask
    while index[hole].load(ordering: .relaxed) != wanted { hole = (hole &+ 1) & mask }
    var place = hole
    while true {
      place = (place &+ 1) & mask
      let word = index[place].load(ordering: .relaxed)
      if word == 0 { break }
      let home = Int(truncatingIfNeeded: self.hash(of: self[Self.number(word)])) & mask
      if (place &- home) & mask >= (place &- hole) & mask {
        index[hole].store(word, ordering: .relaxed)
        hole = place
      }
    }
    index[hole].store(0, ordering: .relaxed)
    self[number].free()
    freed.append(UInt32(truncatingIfNeeded: number))
    count -= 1
  }
}
