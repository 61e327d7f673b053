// The form of the pool's journal.

internal import Crypto
internal import Ledger
internal import Primitives
internal import Storage

/// A record of the journal: a transaction as it is sent, with its blobs, or a note of which of those before wait no
/// more. A note begins with a byte that no transaction begins with, and has hashes behind it.
enum JournalRecord {
  /// No transaction is longer than this allows, with all its blobs, and no note.
  static let framing = JournalFraming(
    head: Array("needletail transactions 1\n".utf8), lengthLimit: 64 << 20, readLimit: 512 << 20)

  /// What the hashes of a note say.
  enum Note: UInt8 {
    /// These were dropped.
    case dropped = 0x80
    /// Of all that stand before, only these wait still.
    case kept = 0x81
  }

  static func append(
    _ transaction: PooledTransaction, to bytes: inout [UInt8]
  ) throws(StoreError) {
    guard let sidecar = transaction.sidecar else {
      return try framing.append(transaction.encoding, hash: transaction.hash, to: &bytes)
    }
    let encoding = transaction.transaction.encoded(with: sidecar)
    try framing.append(encoding, hash: Keccak256.hash(encoding), to: &bytes)
  }

  static func append(
    _ note: Note, _ hashes: [Hash256], to bytes: inout [UInt8]
  ) throws(StoreError) {
    var content = [note.rawValue]
    content.reserveCapacity(1 + 32 * hashes.count)
    for hash in hashes { content += hash.bytes }
    try framing.append(content, hash: Keccak256.hash(content), to: &bytes)
  }

  /// The transactions that wait by the journal at `path`, and how many pieces of it were no records.
  static func read(_ path: String) throws(StoreError) -> (encodings: [[UInt8]], skipped: Int) {
    let (contents, skipped) = try framing.read(path)
    return (waiting(contents), skipped)
  }

  /// The transactions that wait by the bytes of a journal, and how many pieces were no records.
  static func parse(_ bytes: [UInt8]) -> (encodings: [[UInt8]], skipped: Int) {
    let (contents, skipped) = framing.parse(bytes)
    return (waiting(contents), skipped)
  }

  /// The transactions among what records say, without those that notes take out.
  private static func waiting(_ contents: [[UInt8]]) -> [[UInt8]] {
    let notes = contents.map { $0.first.flatMap(Note.init) }
    var places: [Hash256: Int] = [:]
    for (place, (content, note)) in zip(contents, notes).enumerated() {
      switch note {
      case nil:
        // What stands there twice keeps its place, before those that wait for it.
        let hash = hash(ofTransaction: content)
        if places[hash] == nil { places[hash] = place }
      case .dropped: for hash in hashes(in: content) { places[hash] = nil }
      case .kept:
        var kept: [Hash256: Int] = [:]
        for hash in hashes(in: content) { kept[hash] = places[hash] }
        places = kept
      }
    }
    return places.values.sorted().map { contents[$0] }
  }

  /// The hashes of a note.
  private static func hashes(in content: [UInt8]) -> [Hash256] {
    stride(from: 1, through: content.count - 32, by: 32).compactMap {
      Hash256(bytes: content[$0..<$0 + 32])
    }
  }

  /// The hash of a transaction, which is that of its encoding without blobs.
  private static func hash(ofTransaction encoding: [UInt8]) -> Hash256 {
    guard encoding.first == Transaction.Kind.blob.rawValue else { return Keccak256.hash(encoding) }
    var reader = RLPReader(encoding[1...])
    guard var parts = try? reader.readList(), let first = try? parts.readRaw(),
      // Where the chain's number comes first, there are no blobs.
      first.first.map({ $0 >= 0xc0 }) ?? false
    else { return Keccak256.hash(encoding) }
    return Keccak256.hash([Transaction.Kind.blob.rawValue] + first)
  }
}
