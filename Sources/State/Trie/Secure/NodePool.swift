// Memory for the nodes of tries, named by 32 bits.

internal import Primitives
internal import Synchronization

/// The number of the first 16-byte unit of a node; zero for none.
typealias NodeIndex = UInt32

/// One stretch of address space, handed out in chunks to workers, who cut it into nodes.
///
/// The system gives memory to what is written for the first time, so that the stretch may be long.
final class NodePool {
  /// Bytes in a unit.
  static let unit = 16
  /// Nodes have fewer units than this.
  static let sizes = 64
  /// Units in a chunk: one huge page.
  static let chunk = (2 << 20) / unit

  let base: UnsafeMutableRawPointer
  private let units: Int
  private let next: Atomic<Int>
  /// For each size, lists of free nodes that workers had too many of.
  private let spare: Mutex<[[NodeIndex]]>

  /// The least that a pool can hold.
  static let leastSize = 64 << 20

  /// A pool that can hold `bytes` bytes, or as many as the system lets it while it has `rest` more for
  /// others.
  init(bytes: Int, leaving rest: Int) {
    var length = min(max(bytes, Self.leastSize), (1 << 32) * Self.unit)
    while length > Self.leastSize && !SystemMemory.hasRoom(for: length + rest) {
      length = max(length / 2, Self.leastSize)
    }
    guard let address = SystemMemory.map(length) else {
      preconditionFailure("no address space for tries")
    }
    base = address
    units = length / Self.unit
    // The first unit has no name.
    next = Atomic(Self.chunk)
    spare = Mutex(Array(repeating: [], count: Self.sizes))
  }

  deinit { SystemMemory.unmap(base, byteCount: byteCount) }

  /// How many bytes it can hold.
  var byteCount: Int { units * Self.unit }

  /// The units of a chunk nobody has.
  func takeChunk() -> Range<Int> {
    let start = next.wrappingAdd(Self.chunk, ordering: .relaxed).oldValue
    precondition(start + Self.chunk <= units, "the tries outgrow their address space")
    SystemMemory.preferHugePages(base + start * Self.unit, byteCount: Self.chunk * Self.unit)
    return start..<start + Self.chunk
  }

  /// Takes over a list of free nodes of one size.
  func give(_ list: NodeIndex, size: Int) { spare.withLock { $0[size].append(list) } }

  /// A list of free nodes of one size that somebody gave; zero for none.
  func take(size: Int) -> NodeIndex { spare.withLock { $0[size].popLast() ?? 0 } }
}

/// One worker's share of a pool. Free nodes of a size hang together in lists of `listLength`; whoever
/// has more than two full ones gives them to the others.
struct NodeAllocator: ~Copyable {
  private static let listLength = 256

  private struct FreeNodes: BitwiseCopyable {
    /// The list to take from and to add to.
    var first: NodeIndex = 0
    var count = 0
    /// A list of full length.
    var full: NodeIndex = 0
  }

  let base: UnsafeMutableRawPointer
  private let pool: NodePool
  private let free: UnsafeMutablePointer<FreeNodes>
  private var chunk = 0..<0
  /// Bytes in the nodes that this worker made, less those it freed: only the sum over all says much.
  private(set) var bytesInUse = 0

  init(pool: NodePool) {
    self.pool = pool
    base = pool.base
    free = .allocate(capacity: NodePool.sizes)
    free.initialize(repeating: FreeNodes(), count: NodePool.sizes)
  }

  deinit { free.deallocate() }

  /// A node of `size` units, with anything in it.
  @inline(__always)
  mutating func allocate(size: Int) -> NodeIndex {
    bytesInUse &+= size &* NodePool.unit
    let list = free + size
    if list.pointee.count == 0 && !refill(list, size) { return cut(size) }
    let node = list.pointee.first
    list.pointee.first = next(node).pointee
    list.pointee.count &-= 1
    return node
  }

  /// Takes a node of `size` units back.
  @inline(__always)
  mutating func deallocate(_ node: NodeIndex, size: Int) {
    bytesInUse &-= size &* NodePool.unit
    let list = free + size
    next(node).pointee = list.pointee.first
    list.pointee.first = node
    list.pointee.count &+= 1
    if list.pointee.count == Self.listLength { putAside(list, size) }
  }

  /// Where a free node names the one after it.
  @inline(__always)
  private func next(_ node: NodeIndex) -> UnsafeMutablePointer<NodeIndex> {
    (base + Int(node) &* NodePool.unit).assumingMemoryBound(to: NodeIndex.self)
  }

  @inline(never)
  private mutating func putAside(_ list: UnsafeMutablePointer<FreeNodes>, _ size: Int) {
    if list.pointee.full != 0 { pool.give(list.pointee.full, size: size) }
    list.pointee = FreeNodes(full: list.pointee.first)
  }

  @inline(never)
  private mutating func refill(_ list: UnsafeMutablePointer<FreeNodes>, _ size: Int) -> Bool {
    let full = list.pointee.full != 0 ? list.pointee.full : pool.take(size: size)
    guard full != 0 else { return false }
    list.pointee = FreeNodes(first: full, count: Self.listLength)
    return true
  }

  private mutating func cut(_ size: Int) -> NodeIndex {
    if chunk.count < size { chunk = pool.takeChunk() }
    let start = chunk.lowerBound
    chunk = start + size..<chunk.upperBound
    return NodeIndex(truncatingIfNeeded: start)
  }
}
