// What a transaction left behind.

public import Primitives

/// What a transaction left behind: outcome, gas, events.
public struct Receipt: Sendable, Hashable {
  /// How the transaction ended, in the form of its time.
  public enum Outcome: Sendable, Hashable {
    /// Whether it succeeded (EIP-658, Byzantium).
    case status(Bool)
    /// The state root after it (before Byzantium).
    case stateRoot(Hash256)
  }

  /// The type of the transaction.
  public var kind: Transaction.Kind
  /// How it ended.
  public var outcome: Outcome
  /// The gas used in the block up to and with this transaction.
  public var cumulativeGasUsed: UInt64
  /// The filter over `logs`.
  public var bloom: Bloom
  /// The events, in order.
  public var logs: [Log]

  /// A receipt with these fields; the bloom follows from the logs.
  public init(
    kind: Transaction.Kind, outcome: Outcome, cumulativeGasUsed: UInt64, logs: [Log]
  ) {
    self.init(
      kind: kind, outcome: outcome, cumulativeGasUsed: cumulativeGasUsed, bloom: Bloom(logs),
      logs: logs)
  }

  /// A receipt with these fields, whose bloom is taken as given.
  public init(
    kind: Transaction.Kind, outcome: Outcome, cumulativeGasUsed: UInt64, bloom: Bloom, logs: [Log]
  ) {
    self.kind = kind
    self.outcome = outcome
    self.cumulativeGasUsed = cumulativeGasUsed
    self.bloom = bloom
    self.logs = logs
  }
}
