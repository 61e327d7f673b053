// Why there is no outcome.

public import State

/// Why a transaction could not be executed.
public enum ExecutionError: Error, Sendable, Hashable {
  /// It may not stand in the block.
  case invalid(InvalidTransaction)
  /// The state could not be read; says nothing about the transaction.
  case state(StateReadError)
  /// It needs more memory than the machine was allowed; says nothing about the transaction.
  case memoryLimit
  /// A condition to stop was met before; says nothing about the transaction.
  case stopped
}
