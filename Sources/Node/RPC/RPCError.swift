// What a method answers where it has no result.

internal import JSON

/// An error of JSON-RPC 2.0. Codes are those of the specification, and beyond it those that geth gives.
public struct RPCError: Error, Sendable, Equatable {
  /// What kind of error it is.
  public var code: Int
  /// What was wrong, for people.
  public var message: String
  /// What a call reverted with.
  public var data: [UInt8]?

  /// An error of these parts.
  public init(code: Int, message: String, data: [UInt8]? = nil) {
    self.code = code
    self.message = message
    self.data = data
  }

  /// The text is no JSON.
  static func parseError(_ message: String) -> RPCError { RPCError(code: -32700, message: message) }

  /// It is no request of JSON-RPC 2.0.
  static func invalidRequest(_ message: String) -> RPCError {
    RPCError(code: -32600, message: message)
  }

  /// There is no such method here.
  static func noMethod(_ name: String) -> RPCError {
    RPCError(code: -32601, message: "the method \(name) does not exist/is not available")
  }

  /// The parameters are not what the method takes.
  static func invalidParameters(_ message: String) -> RPCError {
    RPCError(code: -32602, message: message)
  }

  /// The node failed.
  static func internalError(_ message: String) -> RPCError {
    RPCError(code: -32603, message: message)
  }

  /// It would take more than a request may (EIP-1474).
  static func limitExceeded(_ message: String) -> RPCError {
    RPCError(code: -32005, message: message)
  }

  /// Whether it is no fault of the request.
  var isInternal: Bool { code == -32603 }

  /// The blocks that a request is about are so old that they are not kept here, as geth says it (EIP-4444).
  static let prunedHistory = RPCError(code: 4444, message: "pruned history unavailable")

  /// The method could not do it.
  static func failed(_ message: String) -> RPCError { RPCError(code: -32000, message: message) }

  /// The client does not stay connected, so that nothing can be sent to it later.
  static let notificationsUnsupported = RPCError(
    code: -32601, message: "notifications not supported")
}
