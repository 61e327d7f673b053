// needletail replay: executes recorded blocks and checks them.

internal import Fixtures

extension Command {
  /// `replay`
  static var replay: Command {
    Command(
      name: "replay", operands: "PATH...",
      summary: "Execute recorded blocks and check what comes out",
      details: """
        PATH is a folder or a tar archive with a folder for each block, which holds block.json (the
        block as eth_getBlockByNumber gives it, with transactions) and pre_state.json (the accounts
        it touches, as before the block, and block hashes). Checked are the sender of every
        transaction, the block's hash, gas used, logs bloom, transactions root and, from Byzantium on, receipts root.
        Exit status: 0 all equal, 1 a block differs, 2 something could not be read.
        """,
      options: [
        .value("--repeat", "N", "execute each block N times and show the fastest (1)"),
        .value(
          "--threads", "N", "how many threads execute in parallel (all cores; 8 for each at most)"),
        .flag("--access-lists", "make the access lists of blocks from Cancun on, and check them"),
        .flag("--conflicts", "show which functions and slots make transactions wait for others"),
        .value("--simulate-cores", "LIST", "speed-up on so many cores, such as 4,16,64, simulated"),
        .value("--json", "FILE", "write all figures as JSON; - is standard output, alone"),
        .value("--html", "FILE", "write a page with charts of conflicts and speed-ups"),
        .value("--memory-limit", "BYTES", "EVM memory that a transaction may take (1 GiB)"),
      ],
      examples: [
        "needletail replay mainnet-blocks.tar.zst",
        "needletail replay mainnet-blocks/15537394 --repeat 10",
        "needletail replay mainnet-blocks/15537394 --conflicts --simulate-cores 4,16,64",
      ],
      run: runReplay)
  }

  private static func runReplay(_ arguments: Arguments) throws(UsageError) -> Int32 {
    guard !arguments.operands.isEmpty else {
      throw UsageError(message: "replay needs at least one PATH; see needletail replay --help")
    }
    let path = try arguments.jsonPath(inputs: arguments.operands)
    let page = try arguments.outputPath("--html", inputs: arguments.operands)
    let rounds = try arguments.integer("--repeat", in: 1...100_000)
    let study = try arguments.study(rounds: rounds)
    let run = ReplayRun(
      paths: arguments.operands, rounds: rounds ?? 1,
      memoryLimit: try arguments.size("--memory-limit", in: 0...Int.max),
      workers: try arguments.threads() ?? WorkerThreads.coreCount,
      accessLists: arguments.has("--access-lists"), study: study)
    let bar = ProgressBar {
      let progress = run.progress
      return ProgressBar.State(
        done: progress.done, of: progress.found, text: "\(progress.done) blocks")
    }
    let report = run.run()
    bar.finish()
    let text = arguments.studyText(report.studies) + ReplayText.table(report)
    try writeFigures(
      text, complaints: ReplayText.complaints(report), json: ReplayText.json(report), to: path)
    if let page { try write(ReplayText.html(report), to: page) }
    return report.exitStatus
  }
}
