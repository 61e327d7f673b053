// What a block is made of.

internal import Ledger
internal import Primitives
internal import Synchronization

extension TransactionPool {
  /// The most bytes of transactions that are offered to a block: what EIP-7934 allows one (8 MiB), less 64 KiB for
  /// header, withdrawals and the lengths of lists.
  static let blockBytes = (8 << 20) - (64 << 10)

  /// No transaction takes less gas.
  private static let leastGas: UInt64 = 21_000

  /// The transactions that could stand in a block of `gasLimit`, the best paid first, each sender's by rising nonce, as
  /// many as may use so much gas together, and have so many bytes. Only senders with something executable are looked
  /// at. Blobs are of one version, if one is named.
  func candidates(
    baseFee: UInt256, blobBaseFee: UInt256, sidecars: BlobSidecar.Version? = nil, gas: UInt64,
    gasLimit: UInt64 = .max, bytes: Int = TransactionPool.blockBytes
  ) -> [PooledTransaction] {
    let demands = CandidateDemands(
      baseFee: baseFee, blobBaseFee: blobBaseFee, gasLimit: gasLimit, sidecars: sidecars)
    var lines = contents.withLock { contents in
      contents.ready.map { CandidateLine($0.executables) }
    }
    let heads: [CandidateHead] = lines.indices.compactMap {
      lines[$0].next($0, demands)
    }
    var heap = BinaryHeap(heads) { $0.isBetter(than: $1) }
    var chosen: [PooledTransaction] = []
    var (gasLeft, bytesLeft) = (gas, bytes)
    while let head = heap.first, gasLeft >= Self.leastGas {
      let gas = head.transaction.transaction.gasLimit
      // With the length before it.
      let size = head.transaction.encoding.count + 4
      var following: CandidateHead?
      // Where one does not fit, others may, but none of its sender.
      if gas <= gasLeft, size <= bytesLeft {
        (gasLeft, bytesLeft) = (gasLeft - gas, bytesLeft - size)
        chosen.append(head.transaction)
        following = lines[head.line].next(head.line, demands)
      }
      if let following {
        heap.replaceFirst(by: following)
      } else {
        _ = heap.popFirst()
      }
    }
    return chosen
  }
}

/// What a block asks of transactions.
private struct CandidateDemands {
  let baseFee: UInt256
  let blobBaseFee: UInt256
  /// The gas of the whole block.
  let gasLimit: UInt64
  /// How blobs are to be proven; nil where nobody asks.
  let sidecars: BlobSidecar.Version?

  func allows(_ transaction: PooledTransaction) -> Bool {
    if transaction.transaction.gasLimit > gasLimit { return false }
    guard transaction.transaction.kind == .blob else { return true }
    return transaction.transaction.maxFeePerBlobGas >= blobBaseFee
      && (sidecars == nil || transaction.sidecar?.version == sidecars)
  }
}

/// What is left of a sender's executable transactions.
private struct CandidateLine {
  private var rest: ArraySlice<PooledTransaction>

  init(_ transactions: ArraySlice<PooledTransaction>) { rest = transactions }

  /// The next one, unless it does not do: then none behind it can come.
  mutating func next(_ line: Int, _ demands: CandidateDemands) -> CandidateHead? {
    guard let transaction = rest.first, let tip = transaction.tip(at: demands.baseFee),
      demands.allows(transaction)
    else { return nil }
    rest.removeFirst()
    return CandidateHead(transaction: transaction, tip: tip, line: line)
  }
}

/// The next transaction of a sender.
private struct CandidateHead {
  let transaction: PooledTransaction
  let tip: UInt256
  let line: Int

  func isBetter(than other: CandidateHead) -> Bool {
    tip == other.tip ? transaction.arrival < other.transaction.arrival : tip > other.tip
  }
}
