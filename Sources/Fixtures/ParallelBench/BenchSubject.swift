// A block to measure.

public import Execution
internal import Ledger
public import State

/// A block with the state before it, and whether what comes out is right.
public struct BenchSubject {
  /// Its name in the report.
  public let name: String
  /// The block.
  public internal(set) var block: ExecutableBlock
  /// The state before it.
  public let state: any StateView
  /// Whether it is a recorded block, of which the report also shows the sum.
  public let isRecorded: Bool
  /// What is wrong with an outcome, one a line; empty when all is well.
  public let problems: (BlockOutcome) -> [String]

  /// A subject.
  public init(
    name: String, block: ExecutableBlock, state: any StateView, isRecorded: Bool = false,
    problems: @escaping (BlockOutcome) -> [String]
  ) {
    self.name = name
    self.block = block
    self.state = state
    self.isRecorded = isRecorded
    self.problems = problems
  }
}

extension BenchSubject {
  /// A recorded block. Its gas and its events must be as recorded.
  init(_ recorded: RecordedBlock) {
    let header = recorded.header
    self.init(
      name: "block \(header.number)", block: recorded.executable(senders: recorded.senders),
      state: recorded.state(), isRecorded: true
    ) { outcome in
      var problems: [String] = []
      if outcome.gasUsed != header.gasUsed {
        problems.append("\(outcome.gasUsed) gas was used, recorded are \(header.gasUsed)")
      }
      if outcome.bloom != header.logsBloom { problems.append("the bloom is not the recorded one") }
      return problems
    }
  }

  /// A published workload. Where it is a block, every transaction must succeed; what a single
  /// program must give, `conform` compares.
  init(_ workload: PublishedWorkload) {
    self.init(name: workload.name, block: workload.block, state: workload.state()) { outcome in
      guard outcome.receipts.count > 1 else { return [] }
      let failed = outcome.receipts.count { $0.outcome == .status(false) }
      return failed == 0 ? [] : ["\(failed) transactions fail"]
    }
  }
}
