// Workloads under more and more contention.

internal import Fixtures
internal import Workloads

/// Measures some workloads with rising shares of transactions that all want the same.
struct BenchContentionPlan: Sendable {
  private static let shares = [0, 0.25, 0.5, 0.75, 1]
  private static let rounds = 7
  /// The most workloads, and the most transactions of a block.
  private static let workloadLimit = 4
  private static let blockLimit = 5_000

  private let definitions: [WorkloadDefinition]
  private let blockSize: Int
  private let seed: UInt64

  /// A plan for those of `definitions` that have no contention of their own and can be given some.
  init(_ arguments: Arguments, _ definitions: [WorkloadDefinition]) throws(UsageError) {
    self.definitions = Array(
      definitions.filter { $0.defaults.hotRatio == 0 && $0.heeds(.hotRatio, in: $0.defaults) }
        .prefix(Self.workloadLimit))
    let size = try arguments.integer("--block-size", in: 1...Int.max) ?? Self.blockLimit
    blockSize = min(size, Self.blockLimit)
    seed = UInt64(try arguments.integer("--seed", in: 0...Int.max) ?? 1)
  }

  /// Measures all of them.
  func measure(
    threads: [Int], foretelling: Bool, memoryLimit: Int?, _ progress: BenchProgress
  ) -> [BenchContention] {
    let bench = ParallelBench(
      threads: threads, rounds: Self.rounds, foretelling: foretelling, memoryLimit: memoryLimit,
      measuresMachine: false)
    return definitions.map { definition in
      var contention = BenchContention(name: definition.name)
      for share in Self.shares {
        var knobs = definition.defaults
        knobs.transactions = blockSize
        knobs.hotRatio = share
        let subject = BenchSubject(definition.generate(knobs, seed: seed))
        contention.add(
          bench.measure(subject) { progress.note("\(definition.name), hot", $0, $1) },
          share: share)
      }
      return contention
    }
  }
}
