// What a block came to with so many threads.

/// The figures of a block, one transaction after another and with so many threads.
public struct BenchResult: Sendable {
  /// The block's name.
  public let name: String
  /// How many threads execute in parallel.
  public let threads: Int
  /// How many transactions the block has.
  public let transactions: Int
  /// The gas they use.
  public let gasUsed: UInt64
  /// Whether it is a recorded block.
  public let isRecorded: Bool
  /// The sequential executor.
  public let sequential: BenchFigures
  /// The parallel executor with one worker.
  public let oneWorker: BenchFigures
  /// The parallel executor with all workers.
  public let parallel: BenchFigures
  /// How many times as much the machine does with so many threads that have nothing to do with each
  /// other as with one, in each round; empty for one thread and where that was not measured.
  public let machineScaling: Series

  /// What counts as serial: the faster of the sequential executor and one worker. Where one worker is
  /// what is compared, the sequential executor.
  public var serial: BenchFigures {
    threads > 1 && oneWorker.seconds.median < sequential.seconds.median ? oneWorker : sequential
  }

  /// How many times as fast parallel execution is as serial, in each round.
  public var speedup: Series { serial.seconds / parallel.seconds }

  /// How many times as much processor time it takes, in each round.
  public var cpuRatio: Series { parallel.cpuSeconds / serial.cpuSeconds }

  /// How often a transaction is executed, on average.
  public var executionsPerTransaction: Double {
    transactions == 0 ? 1 : parallel.executions.median / Double(transactions)
  }

  /// Transactions a second, in parallel.
  public var transactionsPerSecond: Double { perSecond(Double(transactions)) }

  /// Millions of gas a second, in parallel.
  public var megagasPerSecond: Double { perSecond(Double(gasUsed) / 1e6) }

  private func perSecond(_ amount: Double) -> Double {
    let seconds = parallel.seconds.median
    return seconds == 0 ? 0 : amount / seconds
  }
}

/// What several recorded blocks came to with so many threads.
public struct BenchSum: Sendable {
  /// The blocks.
  public let blocks: [BenchResult]

  /// Blocks of fewer gas than this are small: their ratios say little.
  public static let smallGas: UInt64 = 1_000_000

  /// The sum of the medians of the sequential executor, in seconds.
  public var sequentialSeconds: Double { sum { $0.sequential } }
  /// The sum of the medians of one worker, in seconds.
  public var oneWorkerSeconds: Double { sum { $0.oneWorker } }
  /// The sum of the medians of all workers, in seconds.
  public var parallelSeconds: Double { sum { $0.parallel } }

  /// How many times as fast parallel execution is as the faster serial one, over all blocks.
  public var speedup: Double {
    let isOne = blocks.first?.threads == 1
    let serial = isOne ? sequentialSeconds : min(sequentialSeconds, oneWorkerSeconds)
    return parallelSeconds == 0 ? 0 : serial / parallelSeconds
  }

  /// The block that is not small of which parallel execution makes least.
  public var slowest: BenchResult? {
    blocks.filter { $0.gasUsed >= Self.smallGas }.min { $0.speedup.median < $1.speedup.median }
  }

  /// The most that a small block loses, in seconds; negative where all gain.
  public var smallBlockLoss: Double? {
    blocks.filter { $0.gasUsed < Self.smallGas }
      .map { $0.parallel.seconds.median - $0.serial.seconds.median }.max()
  }

  private func sum(_ side: (BenchResult) -> BenchFigures) -> Double {
    blocks.reduce(0) { $0 + side($1).seconds.median }
  }
}
