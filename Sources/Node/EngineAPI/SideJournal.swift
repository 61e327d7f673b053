// What outlives the process of the blocks beside the chain.

internal import Crypto
internal import Ledger
internal import Primitives
internal import Storage

/// Blocks beside the chain in a file beside its store, as their encodings. A block is written to the system before
/// anybody is told that it holds, and before the chain leaves it: it outlives the end of the process, however that
/// comes, but not always that of the machine.
final class SideJournal {
  /// A block that was read.
  struct SideBlock {
    let hash: Hash256
    let header: Header
    let encoding: [UInt8]
  }

  /// Below so many bytes the file is not written anew.
  private static let leastSize: UInt64 = 64 << 20
  /// Written anew, it has no more bytes than these.
  private static let keptLimit: UInt64 = 256 << 20
  /// No request brings a longer block.
  static let framing = JournalFraming(
    head: Array("needletail side blocks 1\n".utf8), lengthLimit: 128 << 20, readLimit: 512 << 20)

  private let path: String
  private var file: File
  private var size: UInt64
  /// The size from which on it is written anew.
  private var limit: UInt64
  private var hashes: Set<Hash256>

  /// The journal at `path`, which is made where there is none.
  static func open(
    _ path: String
  ) throws(StoreError) -> (journal: SideJournal, blocks: [SideBlock], skipped: Int) {
    var (contents, skipped) = try framing.read(path)
    var blocks: [SideBlock] = []
    for encoding in contents {
      if let header = try? EncodedBlock(encoding).header {
        blocks.append(SideBlock(hash: header.hash, header: header, encoding: encoding))
      } else {
        skipped += 1
      }
    }
    contents = []
    return (try SideJournal(path, blocks, isWhole: skipped == 0), blocks, skipped)
  }

  /// Goes on in the file at `path` where that is whole, and writes it anew with `blocks` where it is not.
  private init(_ path: String, _ blocks: [SideBlock], isWhole: Bool) throws(StoreError) {
    self.path = path
    if isWhole && Folder.exists(path) {
      file = try File(path, .write)
      size = try file.size()
      hashes = Set(blocks.map(\.hash))
    } else {
      let encodings = Dictionary(
        blocks.map { ($0.hash, $0.encoding) }, uniquingKeysWith: { first, _ in first })
      (file, size, hashes) = try Self.write(blocks.map(\.hash), to: path) { encodings[$0] }
    }
    limit = Self.limit(of: size)
  }

  private static func limit(of size: UInt64) -> UInt64 {
    // What is longer could not all be read again.
    max(leastSize, min(3 * size, framing.readLimit - UInt64(framing.lengthLimit)))
  }

  /// Whether the block with this hash is in the file.
  func contains(_ hash: Hash256) -> Bool { hashes.contains(hash) }

  /// Writes a block behind the others, unless it is there. Where it throws, the file is as it was.
  func append(_ hash: Hash256, _ encoding: [UInt8]) throws(StoreError) {
    if hashes.contains(hash) { return }
    var bytes: [UInt8] = []
    try Self.framing.append(encoding, hash: Keccak256.hash(encoding), to: &bytes)
    do throws(StoreError) {
      try file.write(bytes, at: size)
    } catch {
      try? file.truncate(to: size)
      throw error
    }
    size += UInt64(bytes.count)
    hashes.insert(hash)
  }

  /// Whether it is time to write the file anew.
  var isLong: Bool { size > limit }

  /// Writes the file anew with those of `blocks` that are in it, as far as there is room for them; `encoding` finds
  /// them. Where it fails the file stays as it is, and is not written anew again at once.
  func rewrite(_ blocks: [Hash256], encoding: (Hash256) -> [UInt8]?) {
    limit = min(2 * limit, Self.framing.readLimit - UInt64(Self.framing.lengthLimit))
    let kept = blocks.filter { hashes.contains($0) }
    guard let new = try? Self.write(kept, to: path, encoding: encoding) else { return }
    (file, size, hashes) = new
    limit = Self.limit(of: size)
  }

  private static func write(
    _ blocks: [Hash256], to path: String, encoding: (Hash256) -> [UInt8]?
  ) throws(StoreError) -> (File, UInt64, Set<Hash256>) {
    let new = path + ".new"
    if Folder.exists(new) { try Folder.removeFile(new) }
    let file = try File(new, .create)
    try file.write(framing.head, at: 0)
    var size = UInt64(framing.head.count)
    var hashes: Set<Hash256> = []
    for hash in blocks where !hashes.contains(hash) {
      guard let encoding = encoding(hash) else { continue }
      if size + UInt64(encoding.count) > keptLimit { break }
      var bytes: [UInt8] = []
      try framing.append(encoding, hash: Keccak256.hash(encoding), to: &bytes)
      try file.write(bytes, at: size)
      size += UInt64(bytes.count)
      hashes.insert(hash)
    }
    try file.sync()
    try Folder.move(new, to: path)
    // From here on the old file has no name: this one counts, whether or not its name is on the disk.
    try? Folder.sync(Folder.parent(of: path))
    return (file, size, hashes)
  }
}
