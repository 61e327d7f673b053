// What a measurement of the full path gives.

public import Chain
public import Primitives

/// What a measurement of the full path gave.
public struct FullPathResult: Sendable {
  /// What was measured.
  public let plan: FullPathPlan
  /// Blocks that count.
  public internal(set) var blocks = 0
  /// Their transactions.
  public internal(set) var transactions = 0
  /// Seconds from the end of the warm-up until the last block was durable, and the database, too.
  public internal(set) var seconds = 0.0
  /// How many of them came after the last block was durable.
  public internal(set) var drainSeconds = 0.0
  /// Transactions a second in each third of the blocks, the drain left aside.
  public internal(set) var thirds: [Double] = []
  /// Milliseconds from handing a block over until it was durable, by quantile.
  public internal(set) var latency: (median: Double, p99: Double) = (0, 0)
  /// What the stages took, for the blocks that count.
  public internal(set) var stages = StageTimes()
  /// Nanoseconds of processor time that the whole process took.
  public internal(set) var processor: UInt64 = 0
  /// The share of the processors' time that the machine's host gave to others meanwhile.
  public internal(set) var stolen = 0.0
  /// Nanoseconds of processor time in which libsecp256k1 recovers a sender on this machine, on all threads
  /// at once, before the measurement and after it.
  public internal(set) var yardstick = 0.0
  /// Bytes that went to the disk.
  public internal(set) var bytesWritten: UInt64 = 0
  /// The most changes that the database lagged behind.
  public internal(set) var largestLag = 0
  /// Bytes of memory at most.
  public internal(set) var peakMemory: UInt64 = 0
  /// Seconds that opening the store took.
  public internal(set) var openSeconds = 0.0
  /// Transactions a second in the first ten seconds after opening.
  public internal(set) var firstSpeed = 0.0
  /// The last block.
  public internal(set) var head = Hash256.zero
  /// The root of the state after it.
  public internal(set) var stateRoot = Hash256.zero
  /// Blocks that were executed once more, one transaction after another, and compared.
  public internal(set) var comparedBlocks = 0
  /// What came out wrong; empty when all is well.
  public internal(set) var problems: [String] = []

  /// Transactions a second, the final drain counted.
  public var speed: Double { seconds > 0 ? Double(transactions) / seconds : 0 }

  /// Processor time of a transaction, in recoveries by libsecp256k1.
  var inYardsticks: Double {
    yardstick > 0 ? Double(processor) / Double(max(1, transactions)) / yardstick : 0
  }

  init(_ plan: FullPathPlan) { self.plan = plan }
}
