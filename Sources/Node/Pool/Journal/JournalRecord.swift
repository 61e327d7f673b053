// The form of the pool's journal.

internal import Crypto
internal import Ledger
internal import Storage

/// A transaction in the journal: as it is sent, with its blobs.
enum JournalRecord {
  /// What the file begins with.
  static var head: [UInt8] { framing.head }
  /// Of a longer file no more is read.
  static var readLimit: UInt64 { framing.readLimit }

  /// No transaction is longer than this allows, with all its blobs.
  private static let framing = JournalFraming(
    head: Array("needletail transactions 1\n".utf8), lengthLimit: 4 << 20, readLimit: 512 << 20)

  static func append(_ transaction: PooledTransaction, to bytes: inout [UInt8]) {
    guard let sidecar = transaction.sidecar else {
      return framing.append(transaction.encoding, hash: transaction.hash, to: &bytes)
    }
    let encoding = transaction.transaction.encoded(with: sidecar)
    framing.append(encoding, hash: Keccak256.hash(encoding), to: &bytes)
  }

  /// The transactions of the journal at `path`, and how many pieces of it were none.
  static func read(_ path: String) throws(StoreError) -> (encodings: [[UInt8]], skipped: Int) {
    let (encodings, skipped) = try framing.read(path)
    return (encodings, skipped)
  }

  /// The transactions in the bytes of a journal, and how many pieces were none.
  static func parse(_ bytes: [UInt8]) -> (encodings: [[UInt8]], skipped: Int) {
    let (encodings, skipped) = framing.parse(bytes)
    return (encodings, skipped)
  }
}
