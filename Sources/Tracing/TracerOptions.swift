// The options of the tracers.

internal import JSON

/// Options of which most are on or off.
protocol TracerOptions {
  /// None of them.
  init()
  /// Those that are on or off.
  static var flags: [TracerFlag<Self>] { get }
}

/// An option that is on or off.
struct TracerFlag<Options> {
  /// Its name, as geth has it.
  let name: String
  /// Where it stands.
  let path: WritableKeyPath<Options, Bool>
  /// Whether a trace is smaller with it than without; nil where neither is meant.
  let makesSmaller: Bool?

  init(_ name: String, _ path: WritableKeyPath<Options, Bool>, makesSmaller: Bool? = nil) {
    self.name = name
    self.path = path
    self.makesSmaller = makesSmaller
  }
}

extension TracerOptions {
  /// The names of those that are on or off.
  static var flagNames: [String] { flags.map(\.name) }

  /// What would make the trace smaller, and is not done yet.
  var frugalFlags: [String] {
    Self.flags.compactMap { flag in
      guard let isFrugal = flag.makesSmaller, self[keyPath: flag.path] != isFrugal else {
        return nil
      }
      return isFrugal ? flag.name : "leaving out \(flag.name)"
    }
  }

  /// Reads those that are on or off; one that is absent is off.
  init(flags json: JSONValue?) throws(JSONError) {
    self.init()
    for flag in Self.flags {
      guard let member = try json?.optionalField(flag.name) else { continue }
      guard let truth = member.boolean else { throw member.unexpected("true or false") }
      self[keyPath: flag.path] = truth
    }
  }
}

/// Options of the call tracer.
public struct CallTracerOptions: Sendable, Equatable, TracerOptions {
  /// Only the outermost call, without those that it makes.
  public var onlyTopCall = false
  /// With the logs of each call.
  public var withLog = false

  static var flags: [TracerFlag<Self>] {
    [
      TracerFlag("onlyTopCall", \.onlyTopCall, makesSmaller: true),
      TracerFlag("withLog", \.withLog, makesSmaller: false),
    ]
  }

  /// The whole tree, without logs.
  public init() {}
}

/// Options of the flat call tracer.
public struct FlatCallTracerOptions: Sendable, Equatable, TracerOptions {
  /// Errors in Parity's words.
  public var convertParityErrors = false
  /// With calls of precompiled contracts by CALL and STATICCALL.
  public var includePrecompiles = false

  static var flags: [TracerFlag<Self>] {
    [
      TracerFlag("convertParityErrors", \.convertParityErrors),
      TracerFlag("includePrecompiles", \.includePrecompiles, makesSmaller: false),
    ]
  }

  /// Geth's words, without precompiled contracts.
  public init() {}
}

/// Options of the prestate tracer.
public struct PrestateTracerOptions: Sendable, Equatable, TracerOptions {
  /// What changed, before and after, instead of all that was touched.
  public var diffMode = false
  /// Without code.
  public var disableCode = false
  /// Without storage.
  public var disableStorage = false
  /// With accounts that were empty before the transaction. Says nothing in diff mode, where geth's
  /// spelling of the options refuses it.
  public var includeEmpty = false

  static var flags: [TracerFlag<Self>] {
    [
      TracerFlag("diffMode", \.diffMode),
      TracerFlag("disableCode", \.disableCode, makesSmaller: true),
      TracerFlag("disableStorage", \.disableStorage, makesSmaller: true),
      TracerFlag("includeEmpty", \.includeEmpty, makesSmaller: false),
    ]
  }

  /// All that was touched and not empty.
  public init() {}

  init(_ json: JSONValue?) throws(JSONError) {
    try self.init(flags: json)
    if diffMode, includeEmpty, let member = try json?.optionalField("includeEmpty") {
      throw member.unexpected("false, as geth does beside diffMode")
    }
  }
}

/// Options of the struct logs.
public struct StructLogOptions: Sendable, Equatable, TracerOptions {
  /// Without the stack.
  public var disableStack = false
  /// Without the storage that SLOAD and SSTORE access.
  public var disableStorage = false
  /// With the active memory.
  public var enableMemory = false
  /// With the output of the last call.
  public var enableReturnData = false
  /// How many instructions to record, from the first on; zero for all.
  public var limit = 0

  static var flags: [TracerFlag<Self>] {
    [
      TracerFlag("disableStack", \.disableStack, makesSmaller: true),
      TracerFlag("disableStorage", \.disableStorage, makesSmaller: true),
      TracerFlag("enableMemory", \.enableMemory, makesSmaller: false),
      TracerFlag("enableReturnData", \.enableReturnData, makesSmaller: false),
    ]
  }

  /// The name of the option that is a number.
  static let limitName = "limit"

  /// Stack and storage of all instructions.
  public init() {}

  init(_ json: JSONValue?) throws(JSONError) {
    try self.init(flags: json)
    guard let limit = try json?.optionalField(Self.limitName) else { return }
    self.limit = Int(clamping: try limit.uint64())
  }
}
