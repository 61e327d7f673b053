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
  /// Several in one run, by their names.
  case several([NamedTracer])
  /// Nothing: the transaction is only executed.
  case noop

  /// The names that `init(name:options:)` knows; no name stands for struct logs.
  public static let names = [
    "callTracer", "flatCallTracer", "prestateTracer", "4byteTracer", "structLogger", "noopTracer",
    muxName,
  ]

  private static let muxName = "muxTracer"

  /// The tracer that geth calls `name`, or the one for struct logs when there is no name. `options`
  /// is the `tracerConfig` of a named tracer, and of struct logs the whole trace configuration.
  /// Members that the tracer does not know are refused, unless they are to be ignored, as geth does.
  public init(
    name: String?, options: JSONValue? = nil, ignoringUnknown: Bool = false
  ) throws(TracerConfigurationError) {
    if name == Self.muxName {
      self = .several(try NamedTracer.list(options, ignoringUnknown: ignoringUnknown))
      return
    }
    let known: TracerConfiguration?
    do throws(JSONError) {
      switch name ?? "" {
      case "callTracer": known = .call(try CallTracerOptions(flags: options))
      case "flatCallTracer": known = .flatCall(try FlatCallTracerOptions(flags: options))
      case "prestateTracer": known = .prestate(try PrestateTracerOptions(options))
      case "4byteTracer": known = .fourByte
      case "", "structLogger": known = .structLogs(try StructLogOptions(options))
      case "noopTracer": known = .noop
      default: known = nil
      }
    } catch {
      throw .malformed(error)
    }
    guard let known else { throw .unknownTracer(name ?? "") }
    self = known
    guard let options, !ignoringUnknown else { return }
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
    case .several: Self.muxName
    case .noop: "noopTracer"
    }
  }

  /// The names of the options that the tracer has.
  public var optionNames: [String] {
    switch self {
    case .call: CallTracerOptions.flagNames
    case .flatCall: FlatCallTracerOptions.flagNames
    case .prestate: PrestateTracerOptions.flagNames
    case .fourByte, .noop: []
    case .structLogs: StructLogOptions.flagNames + [StructLogOptions.limitName]
    case .several: Self.names
    }
  }

  /// Members that may stand beside the options: those of the call tracer, which geth's flat tracer
  /// takes and does not heed, and of a trace configuration how long it may take, how far to go back, and
  /// what is otherwise in state and block.
  private var namesWithoutEffect: [String] {
    switch self {
    case .call, .prestate, .fourByte, .several, .noop: []
    case .flatCall: CallTracerOptions.flagNames
    case .structLogs: ["timeout", "reexec", "stateOverrides", "blockOverrides"]
    }
  }

  /// What would make a trace smaller, and is not done yet.
  var frugalOptions: [String] {
    switch self {
    case .call(let options): options.frugalFlags
    case .flatCall(let options): options.frugalFlags
    case .prestate(let options): options.frugalFlags
    case .fourByte, .noop: []
    case .structLogs(let options):
      (options.limit == 0 ? [StructLogOptions.limitName] : []) + options.frugalFlags
    case .several: ["fewer tracers"]
    }
  }
}

/// What is wrong with the choice of a tracer.
public enum TracerConfigurationError: Error, Equatable, CustomStringConvertible {
  /// There is no tracer of this name.
  case unknownTracer(String)
  /// The tracer has no option of the name that stands at `path` in `source`.
  case unknownOption(source: String, path: String, tracer: String, known: [String])
  /// More than `limit` tracers are to see one run.
  case tooMany(limit: Int)
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
    case .tooMany(let limit): "more than \(limit) tracers are to see one run"
    case .malformed(let error): error.description
    }
  }
}
