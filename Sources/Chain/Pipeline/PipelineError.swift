// Why a pipeline stops.

public import Execution
public import Storage

/// Why blocks do not go on. What was committed before stays.
public enum PipelineError: Error, Sendable {
  /// Block `number` breaks a rule.
  case invalid(number: UInt64, InvalidBlock)
  /// Block `number` could not be executed, which says nothing about it.
  case notExecuted(number: UInt64, ExecutionError)
  /// The store could not read or write.
  case store(StoreError)
  /// The system gives no thread.
  case noThreads
}

extension PipelineError: CustomStringConvertible {
  /// What went wrong, for people.
  public var description: String {
    switch self {
    case .invalid(let number, let reason): "block \(number) is refused: \(reason)"
    case .notExecuted(let number, let error): "block \(number) cannot be executed: \(error)"
    case .store(let error): "\(error)"
    case .noThreads: "the system starts no thread"
    }
  }
}
