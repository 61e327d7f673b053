// Blocks that came before their ancestors.

internal import Ledger
internal import Primitives

/// Blocks whose ancestors are not here, up to so many and so many bytes. Where there are too many, the oldest go first;
/// those that lead to the head that the consensus client names are the last to go, so that blocks that lead nowhere do
/// not drive them out.
struct OrphanBlocks {
  /// A block that waits.
  struct Orphan {
    let hash: Hash256
    let header: Header
    let encoding: [UInt8]
    fileprivate let arrival: UInt64
  }

  private let countLimit: Int
  private let byteLimit: Int
  private var blocks: [Hash256: Orphan] = [:]
  private var byteCount = 0
  private var arrivals: UInt64 = 0
  /// The head that was named last, where it is not here.
  var wanted: Hash256?

  init(countLimit: Int = 8192, byteLimit: Int = 256 << 20) {
    self.countLimit = countLimit
    self.byteLimit = byteLimit
  }

  /// The block with this hash, if it waits.
  subscript(hash: Hash256) -> Orphan? { blocks[hash] }

  /// Those of all that wait, the lowest block's first.
  var hashes: [Hash256] {
    blocks.values.sorted { $0.header.number < $1.header.number }.map(\.hash)
  }

  /// Keeps a block. Where it is still there when all is known about it, `forgetExcess` is to be called.
  mutating func add(_ hash: Hash256, _ header: Header, _ encoding: [UInt8]) {
    if blocks[hash] != nil { return }
    arrivals += 1
    blocks[hash] = Orphan(hash: hash, header: header, encoding: encoding, arrival: arrivals)
    byteCount += encoding.count
  }

  mutating func remove(_ hash: Hash256) {
    if let orphan = blocks.removeValue(forKey: hash) { byteCount -= orphan.encoding.count }
  }

  /// Forgets the blocks for which `isForgotten` holds.
  mutating func removeAll(where isForgotten: (Orphan) -> Bool) {
    for orphan in blocks.values where isForgotten(orphan) { remove(orphan.hash) }
  }

  /// The blocks that lead to this one, itself included, the lowest first, and what the first of them follows. Empty
  /// where it does not wait.
  func line(to hash: Hash256) -> (blocks: [Orphan], root: Hash256) {
    var line: [Orphan] = []
    var next = hash
    // A block's hash is made of its parent's, so that no line comes back to where it began.
    while let orphan = blocks[next] {
      line.append(orphan)
      next = orphan.header.parentHash
    }
    line.reverse()
    return (line, next)
  }

  private var isTooMuch: Bool { blocks.count > countLimit || byteCount > byteLimit }

  /// Forgets the oldest where there are too many, but not the one that came last.
  mutating func forgetExcess() {
    if !isTooMuch { return }
    let spared = Set(wanted.map { line(to: $0).blocks.map(\.hash) } ?? [])
    let order = blocks.values.filter { $0.arrival != arrivals }.sorted {
      let (a, b) = (spared.contains($0.hash), spared.contains($1.hash))
      return a == b ? $0.arrival < $1.arrival : b
    }
    for orphan in order where isTooMuch { remove(orphan.hash) }
  }
}
