// The form of the pool's journal.

internal import Crypto
internal import Ledger
internal import Primitives
internal import Storage

/// A transaction in the journal: a mark, the length and the first bytes of the hash of what follows, which is the
/// transaction as it is sent, with its blobs.
enum JournalRecord {
  /// What the file begins with.
  static let head = Array("needletail transactions 1\n".utf8)
  private static let mark: [UInt8] = [0xf5, 0x4e, 0x54, 0x78]
  private static let checkSize = 8
  private static let frameSize = 4 + 4 + checkSize
  /// No transaction is longer, with all its blobs.
  private static let lengthLimit = 4 << 20
  /// Of a longer file no more is read.
  static let readLimit: UInt64 = 512 << 20

  static func append(_ transaction: PooledTransaction, to bytes: inout [UInt8]) {
    guard let sidecar = transaction.sidecar else {
      return append(transaction.encoding, hash: transaction.hash, to: &bytes)
    }
    let encoding = transaction.transaction.encoded(with: sidecar)
    append(encoding, hash: Keccak256.hash(encoding), to: &bytes)
  }

  private static func append(_ encoding: [UInt8], hash: Hash256, to bytes: inout [UInt8]) {
    bytes += mark
    withUnsafeBytes(of: UInt32(encoding.count).littleEndian) { bytes.append(contentsOf: $0) }
    bytes += hash.bytes.prefix(checkSize)
    bytes += encoding
  }

  /// The transactions of the journal at `path`, and how many pieces of it were none: what was torn or changed is
  /// passed over up to the next mark.
  static func read(_ path: String) throws(StoreError) -> (encodings: [[UInt8]], skipped: Int) {
    guard Folder.exists(path) else { return ([], 0) }
    let file = try File(path, .read)
    let size = try file.size()
    let count = Int(min(size, readLimit))
    var failure: StoreError?
    let bytes = [UInt8](unsafeUninitializedCapacity: max(1, count)) { buffer, initialized in
      do throws(StoreError) {
        let target = UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: count)
        initialized = try file.read(into: target, at: 0)
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    var (encodings, skipped) = parse(bytes)
    if size > readLimit { skipped += 1 }
    return (encodings, skipped)
  }

  /// The transactions in the bytes of a journal, and how many pieces were none.
  static func parse(_ bytes: [UInt8]) -> (encodings: [[UInt8]], skipped: Int) {
    var encodings: [[UInt8]] = []
    var skipped = 0
    var place = 0
    var isLost = false
    // Marks that somebody put everywhere must not cost a hash of all that follows each.
    var budget = bytes.count + lengthLimit
    if bytes.starts(with: head) {
      place = head.count
    } else if !bytes.isEmpty {
      (skipped, isLost) = (1, true)
    }
    while place < bytes.count {
      if let end = record(in: bytes, at: place, budget: &budget) {
        encodings.append(Array(bytes[place + frameSize..<end]))
        place = end
        isLost = false
        continue
      }
      if !isLost { skipped += 1 }
      isLost = true
      place = nextMark(in: bytes, after: place)
    }
    return (encodings, skipped)
  }

  /// Where the record that begins at `place` ends; nil where there is none.
  private static func record(
    in bytes: [UInt8], at place: Int, budget: inout Int
  ) -> Int? {
    guard bytes.count - place > frameSize, bytes[place..<place + mark.count].elementsEqual(mark)
    else { return nil }
    let length = (0..<4).reduce(0) { $0 | Int(bytes[place + 4 + $1]) << (8 * $1) }
    let start = place + frameSize
    guard length > 0, length <= min(bytes.count - start, lengthLimit), length <= budget else {
      return nil
    }
    let hash = Keccak256.hash(bytes[start..<start + length])
    if hash.bytes.prefix(checkSize).elementsEqual(bytes[place + 8..<start]) {
      return start + length
    }
    budget -= length
    return nil
  }

  private static func nextMark(in bytes: [UInt8], after place: Int) -> Int {
    var next = place + 1
    while next < bytes.count {
      if bytes[next] == mark[0], bytes[next...].starts(with: mark) { return next }
      next += 1
    }
    return next
  }
}
