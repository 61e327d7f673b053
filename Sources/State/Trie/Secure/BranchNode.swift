// A branch of a trie in memory.

internal import Primitives

/// A branch together with the extension above it, in one piece of memory:
///
///     0   choices that have a child, those whose child is a leaf, whose hash is not up to date, whose
///         encoding stands instead of its hash, and that changed since changes were taken: 16 bits each
///     10  half byte of the key it chooses by; half byte after the parent's choice
///     12  room for children; marks; when it changed
///     16  nodes of the children        32 bits each, zero for one that is not in memory
///         numbers of leaves below them 32 bits each
///         their hashes                 32 bytes each
///         the first key and the hash of the branch without its extension, where it has one
///
/// Children stand without gaps in the order of their choices; with room for all sixteen, each stands in
/// its own place, so that workers can change different ones at a time.
struct BranchNode: BitwiseCopyable {
  struct Marks: OptionSet, BitwiseCopyable {
    let rawValue: UInt8
    /// The store has a record of it.
    static let recorded = Marks(rawValue: 1)
    /// It was visited since eviction came by.
    static let used = Marks(rawValue: 2)
    /// The encoding without the extension stands in the place of its hash.
    static let innerEmbedded = Marks(rawValue: 4)
    /// It has room for what an extension needs.
    static let extensible = Marks(rawValue: 8)
  }

  private static let headerSize = 16
  static let hashSize = 32
  /// Room for children is one of these.
  private static let capacities: InlineArray<17, UInt8> = [
    2, 2, 2, 3, 4, 6, 6, 8, 8, 12, 12, 12, 12, 16, 16, 16, 16,
  ]

  let memory: UnsafeMutableRawPointer

  init(at memory: UnsafeMutableRawPointer) { self.memory = memory }

  /// The least room for `count` children.
  static func capacity(for count: Int) -> Int { Int(capacities[count]) }

  /// Units of memory with room for `capacity` children.
  static func size(capacity: Int, isExtensible: Bool) -> Int {
    let bytes = headerSize + (8 + hashSize) * capacity + (isExtensible ? 2 * hashSize : 0)
    return (bytes + NodePool.unit - 1) / NodePool.unit
  }

  /// Makes it a branch without children.
  func initialize(start: Int, end: Int, capacity: Int, isExtensible: Bool) {
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: Self.headerSize)
    field(10).pointee = UInt8(truncatingIfNeeded: end)
    field(11).pointee = UInt8(truncatingIfNeeded: start)
    field(12).pointee = UInt8(truncatingIfNeeded: capacity)
    marks = isExtensible ? [.extensible, .used] : .used
    // Those that have their own place are looked up before they are there.
    if capacity == 16 {
      children.initialize(repeating: 0, count: 16)
      leafCounts.initialize(repeating: 0, count: 16)
    }
  }

  @inline(__always)
  private func field<Value>(_ offset: Int) -> UnsafeMutablePointer<Value> {
    (memory + offset).assumingMemoryBound(to: Value.self)
  }

  /// The choices that have a child.
  var present: UInt16 {
    get { field(0).pointee }
    nonmutating set { field(0).pointee = newValue }
  }
  /// The choices whose child is a leaf.
  var leaves: UInt16 {
    get { field(2).pointee }
    nonmutating set { field(2).pointee = newValue }
  }
  /// The choices whose child's hash is not up to date.
  var stale: UInt16 {
    get { field(4).pointee }
    nonmutating set { field(4).pointee = newValue }
  }
  /// The choices whose child's encoding, shorter than a hash, stands in the place of its hash.
  var embedded: UInt16 {
    get { field(6).pointee }
    nonmutating set { field(6).pointee = newValue }
  }
  /// The choices below which something has changed since changes were taken.
  var changed: UInt16 {
    get { field(8).pointee }
    nonmutating set { field(8).pointee = newValue }
  }
  /// The half byte of the key it chooses by.
  var end: Int { Int(field(10).pointee as UInt8) }
  /// The first half byte after the parent's choice.
  var start: Int {
    get { Int(field(11).pointee as UInt8) }
    nonmutating set { field(11).pointee = UInt8(truncatingIfNeeded: newValue) }
  }
  var capacity: Int { Int(field(12).pointee as UInt8) }
  var marks: Marks {
    get { Marks(rawValue: field(13).pointee) }
    nonmutating set { field(13).pointee = newValue.rawValue }
  }
  /// In which of the times between takings of changes it changed last.
  var epoch: UInt16 {
    get { field(14).pointee }
    nonmutating set { field(14).pointee = newValue }
  }

  var childCount: Int { present.nonzeroBitCount }
  var hasExtension: Bool { start < end }
  /// Whether workers may change its children at a time.
  var isSplittable: Bool { capacity == 16 && end == 0 }
  var size: Int { Self.size(capacity: capacity, isExtensible: marks.contains(.extensible)) }

  private var children: UnsafeMutablePointer<NodeIndex> { field(Self.headerSize) }
  private var leafCounts: UnsafeMutablePointer<UInt32> {
    field(Self.headerSize &+ 4 &* capacity)
  }
  private var hashes: UnsafeMutableRawPointer { memory + (Self.headerSize &+ 8 &* capacity) }
  private var extensionPart: UnsafeMutableRawPointer {
    hashes + Self.hashSize &* capacity
  }

  /// For an extensible one, a key that begins as all below do.
  var prefix: Hash256 {
    get { extensionPart.load(as: Hash256.self) }
    nonmutating set { extensionPart.storeBytes(of: newValue, as: Hash256.self) }
  }
  /// For an extensible one, where the hash without the extension stands.
  var innerHash: UnsafeMutableRawPointer { extensionPart + Self.hashSize }

  /// Where the child of a choice stands, or where it would.
  @inline(__always)
  func place(_ choice: Int) -> Int {
    if capacity == 16 { return choice }
    return (present & ((1 as UInt16) &<< UInt16(truncatingIfNeeded: choice) &- 1)).nonzeroBitCount
  }

  /// Where the hash of a choice's child stands.
  @inline(__always)
  func hash(_ choice: Int) -> UnsafeMutableRawPointer {
    hashes + place(choice) &* Self.hashSize
  }

  /// The node of a choice that has a child.
  @inline(__always)
  func node(_ choice: Int) -> NodeIndex { children[place(choice)] }

  /// What stands below a choice.
  @inline(__always)
  func child(_ choice: Int) -> TrieChild {
    let bit = Self.bit(choice)
    guard present & bit != 0 else { return .none }
    let place = place(choice)
    let node = children[place]
    let kind: TrieChild.Kind = node == 0 ? .absent : leaves & bit != 0 ? .leaf : .branch
    return TrieChild(node: node, kind: kind, leafCount: leafCounts[place])
  }

  /// How many leaves there are below.
  var leafCount: UInt32 {
    var sum: UInt32 = 0
    let counts = leafCounts
    if capacity == 16 {
      for place in 0..<16 { sum &+= counts[place] }
    } else {
      for place in 0..<childCount { sum &+= counts[place] }
    }
    return sum
  }

  /// Puts another child in the place of a choice's child.
  @inline(__always)
  func set(_ choice: Int, to child: TrieChild) {
    let place = place(choice)
    children[place] = child.node
    leafCounts[place] = child.leafCount
    if child.kind == .leaf {
      leaves |= Self.bit(choice)
    } else if child.kind == .branch {
      leaves &= ~Self.bit(choice)
    }
  }

  /// Makes a place for a child that was not there; there is room.
  func insert(_ choice: Int, _ child: TrieChild) {
    if capacity < 16 {
      let place = place(choice)
      let behind = childCount - place
      (children + place + 1).update(from: children + place, count: behind)
      (leafCounts + place + 1).update(from: leafCounts + place, count: behind)
      let hash = hashes + place * Self.hashSize
      (hash + Self.hashSize).copyMemory(from: hash, byteCount: behind * Self.hashSize)
    }
    present |= Self.bit(choice)
    set(choice, to: child)
  }

  /// Takes a choice's child away.
  func remove(_ choice: Int) {
    let bit = Self.bit(choice)
    let place = place(choice)
    if capacity < 16 {
      let behind = childCount - place - 1
      (children + place).update(from: children + place + 1, count: behind)
      (leafCounts + place).update(from: leafCounts + place + 1, count: behind)
      let hash = hashes + place * Self.hashSize
      hash.copyMemory(from: hash + Self.hashSize, byteCount: behind * Self.hashSize)
    } else {
      children[place] = 0
      leafCounts[place] = 0
    }
    present &= ~bit
    leaves &= ~bit
    stale &= ~bit
    embedded &= ~bit
    changed &= ~bit
  }

  /// Takes over everything from another branch; there is room.
  func copy(from other: BranchNode) {
    present = other.present
    leaves = other.leaves
    stale = other.stale
    embedded = other.embedded
    changed = other.changed
    epoch = other.epoch
    marks = Marks(
      rawValue: other.marks.rawValue & ~Marks.extensible.rawValue
        | marks.rawValue & Marks.extensible.rawValue)
    for choice in choices {
      children[place(choice)] = other.children[other.place(choice)]
      leafCounts[place(choice)] = other.leafCounts[other.place(choice)]
      hash(choice).copyMemory(from: other.hash(choice), byteCount: Self.hashSize)
    }
    if marks.contains(.extensible) && other.marks.contains(.extensible) {
      extensionPart.copyMemory(from: other.extensionPart, byteCount: 2 * Self.hashSize)
    }
  }

  /// The choices that have a child, in rising order.
  var choices: ChoiceSequence { ChoiceSequence(bits: present) }

  @inline(__always)
  static func bit(_ choice: Int) -> UInt16 { 1 &<< UInt16(truncatingIfNeeded: choice) }
}

/// The numbers of the bits that are set, in rising order.
struct ChoiceSequence: Sequence, IteratorProtocol {
  var bits: UInt16

  @inline(__always)
  mutating func next() -> Int? {
    guard bits != 0 else { return nil }
    defer { bits &= bits &- 1 }
    return bits.trailingZeroBitCount
  }
}
