// Why a pipeline stops.

public import Execution
public import Ledger
public import Storage

/// Why blocks do not go on. What was committed before stays.
public enum PipelineError: Error, Sendable {
  /// Block `number` breaks a rule; `header` is nil for a draft.
  case invalid(number: UInt64, header: Header?, InvalidBlock)
  /// Block `number` could not be executed, which says nothing about it; `header` is nil for a draft.
  case notExecuted(number: UInt64, header: Header?, ExecutionError)
  /// The store could not read or write.
  case store(StoreError)
  /// The system gives no thread.
  case noThreads
  /// The system has no `needed` bytes for so many workers.
  case noMemory(needed: Int, workers: Int)
}

extension PipelineError: CustomStringConvertible {
  /// What went wrong, for people.
  public var description: String {
    switch self {
    case .invalid(let number, _, let reason): "block \(number) is refused: \(reason)"
    case .notExecuted(let number, _, let error): "block \(number) cannot be executed: \(error)"
    case .store(let error): "\(error)"
    case .noThreads: "the system starts no thread; allow more (ulimit -u)"
    case .noMemory(let needed, let workers):
      "there is not enough memory: \(workers) \(workers == 1 ? "worker" : "workers") need "
        + "\(needed >> 20) MiB beside what is taken; allow more (ulimit -v), or let fewer threads work"
    }
  }
}

extension BlockInFlight {
  /// The error that the block breaks a rule.
  func refused(_ reason: InvalidBlock) -> PipelineError {
    .invalid(number: number, header: source.header, reason)
  }

  /// The error that the block could not be executed.
  func notExecuted(_ error: ExecutionError) -> PipelineError {
    .notExecuted(number: number, header: source.header, error)
  }

  /// What an execution that failed says about the block.
  func failed(_ error: BlockExecutionError) -> PipelineError {
    switch BlockImportError(error) {
    case .invalid(let reason): refused(reason)
    case .notExecuted(let error): notExecuted(error)
    }
  }
}
