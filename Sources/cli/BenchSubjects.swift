// What needletail bench is to measure, from its arguments.

internal import Execution
internal import Fixtures
internal import Foundation
internal import State
internal import Workloads

/// What `bench` is to measure.
struct BenchSubjects: Sendable {
  /// The workloads.
  let definitions: [WorkloadDefinition]
  /// Files, folders and archives.
  let paths: [String]
  private let filter: String?
  private let seed: UInt64
  private let blockSize: Int?
  private let hotRatio: Double?
  private let chainLength: Int?
  private let distance: Int?
  private let accounts: Int?

  private static let knobs = [
    "--block-size", "--hot", "--chain", "--distance", "--accounts", "--seed",
  ]
  /// Those that some workloads do not heed.
  private static let idleKnobs: [String: WorkloadKnobs.Knob] = [
    "--hot": .hotRatio, "--chain": .chainLength, "--distance": .dependencyDistance,
    "--accounts": .accounts,
  ]
  private static let largestBlock = 1_000_000

  /// What the arguments say.
  init(_ arguments: Arguments) throws(UsageError) {
    var definitions: [WorkloadDefinition] = []
    var paths: [String] = []
    for operand in arguments.operands {
      if let definition = WorkloadDefinition.named(operand) {
        definitions.append(definition)
      } else if operand.contains("/") || FileManager.default.fileExists(atPath: operand) {
        paths.append(operand)
      } else {
        throw Arguments.unknown(
          "workload or file \"\(operand)\"", operand,
          among: WorkloadDefinition.all.map(\.name) + ["blocks", "precompiles"],
          of: "needletail bench")
      }
    }
    if arguments.operands.isEmpty { definitions = WorkloadDefinition.all }
    if definitions.isEmpty, let knob = Self.knobs.first(where: arguments.has) {
      throw UsageError(message: "\(knob) is for generated blocks; name a workload")
    }
    if paths.isEmpty, arguments.has("--filter") {
      throw UsageError(message: "--filter is for files; name a PATH")
    }
    (self.definitions, self.paths) = (definitions, paths)
    filter = arguments.string("--filter")
    seed = UInt64(try arguments.integer("--seed", in: 0...Int.max) ?? 1)
    blockSize = try arguments.integer("--block-size", in: 1...Self.largestBlock)
    hotRatio = try arguments.fraction("--hot")
    chainLength = try arguments.integer("--chain", in: 1...Self.largestBlock)
    distance = try arguments.integer("--distance", in: 1...Self.largestBlock)
    accounts = try arguments.integer("--accounts", in: 1...Self.largestBlock)
    try refuseIdleKnobs(arguments)
  }

  /// Refuses knobs that nothing heeds, and names what does not heed them where something else does.
  private func refuseIdleKnobs(_ arguments: Arguments) throws(UsageError) {
    for name in Self.knobs where arguments.has(name) {
      var idle = paths
      if let knob = Self.idleKnobs[name] {
        let deaf = definitions.filter { !$0.heeds(knob, in: knobs(of: $0)) }.map(\.name)
        guard deaf.count < definitions.count else {
          throw UsageError(
            message: "\(name) changes nothing in \(deaf.joined(separator: ", ")) with these options"
          )
        }
        idle = deaf + idle
      }
      if !idle.isEmpty {
        let list = idle.map(\.printable).joined(separator: ", ")
        complain("needletail: \(name) changes nothing in \(list)")
      }
    }
  }

  /// Calls `body` with each; answers what could not be read.
  func forEach(_ progress: BenchProgress, _ body: (BenchSubject) -> Void) -> [String] {
    for definition in definitions {
      progress.note(definition.name, 0, 0)
      body(BenchSubject(definition.generate(knobs(of: definition), seed: seed)))
    }
    var files = BenchFiles(filter: filter)
    for path in paths { files.forEach(under: path, body) }
    return files.errors
  }

  private func knobs(of definition: WorkloadDefinition) -> WorkloadKnobs {
    var knobs = definition.defaults
    if let blockSize { knobs.transactions = blockSize }
    if let hotRatio { knobs.hotRatio = hotRatio }
    if let chainLength { knobs.chainLength = chainLength }
    if let distance { knobs.dependencyDistance = distance }
    if let accounts { knobs.accounts = accounts }
    return knobs
  }
}

extension BenchSubject {
  /// A generated block.
  init(_ workload: Workload) {
    let state = MemoryState()
    state.apply(workload.genesis)
    self.init(
      name: workload.name,
      block: ExecutableBlock(workload.block, senders: workload.senders, rules: workload.rules),
      state: state, problems: workload.problems)
  }
}
