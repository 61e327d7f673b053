// All transactions of a run, signed before it begins.

internal import Crypto
internal import Fixtures
internal import Ledger
internal import Primitives
internal import Synchronization

/// The requests of a run in the order in which they are due. Each connection sends those of its own senders, so that
/// nonces come in order.
final class LoadPlan: Sendable {
  /// The transactions of one request.
  struct Batch: Sendable {
    var encodings = EncodedTransactions()
    var hashes: [Hash256] = []
  }

  let batches: [Batch]
  /// How long they are to take.
  let seconds: Double
  let connections: Int

  /// How many transactions there are.
  var count: Int { batches.reduce(0) { $0 + $1.hashes.count } }

  /// Signs all transactions of a run; `progress` hears how many are signed, and says whether to go on.
  init(
    _ settings: LoadSettings, _ senders: LoadSenders,
    progress: @escaping @Sendable (_ signed: Int) -> Bool
  ) {
    let connections = min(settings.connections, senders.keys.count)
    let (total, size) = (settings.count, settings.batchSize)
    let count = (total + size - 1) / size
    let signed = Mutex([Batch](repeating: Batch(), count: count))
    let next = Atomic<Int>(0)
    let done = Atomic<Int>(0)
    WorkerThreads.run(min(settings.threads, count)) { _ in
      while true {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard index < count else { return }
        let batch = Self.batch(
          index, of: min(size, total - index * size), size, connections, senders)
        signed.withLock { $0[index] = batch }
        let signed = done.wrappingAdd(batch.hashes.count, ordering: .relaxed).newValue
        guard progress(signed) else { return }
      }
    }
    self.connections = connections
    seconds = Double(settings.count) / Double(max(1, settings.rate))
    batches = signed.withLock { $0 }
  }

  private static func batch(
    _ index: Int, of count: Int, _ size: Int, _ connections: Int, _ senders: LoadSenders
  ) -> Batch {
    let connection = index % connections
    // The senders of a connection are every so manieth.
    let own = (senders.keys.count - connection + connections - 1) / connections
    var batch = Batch()
    for offset in 0..<count {
      let place = index / connections * size + offset
      let sender = connection + place % own * connections
      guard let transaction = senders.transaction(of: sender, nonce: UInt64(place / own)) else {
        continue
      }
      let encoding = transaction.encoded
      batch.encodings.append(encoding)
      batch.hashes.append(Keccak256.hash(encoding))
    }
    return batch
  }
}
