// Keys turned into small stable numbers, with an entry for each in one slab.

import Primitives

/// What an `InternTable` keeps for a key. The entry holds the key itself.
protocol Interned: BitwiseCopyable {
  associatedtype Key
  init(_ key: Key)
  var key: Key { get }
  func has(_ key: Key) -> Bool
  static func hash(_ key: Key, _ secret: HashSecret) -> UInt32
}

/// An open-addressing table from keys to indices, which count up from zero, and the entries by index.
///
///     buckets   | hash, index + 1 | 0 | hash, index + 1 | …   8 bytes each, 0 = free, linear probing
///     entries   | entry 0 | entry 1 | entry 2 | …             dense, in the order of arrival
///
/// Nothing is ever removed but all at once. Indices stay; pointers to entries hold until the next
/// key arrives. Invariant: at most half of the buckets are taken. Where its budget refuses to let it
/// grow, each new key gets the spare entry behind the last, made afresh: it looks new every time, so
/// that whoever asks about new things, and at no other time, whether there was room finds out.
struct InternTable<Entry: Interned>: ~Copyable {
  private var buckets: UnsafeMutablePointer<UInt64>
  private var mask: UInt32
  /// The entries by index.
  private(set) var entries: UnsafeMutablePointer<Entry>
  private var capacity: Int
  /// How many entries there are.
  private(set) var count = 0
  private let secret = HashSecret.process
  private let budget: UnsafeMutablePointer<MemoryBudget>

  /// The most entries a table can have, whatever its budget: indices have 32 bits.
  private static var largestCapacity: Int { 1 << 30 }

  /// A table that holds `capacity` entries, a power of two, before it grows.
  init(capacity: Int, budget: UnsafeMutablePointer<MemoryBudget>) {
    precondition(capacity > 0 && capacity & (capacity - 1) == 0)
    self.capacity = capacity
    self.budget = budget
    entries = .allocate(capacity: capacity + 1)
    buckets = .allocate(capacity: capacity * 2)
    buckets.initialize(repeating: 0, count: capacity * 2)
    mask = UInt32(capacity * 2 - 1)
  }

  deinit {
    buckets.deallocate()
    entries.deallocate()
  }

  /// The entry at `index`, until the next key arrives.
  @inline(__always)
  subscript(index: UInt32) -> UnsafeMutablePointer<Entry> {
    entries + Int(truncatingIfNeeded: index)
  }

  /// The index of `key`, which gets a fresh entry when it is new.
  @inline(__always)
  mutating func index(of key: Entry.Key) -> UInt32 {
    let hash = Entry.hash(key, secret)
    var position = hash & mask
    while true {
      let bucket = buckets[Int(truncatingIfNeeded: position)]
      if bucket == 0 { return insert(key, hash: hash, at: position) }
      if UInt32(truncatingIfNeeded: bucket &>> 32) == hash {
        let index = UInt32(truncatingIfNeeded: bucket) &- 1
        if self[index].pointee.has(key) { return index }
      }
      position = (position &+ 1) & mask
    }
  }

  /// The index of `key`, or nil when it was never seen.
  func find(_ key: Entry.Key) -> UInt32? {
    let hash = Entry.hash(key, secret)
    var position = hash & mask
    while true {
      let bucket = buckets[Int(truncatingIfNeeded: position)]
      if bucket == 0 { return nil }
      let index = UInt32(truncatingIfNeeded: bucket) &- 1
      if UInt32(truncatingIfNeeded: bucket &>> 32) == hash, self[index].pointee.has(key) {
        return index
      }
      position = (position &+ 1) & mask
    }
  }

  /// Forgets all keys and keeps the memory. It costs what was there, not what there is room for.
  mutating func removeAll() {
    if count > capacity / 16 {
      buckets.update(repeating: 0, count: Int(mask) + 1)
    } else {
      for index in 0..<count { free(UInt64(index + 1), hash: hash(at: index)) }
    }
    count = 0
  }

  private func hash(at index: Int) -> UInt32 { Entry.hash(entries[index].key, secret) }

  /// Frees the bucket of the index below `number`, over buckets that may be free already.
  private func free(_ number: UInt64, hash: UInt32) {
    var position = hash & mask
    while buckets[Int(position)] & 0xffff_ffff != number { position = (position &+ 1) & mask }
    buckets[Int(position)] = 0
  }

  @inline(never)
  private mutating func insert(_ key: Entry.Key, hash: UInt32, at position: UInt32) -> UInt32 {
    var position = position
    if count == capacity {
      guard grow() else {
        (entries + capacity).initialize(to: Entry(key))
        return UInt32(capacity)
      }
      position = hash & mask
      while buckets[Int(position)] != 0 { position = (position &+ 1) & mask }
    }
    let index = UInt32(count)
    (entries + count).initialize(to: Entry(key))
    count += 1
    buckets[Int(position)] = UInt64(hash) << 32 | UInt64(index + 1)
    return index
  }

  private mutating func grow() -> Bool {
    let bytes = capacity * (MemoryLayout<Entry>.stride + 2 * MemoryLayout<UInt64>.stride)
    guard capacity < Self.largestCapacity, budget.pointee.take(bytes) else {
      budget.pointee.exhaust()
      return false
    }
    let grown = UnsafeMutablePointer<Entry>.allocate(capacity: capacity * 2 + 1)
    grown.moveInitialize(from: entries, count: count)
    entries.deallocate()
    entries = grown
    let old = UnsafeMutableBufferPointer(start: buckets, count: capacity * 2)
    capacity *= 2
    buckets = .allocate(capacity: capacity * 2)
    buckets.initialize(repeating: 0, count: capacity * 2)
    mask = UInt32(capacity * 2 - 1)
    for bucket in old where bucket != 0 {
      var position = UInt32(truncatingIfNeeded: bucket &>> 32) & mask
      while buckets[Int(position)] != 0 { position = (position &+ 1) & mask }
      buckets[Int(position)] = bucket
    }
    old.deallocate()
    return true
  }
}

/// Random words of this process that key the hashes: addresses are cheap to grind, so nobody may
/// know beforehand which keys meet in a bucket.
struct HashSecret: BitwiseCopyable {
  let a: UInt64
  let b: UInt64
  let c: UInt64
  let d: UInt64

  static let process: HashSecret = {
    var random = SystemRandomNumberGenerator()
    return HashSecret(
      a: random.next(), b: random.next(), c: random.next(), d: random.next())
  }()

  /// The high half of the 128-bit product folded into the low one.
  @inline(__always)
  static func fold(_ x: UInt64, _ y: UInt64) -> UInt64 {
    let product = x.multipliedFullWidth(by: y)
    return product.high ^ product.low
  }

  @inline(__always)
  func hash(_ address: Address) -> UInt32 {
    let folded = Self.fold(address.l0 ^ a, address.l1 ^ UInt64(address.l2) &<< 32 ^ b)
    return UInt32(truncatingIfNeeded: Self.fold(folded ^ c, UInt64(address.l2) ^ d) &>> 32)
  }

  @inline(__always)
  func hash(_ word: UInt256, _ number: UInt32) -> UInt32 {
    let low = Self.fold(word.l0 ^ a, word.l1 ^ b)
    let high = Self.fold(word.l2 ^ c, word.l3 ^ UInt64(number) &<< 32 ^ d)
    return UInt32(truncatingIfNeeded: Self.fold(low ^ d, high ^ UInt64(number) ^ a) &>> 32)
  }
}
