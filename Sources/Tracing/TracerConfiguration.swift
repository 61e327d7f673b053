// Which tracer, and how it is set: names and options as in geth's `debug` methods.

public import JSON

/// A tracer and its options.
public enum TracerConfiguration: Sendable, Equatable {
  /// The tree of calls.
  case call(CallTracerOptions)
  /// The calls as a list, in Parity's style.
  case flatCall(FlatCallTracerOptions)
  /// The accounts and slots that the transaction touches, or how it changes them.
  case prestate(PrestateTracerOptions)
  /// How often each function is called, by selector and size of arguments.
  case fourByte
  /// Every instruction.
  case structLogs(StructLogOptions)

  /// The names that `init(name:options:)` knows; no name stands for struct logs.
  public static let names = [
    "callTracer", "flatCallTracer", "prestateTracer", "4byteTracer", "structLogger",
  ]

  /// The tracer that geth calls `name`, or the one for struct logs when there is no name. `options`
  /// is the `tracerConfig` of a named tracer, and of struct logs the whole trace configuration.
  /// Members that the tracer does not know are refused.
  public init(name: String?, options: JSONValue? = nil) throws(TracerConfigurationError) {
    let known: TracerConfiguration?
    do throws(JSONError) {
      switch name ?? "" {
      case "callTracer": known = .call(try CallTracerOptions(options))
      case "flatCallTracer": known = .flatCall(try FlatCallTracerOptions(options))
      case "prestateTracer": known = .prestate(try PrestateTracerOptions(options))
      case "4byteTracer": known = .fourByte
      case "", "structLogger": known = .structLogs(try StructLogOptions(options))
      default: known = nil
      }
    } catch {
      throw .malformed(error)
    }
    guard let known else { throw .unknownTracer(name ?? "") }
    self = known
    guard let options else { return }
    let names = Set(optionNames).union(namesWithoutEffect)
    let unknown: JSONMember?
    do throws(JSONError) {
      unknown = try options.members().first { !names.contains($0.key.string) }
    } catch {
      throw .malformed(error)
    }
    guard let unknown else { return }
    throw .unknownOption(
      source: options.document.source, path: unknown.value.path, tracer: self.name,
      known: optionNames)
  }

  /// The name that geth has for the tracer.
  public var name: String {
    switch self {
    case .call: "callTracer"
    case .flatCall: "flatCallTracer"
    case .prestate: "prestateTracer"
    case .fourByte: "4byteTracer"
    case .structLogs: "structLogger"
    }
  }

  /// The names of the options that the tracer has.
  public var optionNames: [String] {
    switch self {
    case .call: ["onlyTopCall", "withLog"]
    case .flatCall: ["convertParityErrors", "includePrecompiles"]
    case .prestate: ["diffMode", "disableCode", "disableStorage", "includeEmpty"]
    case .fourByte: []
    case .structLogs:
      ["disableStack", "disableStorage", "enableMemory", "enableReturnData", "limit"]
    }
  }

  /// Members that may stand beside the options: those of the call tracer, which geth's flat tracer
  /// takes and does not heed, and what else is in a trace configuration.
  private var namesWithoutEffect: [String] {
    switch self {
    case .call, .prestate, .fourByte: []
    case .flatCall: ["onlyTopCall", "withLog"]
    case .structLogs: ["tracer", "tracerConfig", "timeout", "reexec"]
    }
  }

  /// The options that make a trace smaller.
  var frugalOptions: [String] {
    switch self {
    case .call: ["onlyTopCall"]
    case .flatCall, .fourByte: []
    case .prestate: ["disableCode", "disableStorage"]
    case .structLogs: ["limit", "disableStack", "disableStorage"]
    }
  }
}

/// What is wrong with the choice of a tracer.
public enum TracerConfigurationError: Error, Equatable, CustomStringConvertible {
  /// There is no tracer of this name.
  case unknownTracer(String)
  /// The tracer has no option of the name that stands at `path` in `source`.
  case unknownOption(source: String, path: String, tracer: String, known: [String])
  /// An option is not what it should be.
  case malformed(JSONError)

  /// One line.
  public var description: String {
    switch self {
    case .unknownTracer(let name):
      "there is no tracer \"\(name.prefix(80))\"; there are "
        + TracerConfiguration.names.joined(separator: ", ")
    case .unknownOption(let source, let path, let tracer, let known):
      "\(source): \(path.prefix(80)): \(tracer) has no such option; it has "
        + (known.isEmpty ? "none" : known.joined(separator: ", "))
    case .malformed(let error): error.description
    }
  }
}

/// Options of the call tracer.
public struct CallTracerOptions: Sendable, Equatable {
  /// Only the outermost call, without those that it makes.
  public var onlyTopCall = false
  /// With the logs of each call.
  public var withLog = false

  /// The whole tree, without logs.
  public init() {}

  init(_ json: JSONValue?) throws(JSONError) {
    onlyTopCall = try json.flag("onlyTopCall")
    withLog = try json.flag("withLog")
  }
}

/// Options of the flat call tracer.
public struct FlatCallTracerOptions: Sendable, Equatable {
  /// Errors in Parity's words.
  public var convertParityErrors = false
  /// With calls of precompiled contracts by CALL and STATICCALL.
  public var includePrecompiles = false

  /// Geth's words, without precompiled contracts.
  public init() {}

  init(_ json: JSONValue?) throws(JSONError) {
    convertParityErrors = try json.flag("convertParityErrors")
    includePrecompiles = try json.flag("includePrecompiles")
  }
}

/// Options of the prestate tracer.
public struct PrestateTracerOptions: Sendable, Equatable {
  /// What changed, before and after, instead of all that was touched.
  public var diffMode = false
  /// Without code.
  public var disableCode = false
  /// Without storage.
  public var disableStorage = false
  /// With accounts that were empty before the transaction. Says nothing in diff mode.
  public var includeEmpty = false

  /// All that was touched and not empty.
  public init() {}

  init(_ json: JSONValue?) throws(JSONError) {
    diffMode = try json.flag("diffMode")
    disableCode = try json.flag("disableCode")
    disableStorage = try json.flag("disableStorage")
    includeEmpty = try json.flag("includeEmpty")
  }
}

/// Options of the struct logs.
public struct StructLogOptions: Sendable, Equatable {
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

  /// Stack and storage of all instructions.
  public init() {}

  init(_ json: JSONValue?) throws(JSONError) {
    disableStack = try json.flag("disableStack")
    disableStorage = try json.flag("disableStorage")
    enableMemory = try json.flag("enableMemory")
    enableReturnData = try json.flag("enableReturnData")
    guard let limit = try json?.optionalField("limit") else { return }
    self.limit = Int(clamping: try limit.uint64())
  }
}

extension JSONValue? {
  /// The truth value of the member `name`; false where it is absent.
  fileprivate func flag(_ name: String) throws(JSONError) -> Bool {
    guard let member = try self?.optionalField(name) else { return false }
    guard let truth = member.boolean else { throw member.unexpected("true or false") }
    return truth
  }
}
