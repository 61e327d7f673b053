// Leaves that lie side by side in a trie, in one piece of memory.

internal import Primitives
internal import State

/// All leaves of a trie below one path, by rising key:
///
///     0   bytes of memory; bytes in use
///     8   number of leaves, 16 bits, all ones where they are too many to stand here; half bytes of the
///         path; kind
///     16  the path, as the first half bytes of its keys
///     24  hash of the account, for slots
///         leaves: length of the value, 8 bits; key, 32 bytes; value
struct LeafPage: BitwiseCopyable {
  enum Kind: UInt8 {
    /// Room that nobody looks at any more.
    case none
    case accounts
    case slots
  }

  /// A page begins at a multiple of this.
  static let unit = 16
  /// More leaves stand in no page.
  static let leafLimit = 64
  /// Half bytes of a path, at most.
  static let depthLimit = 16
  /// No value is longer.
  static let valueLimit = AccountRecord.maximumSize
  /// No page of up to `leafLimit` leaves is longer.
  static let sizeLimit = 64 + leafLimit * (leafHeader + valueLimit)

  private static let leafHeader = 33
  private static let crowded = Int(UInt16.max)

  let memory: UnsafeMutableRawPointer

  init(at memory: UnsafeMutableRawPointer) { self.memory = memory }

  private func field<Value>(_ offset: Int) -> UnsafeMutablePointer<Value> {
    (memory + offset).assumingMemoryBound(to: Value.self)
  }

  /// Bytes from its beginning to that of the next page.
  var size: Int {
    get { Int(field(0).pointee as UInt32) }
    nonmutating set { field(0).pointee = UInt32(newValue) }
  }
  /// How many of them say something.
  private(set) var used: Int {
    get { Int(field(4).pointee as UInt32) }
    nonmutating set { field(4).pointee = UInt32(newValue) }
  }
  private(set) var leafCount: Int {
    get { Int(field(8).pointee as UInt16) }
    nonmutating set { field(8).pointee = UInt16(newValue) }
  }
  private var depth: UInt8 { field(10).pointee }
  var kind: Kind {
    get { Kind(rawValue: field(11).pointee) ?? .none }
    nonmutating set { field(11).pointee = newValue.rawValue }
  }
  private var path: UInt64 { field(16).pointee }
  private var account: Hash256 { (memory + 24).load(as: Hash256.self) }
  private var leaves: Int { kind == .slots ? 56 : 24 }

  /// Calls `body` with memory for a page of up to `leafLimit` leaves.
  static func withTemporary<Result, Failure: Error>(
    _ body: (LeafPage) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try withUnsafeTemporaryAllocation(byteCount: sizeLimit, alignment: unit) {
      memory throws(Failure) in
      // Memory of a size that is not zero has an address.
      try body(LeafPage(at: memory.baseAddress.unsafelyUnwrapped))
    }
  }

  /// What the page is found by.
  var name: PageName {
    PageName(
      trie: kind == .slots ? .storage(ofAccountWithHash: account) : .accounts, path: path,
      depth: Int(depth))
  }

  func isNamed(_ name: PageName) -> Bool {
    path == name.path && Int(depth) == name.depth
      && (name.trie.isStorage
        ? kind == .slots && account == name.trie.accountHash : kind == .accounts)
  }

  /// Whether there are more leaves than a page takes: they are to be read from the database.
  var isCrowded: Bool { leafCount == Self.crowded }

  /// Drops the leaves: they are too many.
  func makeCrowded() {
    used = leaves
    leafCount = Self.crowded
  }

  /// Makes it a page without leaves in `size` bytes.
  func initialize(_ name: PageName, size: Int) {
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: 16)
    self.size = size
    field(10).pointee = UInt8(name.depth)
    kind = name.trie.isStorage ? .slots : .accounts
    field(16).pointee = name.path
    if name.trie.isStorage {
      memory.storeBytes(of: name.trie.accountHash, toByteOffset: 24, as: Hash256.self)
    }
    used = leaves
  }

  /// Takes over what another page says; there is room.
  func copy(from other: LeafPage) {
    let size = size
    memory.copyMemory(from: other.memory, byteCount: other.used)
    self.size = size
  }

  // MARK: - Leaves

  private func key(at place: Int) -> Hash256 {
    (memory + place + 1).loadUnaligned(as: Hash256.self)
  }

  private func valueCount(at place: Int) -> Int { Int((memory + place).load(as: UInt8.self)) }

  private func value(at place: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: memory + place + Self.leafHeader, count: valueCount(at: place))
  }

  /// Where the first leaf begins whose key is not less than `key`; the end where there is none.
  private func place(of key: Hash256) -> (place: Int, isThere: Bool) {
    let end = used
    let word = key.word.l3
    var place = leaves
    while place < end {
      // Keys are hashes: eight bytes tell nearly all apart.
      let other = (memory + place + 25).loadUnaligned(as: UInt64.self)
      if other >= word {
        let found = self.key(at: place)
        if found == key { return (place, true) }
        if key < found { return (place, false) }
      }
      place += Self.leafHeader + valueCount(at: place)
    }
    return (end, false)
  }

  /// The value of a key; nil where there is none.
  func value(of key: Hash256) -> UnsafeRawBufferPointer? {
    let (place, isThere) = place(of: key)
    return isThere ? value(at: place) : nil
  }

  /// Calls `body` with each leaf until it answers that it wants no more; whether it did not.
  func forEachLeaf(_ body: (Hash256, UnsafeRawBufferPointer) -> Bool) -> Bool {
    var place = leaves
    let end = used
    while place < end {
      let value = value(at: place)
      guard body(key(at: place), value) else { return false }
      place += Self.leafHeader + value.count
    }
    return true
  }

  /// Adds a leaf behind all others; there is room.
  func append(_ key: Hash256, _ value: UnsafeRawBufferPointer) { insert(key, value, at: used) }

  private func insert(_ key: Hash256, _ value: UnsafeRawBufferPointer, at place: Int) {
    let length = Self.leafHeader + value.count
    (memory + place + length).copyMemory(from: memory + place, byteCount: used - place)
    (memory + place).storeBytes(of: UInt8(value.count), as: UInt8.self)
    (memory + place + 1).storeBytes(of: key, as: Hash256.self)
    if let base = value.baseAddress {
      (memory + place + Self.leafHeader).copyMemory(from: base, byteCount: value.count)
    }
    used += length
    leafCount += 1
  }

  /// Gives `key` a value, or takes it out; whether there was room.
  func set(_ key: Hash256, to value: UnsafeRawBufferPointer?) -> Bool {
    if isCrowded { return true }
    let (place, isThere) = place(of: key)
    if isThere, let value, value.count == valueCount(at: place), let base = value.baseAddress {
      (memory + place + Self.leafHeader).copyMemory(from: base, byteCount: value.count)
      return true
    }
    let present = isThere ? Self.leafHeader + valueCount(at: place) : 0
    let wanted = value.map { Self.leafHeader + $0.count } ?? 0
    guard used - present + wanted <= size, leafCount < Self.leafLimit || isThere || value == nil
    else {
      return false
    }
    if isThere {
      let behind = place + present
      (memory + place).copyMemory(from: memory + behind, byteCount: used - behind)
      used -= present
      leafCount -= 1
    }
    if let value { insert(key, value, at: place) }
    return true
  }

  /// The bytes of memory for a page that says as much.
  var sizeToKeep: Int { (used + Self.unit - 1) & ~(Self.unit - 1) }
}

/// What a page is found by.
struct PageName: BitwiseCopyable {
  let trie: TrieName
  let path: UInt64
  let depth: Int

  init(trie: TrieName, path: UInt64, depth: Int) {
    self.trie = trie
    self.path = path
    self.depth = depth
  }

  /// The page of the leaf `key`, where the pages of its trie have paths of `depth` half bytes.
  init(of key: Hash256, in trie: TrieName, depth: Int) {
    let mask = depth == 0 ? 0 : UInt64.max << UInt64(64 - 4 * depth)
    self.init(trie: trie, path: key.word.l3 & mask, depth: depth)
  }

  /// A hash of the name, keyed by the secret.
  func hash(_ secret: FlatSecret) -> UInt64 {
    let account = trie.accountHash.word
    return UInt256(l0: account.l0, l1: account.l3, l2: path, l3: UInt64(depth)).flatHash(secret)
  }

  /// The page below one choice of `path`, which has fewer than 16 half bytes.
  init(trie: TrieName, under path: NibblePath, _ choice: Int) {
    let nibble = UInt64(choice) << UInt64(60 - 4 * path.count)
    self.init(trie: trie, path: path.key.word.l3 | nibble, depth: path.count + 1)
  }

  /// The least key that the page may have.
  var firstKey: Hash256 { Hash256(UInt256(l0: 0, l1: 0, l2: 0, l3: path)) }

  /// The path that all keys of the page begin with.
  var nibbles: NibblePath { NibblePath(firstKey, count: depth) }
}
