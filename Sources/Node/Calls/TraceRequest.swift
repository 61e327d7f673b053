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
      tracer = try TracerConfiguration(name: name, options: options)
    } catch {
      throw .invalidParameters("\(error)")
    }
    timeout =
      try value?.rpcMember("timeout") { (value) throws(RPCError) in
        try Self.duration(try value.rpcText())
      } ?? Self.standardTimeout
    state = try value?.rpcMember("stateOverrides") { (value) throws(RPCError) in
      try StateOverrides(value)
    }
    block = try value?.rpcMember("blockOverrides") { (value) throws(RPCError) in
      try BlockOverrides(value)
    }
  }

  /// A time as Go writes it, of one unit: `500ms`, `10s`, `2m`.
  private static func duration(_ text: String) throws(RPCError) -> Duration {
    let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    guard let number = Double(digits), number.isFinite, number >= 0 else {
      throw .invalidParameters("time: invalid duration \"\(text)\"")
    }
    let unit: Double
    switch text.dropFirst(digits.count) {
    case "ms": unit = 0.001
    case "s": unit = 1
    case "m": unit = 60
    case "h": unit = 3600
    default: throw .invalidParameters("time: unknown unit in duration \"\(text)\"")
    }
    return min(.seconds(min(number * unit, 1e6)), longestTimeout)
  }
}
