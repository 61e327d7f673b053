// The pool of a node whose blocks others order.

internal import Chain
internal import Crypto
internal import JSON
internal import Ledger
internal import Primitives
internal import State
internal import Storage

/// The transactions that wait, as the head moves.
struct WaitingTransactions: Sendable {
  /// Of how many blocks, at most, a new head's transactions are taken out of the pool, or put back.
  private static let blockLimit = 64

  let chain: ChainReader
  let ingest: TransactionIngest
  /// The blobs of those that stand in blocks by now.
  private let included = IncludedBlobs()

  private var pool: TransactionPool { ingest.pool }

  /// The transactions of `pool` behind the head of `chain`, which `journal` keeps; `onAdded` is told of each that comes.
  init(
    _ chain: ChainReader, _ pool: TransactionPool, journal: TransactionJournal?,
    onAdded: @escaping @Sendable (PooledTransaction) -> Void
  ) {
    self.chain = chain
    ingest = TransactionIngest(chain, pool, journal: journal, onAdded: onAdded)
  }

  /// What blocks are built of.
  var candidates: PayloadBuilder.Candidates {
    PayloadBuilder.Candidates(
      transactions: { pool.candidates(behind: $0, at: $1, of: chain, gasLimit: $2) },
      version: { pool.version })
  }

  /// The blob with a versioned hash, if a transaction that waits has it.
  func blob(_ hash: Hash256) -> BlobWithProofs? {
    guard let (sidecar, index) = pool.blob(hash) else { return nil }
    let count = sidecar.version.proofsPerBlob
    return BlobWithProofs(
      blob: sidecar.blobs[index], commitment: sidecar.commitments[index], version: sidecar.version,
      proofs: Array(sidecar.proofs[index * count..<(index + 1) * count]))
  }

  /// Keeps what blobs a block's transactions came with, before the pool forgets them.
  private func keepBlobs(of block: KeptBlock) {
    guard let header = try? chain.store.header(of: block).header, header.blobGasUsed ?? 0 > 0,
      let body = try? chain.store.body(of: block)
    else { return }
    for encoding in body.transactions where Self.isOfBlobs(encoding) {
      if let waiting = pool.transaction(Keccak256.hash(encoding)) { included.note(waiting) }
    }
  }

  private static func isOfBlobs(_ encoding: ArraySlice<UInt8>) -> Bool {
    encoding.first == Transaction.Kind.blob.rawValue
  }

  /// Takes out what stands in the chain now, and puts back what stood there before.
  func follow(_ change: ConsensusChain.HeadChange) {
    for block in change.dropped.suffix(Self.blockLimit) {
      guard let body = try? chain.store.body(of: block) else { continue }
      // Those that may not wait any more are gone for good.
      ingest.restore(
        body.transactions.map { encoding in
          guard Self.isOfBlobs(encoding) else { return Array(encoding) }
          return included.withBlobs(encoding, hash: Keccak256.hash(encoding))
        })
    }
    for block in change.added.suffix(Self.blockLimit) { keepBlobs(of: block) }
    // A state that cannot be read now is read with the next block.
    try? ingest.followHead()
    if let head = try? chain.existingBlock(.latest), let fork = try? chain.fork(of: head.header) {
      pool.removeBlobs(provenBefore: BlobSidecar.Version(at: fork))
    }
  }
}
