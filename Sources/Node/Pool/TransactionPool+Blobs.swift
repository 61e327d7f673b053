// Blobs that outlive their fork.

internal import Ledger
internal import Synchronization

extension TransactionPool {
  /// Removes transactions whose blobs are proven in an older way than `version`: no block will have them, and
  /// what their senders sent later waits for them.
  func removeBlobs(provenBefore version: BlobSidecar.Version) {
    contents.withLock { contents in
      for transaction in contents.blobs.values.joined() {
        guard let sidecar = transaction.sidecar, sidecar.version.rawValue < version.rawValue,
          contents.byHash[transaction.hash] === transaction
        else { continue }
        contents.remove(transaction)
      }
    }
  }
}
