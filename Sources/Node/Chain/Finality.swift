// Which blocks the consensus layer calls safe and final.

internal import Primitives
internal import Storage
internal import Synchronization

/// The blocks that the consensus layer named last. Any thread may call it.
public final class Finality: Sendable {
  private struct Named: Equatable {
    var safe = Hash256.zero
    var finalized = Hash256.zero
    /// Whether the file says it, too.
    var isWritten = true
  }

  private let named: Mutex<Named>
  /// The file that keeps them; nil where they are gone at the end.
  private let path: String?

  /// Nothing is named yet.
  public init() {
    named = Mutex(Named())
    path = nil
  }

  /// What the file at `path` says, as far as it is in the chain of `store`; what is named from now on is written there.
  init(_ path: String, in store: Store) throws(StoreError) {
    var kept = Self.read(path)
    if try store.number(ofBlock: kept.safe) == nil { kept.safe = .zero }
    if try store.number(ofBlock: kept.finalized) == nil { kept.finalized = .zero }
    named = Mutex(kept)
    self.path = path
  }

  /// Names both. They are named also where it throws, and then not there after a restart.
  func set(safe: Hash256, finalized: Hash256) throws(StoreError) {
    let new = Named(safe: safe, finalized: finalized)
    let isNew = named.withLock { named in
      let isNew = named != new
      named = new
      named.isWritten = !isNew
      return isNew
    }
    guard isNew, let path else { return }
    try Self.write(new, to: path)
    named.withLock { $0.isWritten = true }
  }

  /// The hashes of both; zero where none was named.
  var blocks: (safe: Hash256, finalized: Hash256) {
    named.withLock { ($0.safe, $0.finalized) }
  }

  /// The hash of the block that a selector means; throws in geth's words where none is named, and nil where
  /// the selector is another.
  func block(_ selector: BlockSelector) throws(RPCError) -> Hash256? {
    let (name, hash) =
      switch selector {
      case .safe: ("safe", named.withLock { $0.safe })
      case .finalized: ("finalized", named.withLock { $0.finalized })
      default: ("", Hash256.zero)
      }
    if name.isEmpty { return nil }
    if hash == .zero { throw .failed("\(name) block not found") }
    return hash
  }

  // MARK: - The file

  private static let head = "needletail finality 1\n"

  /// What the file at `path` says; nothing where it says it in no way that is known.
  private static func read(_ path: String) -> Named {
    guard let file = try? File(path, .read), let size = try? file.size(), size < 1024 else {
      return Named()
    }
    let bytes = [UInt8](unsafeUninitializedCapacity: 1024) { buffer, count in
      count = (try? file.read(into: UnsafeMutableRawBufferPointer(buffer), at: 0)) ?? 0
    }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    guard lines.count == 3, lines[0] + "\n" == head else { return Named() }
    let hashes = lines[1...].compactMap { line in
      (try? Hex.decode(String(line))).flatMap { Hash256(bytes: $0) }
    }
    guard hashes.count == 2 else { return Named() }
    return Named(safe: hashes[0], finalized: hashes[1])
  }

  private static func write(_ named: Named, to path: String) throws(StoreError) {
    let new = path + ".new"
    if Folder.exists(new) { try Folder.removeFile(new) }
    let text = head + "\(named.safe.hex)\n\(named.finalized.hex)\n"
    try File(new, .create).write(Array(text.utf8), at: 0)
    try Folder.move(new, to: path)
  }
}
