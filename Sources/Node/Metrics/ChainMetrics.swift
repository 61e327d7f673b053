// Figures about the chain, the engine, the pool and the store.

internal import Chain
internal import Ledger
internal import Storage

/// Figures about the chain and what makes it.
final class ChainMetrics: Sendable {
  private let blocks = Counter()
  private let transactions = Counter()
  private let gas = Counter()
  private let latency = DurationHistogram()

  /// Notes a block that is durable and has come into the chain.
  func note(_ report: Pipeline.Report) {
    blocks.add()
    transactions.add(UInt64(report.transactions))
    gas.add(report.header.gasUsed)
    latency.add(nanoseconds: report.latency)
  }

  /// Adds them to those of the node. `times` says what the stages of blocks took.
  func add(
    to metrics: Metrics, chain: ChainReader, pool: TransactionPool,
    times: @escaping @Sendable () -> StageTimes
  ) {
    let head: @Sendable () -> Header? = { (try? chain.block(.latest))?.header }
    metrics.add("chain_head_block", .gauge, "Number of the head.") {
      Double(chain.store.head.number)
    }
    metrics.add("chain_head_timestamp", .gauge, "Time of the head, in seconds since 1970.") {
      head().map { Double($0.timestamp) }
    }
    metrics.add("chain_head_gas_used", .gauge, "Gas that the head's transactions used.") {
      head().map { Double($0.gasUsed) }
    }
    metrics.add("chain_head_gas_limit", .gauge, "Gas that the head might have used.") {
      head().map { Double($0.gasLimit) }
    }
    metrics.add("chain_inserts", .counter, "Blocks that were committed.") { [self] in
      Double(blocks.value)
    }
    metrics.add("chain_transactions", .counter, "Transactions of committed blocks.") { [self] in
      Double(transactions.value)
    }
    metrics.add("chain_gas", .counter, "Gas that committed blocks used.") { [self] in
      Double(gas.value)
    }
    metrics.add("chain_latency_seconds", .histogram, "From a block's arrival until it is durable.")
    {
      [self] in latency.samples([])
    }
    metrics.add("chain_stage_seconds", .counter, "Time that stages of blocks took.") {
      let times = times()
      return PipelineStage.allCases.map {
        .init(Double(times.wall[$0.rawValue]) / 1e9, [("stage", "\($0)")])
      }
    }
    metrics.add("txpool_pending", .gauge, "Transactions that could stand in the next block.") {
      Double(pool.counts.pending)
    }
    metrics.add("txpool_queued", .gauge, "Transactions that wait for others.") {
      Double(pool.counts.queued)
    }
    Self.addStore(chain.store, to: metrics)
  }

  private static func addStore(_ store: Store, to metrics: Metrics) {
    metrics.add("store_bytes", .gauge, "Bytes on disk and in memory, by what they are for.") {
      let figures = store.statistics
      return [
        .init(Double(figures.segmentBytes), [("part", "segments")]),
        .init(Double(figures.databaseBytes), [("part", "database")]),
        .init(Double(figures.stateBytes), [("part", "cached_state")]),
        .init(Double(figures.trieBytes), [("part", "cached_tries")]),
        .init(Double(figures.leafBytes), [("part", "cached_leaves")]),
      ]
    }
    metrics.add("store_database_block", .gauge, "The block that the database stands at.") {
      Double(store.databaseBlock.number)
    }
  }
}

extension StageTimes {
  /// Adds what others took.
  static func += (times: inout StageTimes, others: StageTimes) {
    for stage in PipelineStage.allCases.map(\.rawValue) {
      times.processor[stage] &+= others.processor[stage]
      times.wall[stage] &+= others.wall[stage]
    }
  }
}
