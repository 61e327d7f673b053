// How a request wants something traced.

internal import JSON
internal import Tracing

/// The configuration of a trace, in geth's form.
struct TraceRequest {
  let tracer: TracerConfiguration
  /// How long a transaction may take.
  let timeout: Duration
  /// What is otherwise in the state; only calls can have that.
  let state: StateOverrides?
  /// What is otherwise in the block; only calls can have that.
  let block: BlockOverrides?
  /// Before which transaction of the block; nil stands after all. Only calls can have that.
  let transactionIndex: UInt64?

  /// How long geth traces a transaction unless told otherwise.
  private static let standardTimeout = Duration.seconds(5)
  /// No request gets more.
  private static let longestTimeout = Duration.seconds(300)

  init(_ value: JSONValue?) throws(RPCError) {
    if let value, value.kind != .object {
      throw .invalidParameters("\(value.kind.rawValue) where a trace configuration should be")
    }
    let name = try value?.rpcMember("tracer") { (value) throws(RPCError) in try value.rpcText() }
    do throws(TracerConfigurationError) {
      let options = name == nil ? value : try? value?.optionalField("tracerConfig")
      tracer = try TracerConfiguration(name: name, options: options, ignoringUnknown: true)
    } catch {
      throw .invalidParameters("\(error)")
    }
    timeout =
      try value?.rpcMember("timeout") { (value) throws(RPCError) in
        min(try GoDuration.read(try value.rpcText()), Self.longestTimeout)
      } ?? Self.standardTimeout
    state = try value?.rpcMember("stateOverrides") { (value) throws(RPCError) in
      try StateOverrides(value)
    }
    block = try value?.rpcMember("blockOverrides") { (value) throws(RPCError) in
      try BlockOverrides(value)
    }
    transactionIndex = try value?.rpcMember("txIndex") { (value) throws(RPCError) in
      try value.rpcQuantity()
    }
  }
}
