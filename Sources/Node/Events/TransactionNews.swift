// The transactions that came into the pool of late.

internal import Primitives

/// The transactions that came into the pool of late, once for all who ask for them from time to time: each of
/// those remembers a place.
struct TransactionNews {
  /// A transaction that came.
  struct Entry {
    let hash: Hash256
    /// All of it but its blobs, where somebody wanted that when it came.
    let transaction: PooledTransaction?
  }

  /// So many are kept.
  private let limit: Int
  /// The whole ones may have so many bytes together.
  private let byteLimit: Int
  /// The places of `entries` begin with this.
  private var first: UInt64 = 0
  private var entries: [Entry] = []
  /// How many of them, from the first on, are forgotten.
  private var forgotten = 0
  private var bytes = 0

  init(limit: Int, byteLimit: Int) {
    self.limit = limit
    self.byteLimit = byteLimit
  }

  /// The place behind the last one.
  var end: UInt64 { first + UInt64(entries.count) }

  /// How many are kept.
  var count: Int { entries.count - forgotten }

  /// Notes a transaction; all of it where `isWhole`.
  mutating func add(_ transaction: PooledTransaction, isWhole: Bool) {
    let entry = Entry(
      hash: transaction.hash, transaction: isWhole ? transaction.withoutBlobs : nil)
    entries.append(entry)
    bytes += Self.size(of: entry)
    while count > limit || bytes > byteLimit { forgetFirst() }
    compact()
  }

  /// What came from a place on; nil where that is forgotten.
  func entries(from place: UInt64) -> ArraySlice<Entry>? {
    isForgotten(place) ? nil : entries[Int(clamping: place - first)...]
  }

  /// Whether something is forgotten that came from a place on.
  func isForgotten(_ place: UInt64) -> Bool { place < first + UInt64(forgotten) }

  /// Forgets what came before a place.
  mutating func forget(before place: UInt64) {
    while count > 0, first + UInt64(forgotten) < place { forgetFirst() }
    compact()
  }

  private mutating func forgetFirst() {
    bytes -= Self.size(of: entries[forgotten])
    entries[forgotten] = Entry(hash: .zero, transaction: nil)
    forgotten += 1
  }

  /// Half at once, so that each is moved once.
  private mutating func compact() {
    guard forgotten > entries.count / 2 else { return }
    entries.removeFirst(forgotten)
    first += UInt64(forgotten)
    forgotten = 0
  }

  private static func size(of entry: Entry) -> Int { entry.transaction?.encoding.count ?? 0 }
}

extension PooledTransaction {
  /// The same without its blobs, which are large.
  fileprivate var withoutBlobs: PooledTransaction {
    if sidecar == nil { return self }
    return PooledTransaction(
      transaction, hash: hash, sender: sender, encoding: encoding, arrival: arrival)
  }
}
