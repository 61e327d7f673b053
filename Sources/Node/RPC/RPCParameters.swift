// The parameters of a request.

internal import JSON
internal import Primitives

/// The parameters of a request, by their places. Errors are in geth's words.
struct RPCParameters {
  private let values: [JSONValue]
  /// Who asks, where the client stays connected.
  let session: RPCSession?

  init(_ values: [JSONValue], from session: RPCSession? = nil) {
    self.values = values
    self.session = session
  }

  /// How many there are.
  var count: Int { values.count }

  /// Throws where there are more than the method takes.
  func expect(atMost limit: Int) throws(RPCError) {
    if values.count > limit {
      throw .invalidParameters("too many arguments, want at most \(limit)")
    }
  }

  /// The parameter at a place; nil where there is none, or null.
  func optional(_ index: Int) -> JSONValue? {
    guard index < values.count, values[index].kind != .null else { return nil }
    return values[index]
  }

  /// The parameter at a place, read by `read`.
  func required<Value>(
    _ index: Int, _ read: (JSONValue) throws(RPCError) -> Value
  ) throws(RPCError) -> Value {
    guard let value = optional(index) else {
      throw .invalidParameters("missing value for required argument \(index)")
    }
    do throws(RPCError) {
      return try read(value)
    } catch {
      throw error.code == -32602
        ? .invalidParameters("invalid argument \(index): \(error.message)") : error
    }
  }

  /// The parameter at a place, read by `read`; nil where there is none.
  func optional<Value>(
    _ index: Int, _ read: (JSONValue) throws(RPCError) -> Value
  ) throws(RPCError) -> Value? {
    optional(index) == nil ? nil : try required(index, read)
  }

  /// The address at a place.
  func address(_ index: Int) throws(RPCError) -> Address {
    try required(index) { (value) throws(RPCError) in try value.rpcAddress() }
  }

  /// The hash at a place.
  func hash(_ index: Int) throws(RPCError) -> Hash256 {
    try required(index) { (value) throws(RPCError) in try value.rpcHash() }
  }

  /// The whole number at a place.
  func quantity(_ index: Int) throws(RPCError) -> UInt64 {
    try required(index) { (value) throws(RPCError) in try value.rpcQuantity() }
  }

  /// The bytes at a place.
  func data(_ index: Int) throws(RPCError) -> [UInt8] {
    try required(index) { (value) throws(RPCError) in try value.rpcData() }
  }

  /// The truth value at a place; `fallback` where there is none.
  func flag(_ index: Int, otherwise fallback: Bool) throws(RPCError) -> Bool {
    try optional(index) { (value) throws(RPCError) in try value.rpcFlag() } ?? fallback
  }

  /// The block that is named at a place, `latest` where there is none.
  func block(_ index: Int) throws(RPCError) -> BlockSelector {
    try optional(index) { (value) throws(RPCError) in try BlockSelector(value) } ?? .latest
  }
}
