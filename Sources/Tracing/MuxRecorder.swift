// Several tracers that see one run.

import EVM
import Execution
import JSON
import Ledger
import Primitives

/// One of several tracers.
public struct NamedTracer: Sendable, Equatable {
  /// The name under which its answer stands.
  public var name: String
  /// What it does.
  public var tracer: TracerConfiguration

  /// As many may see one run, those inside of others too.
  private static let limit = 16

  /// A tracer whose answer stands under `name`.
  public init(name: String, tracer: TracerConfiguration) {
    self.name = name
    self.tracer = tracer
  }

  /// Those that the members of `options` name, each with its own options, in the order of names.
  static func list(
    _ options: JSONValue?, ignoringUnknown: Bool
  ) throws(TracerConfigurationError) -> [NamedTracer] {
    guard let options else { return [] }
    let members: [(name: String, options: JSONValue?)]
    do throws(JSONError) {
      members = try Self.members(of: options)
    } catch {
      throw .malformed(error)
    }
    var list: [NamedTracer] = []
    for (name, options) in members {
      // Elsewhere no name stands for struct logs.
      if name.isEmpty { throw .unknownTracer(name) }
      let tracer = try TracerConfiguration(
        name: name, options: options, ignoringUnknown: ignoringUnknown)
      list.append(NamedTracer(name: name, tracer: tracer))
    }
    guard list.reduce(0, { $0 + $1.tracer.count }) <= Self.limit else {
      throw .tooMany(limit: Self.limit)
    }
    return list.sorted { $0.name < $1.name }
  }

  /// Throws where a name stands there twice.
  private static func members(
    of options: JSONValue
  ) throws(JSONError) -> [(name: String, options: JSONValue?)] {
    var members: [(name: String, options: JSONValue?)] = []
    for member in try options.members() {
      let name = member.key.string
      members.append((name, try options.optionalField(name)))
      if members.count > limit { break }
    }
    return members
  }
}

extension TracerConfiguration {
  /// How many see the run.
  fileprivate var count: Int {
    guard case .several(let tracers) = self else { return 1 }
    return max(1, tracers.reduce(0) { $0 + $1.tracer.count })
  }
}

/// Hands what happens to several recorders, which share a budget.
final class MuxRecorder: Recorder {
  private let recorders: [(name: String, recorder: any Recorder)]
  private let limit: Int

  init(_ recorders: [(name: String, recorder: any Recorder)], limit: Int) {
    self.recorders = recorders
    self.limit = limit
  }

  var budget: RecordingBudget {
    RecordingBudget(limit, shared: recorders.map(\.recorder.budget))
  }

  var isFull: Bool {
    var taken = 0
    for (_, recorder) in recorders {
      let budget = recorder.budget
      taken += budget.taken
      if budget.isExceeded || taken > limit { return true }
    }
    return false
  }

  func begin(_ transaction: Transaction, from sender: Address) {
    for (_, recorder) in recorders { recorder.begin(transaction, from: sender) }
  }

  func enter(_ call: TracedCall) { for (_, recorder) in recorders { recorder.enter(call) } }

  func step(_ step: TracedStep) { for (_, recorder) in recorders { recorder.step(step) } }

  func paid(depth: Int, gasLeft: Int64) {
    for (_, recorder) in recorders { recorder.paid(depth: depth, gasLeft: gasLeft) }
  }

  func fault(_ halt: Halt, depth: Int, gasLeft: Int64) {
    for (_, recorder) in recorders { recorder.fault(halt, depth: depth, gasLeft: gasLeft) }
  }

  func exit(_ call: TracedCall, gasLeft: Int64, output: UnsafeRawBufferPointer, halt: Halt?) {
    for (_, recorder) in recorders {
      recorder.exit(call, gasLeft: gasLeft, output: output, halt: halt)
    }
  }

  func result(_ outcome: TransactionOutcome, output: [UInt8]) -> TraceResult {
    .several(
      recorders.map { name, recorder in
        NamedTrace(name: name, result: recorder.result(outcome, output: output))
      })
  }
}
