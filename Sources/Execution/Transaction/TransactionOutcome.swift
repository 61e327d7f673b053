// What became of a transaction.

public import EVM
public import Ledger
public import Primitives

/// What became of a valid transaction.
public struct TransactionOutcome: Sendable, Hashable {
  /// Why it failed; nil when it succeeded.
  public var halt: Halt?
  /// The gas it paid for, refunds taken off.
  public var gasUsed: UInt64
  /// The blob gas it paid for.
  public var blobGasUsed: UInt64
  /// Its events; none when it failed.
  public var logs: [Log]
  /// The contract it created.
  public var createdAddress: Address?

  /// Whether it succeeded.
  public var succeeded: Bool { halt == nil }
}
