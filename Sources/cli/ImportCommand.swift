// needletail import: builds a chain from files of blocks.

internal import Fixtures

extension Command {
  /// `import`
  static var importChain: Command {
    Command(
      name: "import", operands: "FILE.rlp|DIR",
      summary: "Import a chain of blocks and check every rule",
      details: """
        FILE.rlp holds encoded blocks one after another, as geth export writes them; of a folder, all
        files whose names end in .rlp are taken in order of their names. The chain is kept in memory.
        Blocks that are there already are passed over; other branches may begin at the last 1024
        blocks. A block may have 64 MiB. Import ends at the first block that breaks a rule.
        Exit status: 0 all imported, 1 a block was refused, 2 something could not be
        read, a block needs more memory than allowed, or there was none.
        """,
      options: [
        .value(
          "--genesis", "FILE", "the chain's first block and rules, in geth's format (required)"),
        .flag("--no-seal", "take any proof of work, for test chains that were not mined"),
        .value("--memory-limit", "BYTES", "EVM memory that a transaction may take (1 GiB)"),
        .value("--json", "FILE", "write the figures as JSON; - is standard output, alone"),
      ],
      examples: [
        "needletail import chain.rlp --genesis genesis.json",
        "needletail import blocks/ --genesis genesis.json --no-seal --json import.json",
      ],
      run: runImport)
  }

  private static func runImport(_ arguments: Arguments) throws(UsageError) -> Int32 {
    guard arguments.operands.count == 1, let path = arguments.operands.first else {
      throw UsageError(message: "import needs one FILE.rlp or DIR; see needletail import --help")
    }
    guard let genesis = arguments.string("--genesis") else {
      throw UsageError(message: "import needs --genesis FILE, the chain's first block")
    }
    let jsonPath = try arguments.jsonPath(inputs: [path, genesis])
    let run = ImportRun(
      path: path, genesis: genesis, checksSeals: !arguments.has("--no-seal"),
      memoryLimit: try arguments.integer("--memory-limit", in: 0...Int.max))
    let bar = ProgressBar {
      let progress = run.progress
      return ProgressBar.State(
        done: progress.bytesDone, of: progress.bytesFound,
        text: "\(grouped(progress.blocks)) blocks")
    }
    let report = run.run()
    bar.finish()
    if let jsonPath { try write(ImportText.json(report), to: jsonPath) }
    if jsonPath != "-" { StandardOutput.write(ImportText.summary(report)) }
    return report.exitStatus
  }
}
