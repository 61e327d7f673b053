// Errors of the Engine API.

internal import Chain

extension RPCError {
  /// There is no payload with this identifier.
  static let unknownPayload = RPCError(code: -38001, message: "Unknown payload")

  /// The named blocks are not of one chain.
  static func invalidForkchoice(_ reason: String) -> RPCError {
    RPCError(code: -38002, message: "Invalid forkchoice state: \(reason)")
  }

  /// No block may have these attributes.
  static func invalidAttributes(_ reason: String) -> RPCError {
    RPCError(code: -38003, message: "Invalid payload attributes: \(reason)")
  }

  /// More is asked for than is answered at a time.
  static func tooLargeRequest(_ count: Int, limit: Int) -> RPCError {
    RPCError(code: -38004, message: "Too large request: \(count), limit \(limit)")
  }

  /// The method's version does not serve the fork.
  static func unsupportedFork(_ reason: String) -> RPCError {
    RPCError(code: -38005, message: "Unsupported fork: \(reason)")
  }

  /// The state at the wanted head is gone.
  static let tooDeepReorganisation = RPCError(code: -38006, message: "Too deep reorg")

  /// What stops a pipeline, where it is no rule.
  init(_ error: PipelineError) {
    self = .internalError("\(error)")
  }
}
