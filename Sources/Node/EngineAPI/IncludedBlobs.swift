// Blobs of transactions that stand in the last blocks.

internal import Ledger
internal import Primitives
internal import Synchronization

/// Transactions that came with blobs and stand in the chain. Blocks have no blobs: whoever forgets them cannot let
/// such a transaction wait again when the chain leaves its block. Any thread may call it.
final class IncludedBlobs: Sendable {
  private struct Contents {
    var transactions: [Hash256: PooledTransaction] = [:]
    /// The oldest first.
    var order: [Hash256] = []
    var byteCount = 0
  }

  private let byteLimit: Int
  private let contents = Mutex(Contents())

  /// Up to so many bytes of blobs, and then those that came last.
  init(byteLimit: Int = 128 << 20) { self.byteLimit = byteLimit }

  /// Keeps the blobs of a transaction that stands in a block now.
  func note(_ transaction: PooledTransaction) {
    guard transaction.sidecar != nil, transaction.blobSize <= byteLimit else { return }
    contents.withLock { contents in
      let former = contents.transactions.updateValue(transaction, forKey: transaction.hash)
      if former != nil { return }
      contents.order.append(transaction.hash)
      contents.byteCount += transaction.blobSize
      while contents.byteCount > byteLimit {
        let oldest = contents.transactions.removeValue(forKey: contents.order.removeFirst())
        contents.byteCount -= oldest?.blobSize ?? 0
      }
    }
  }

  /// The encoding with blobs of the transaction that stands in a block as `encoding`; that one, where there are none.
  func withBlobs(_ encoding: ArraySlice<UInt8>, hash: Hash256) -> [UInt8] {
    let known = contents.withLock { $0.transactions[hash] }
    guard let known, let sidecar = known.sidecar else { return Array(encoding) }
    return known.transaction.encoded(with: sidecar)
  }
}
