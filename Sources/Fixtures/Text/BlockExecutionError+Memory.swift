// Blocks that need more EVM memory than they may take.

internal import Execution

extension BlockExecutionError {
  /// What needs more EVM memory than `limit` bytes, and how to allow it; nil where a block fails for
  /// another reason. There is no verdict on such a block.
  func memoryShortage(limit: Int) -> String? {
    let place: String
    switch self {
    case .transaction(let index, .memoryLimit): place = "transaction \(index)"
    case .systemCall(.memoryLimit): place = "a system call"
    default: return nil
    }
    return "\(place) needs more EVM memory than the \(limit) bytes that it may take; "
      + "raise --memory-limit"
  }
}
