// needletail bench blocks: how fast the blocks of block tests are imported.

internal import Fixtures

extension Command {
  /// `bench blocks`
  static var benchBlocks: Command {
    Command(
      name: "bench blocks", operands: "PATH...",
      summary: "Measure the blocks of block tests, slowest for their gas first",
      details: """
        PATH is a folder, an archive or a file of block tests, such as those of the benchmark releases
        of the Execution Spec Tests. The last block of every case is measured, from its bytes to the
        new head: senders, execution, receipts and state root. Times are processor time of one thread.
        Exit status: 0 measured, 2 a file could not be read, or no case was found.
        """,
      options: [
        .value("--filter", "TEXT", "only cases whose file or name contains TEXT"),
        .value("--repeat", "N", "import each case N times, show the fastest (1)"),
        .value("--top", "N", "show so many cases (all)"),
        .value("--json", "FILE", "write every case as JSON; - is standard output, alone"),
      ],
      examples: [
        "needletail bench blocks eest-benchmark.tar.zst --top 10",
        "needletail bench blocks benchmark --filter keccak --repeat 3 --json blocks.json",
      ],
      run: runBenchBlocks)
  }

  private static func runBenchBlocks(_ arguments: Arguments) throws(UsageError) -> Int32 {
    guard !arguments.operands.isEmpty else {
      throw UsageError(
        message: "bench blocks needs at least one PATH; see needletail bench blocks --help")
    }
    let path = try arguments.jsonPath(inputs: arguments.operands)
    let rounds = try arguments.integer("--repeat", in: 1...1000) ?? 1
    let shown = try arguments.integer("--top", in: 1...Int.max) ?? .max
    let paths = arguments.operands
    let selection = CaseSelection(filter: arguments.string("--filter"))
    let (text, complaints, json, isComplete) = WorkerThreads.call {
      let speed = BlockSpeed.measured(paths, selection, rounds: rounds) {
        complain("measuring \($0)")
      }
      let isComplete = speed.errors.isEmpty && !speed.cases.isEmpty
      if speed.cases.isEmpty, speed.errors.isEmpty {
        complain("needletail: no case of a block test was found")
      }
      return (speed.text(shown: shown), speed.complaints, speed.json, isComplete)
    }
    try writeFigures(text, complaints: complaints, json: json, to: path)
    return isComplete ? 0 : Tool.badInput
  }
}
