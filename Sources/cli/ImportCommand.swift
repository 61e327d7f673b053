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
        files whose names end in .rlp are taken in order of their names, 9.rlp before 10.rlp. With
        --data, blocks go through the pipeline into a store on disk, which is made where there is
        none; without, the chain is checked in memory, one transaction after another. Blocks that are
        there already are passed over, so an import that was interrupted goes on when the same command
        is given again.
        Of competing branches the one with the most total difficulty is the chain, since Paris the
        longest, the first of two alike. Other branches may begin at the last 1024 blocks. A store goes over to
        another branch in one step and keeps the chain alone: blocks of a branch that has not become
        the chain are executed with --data only when it does, and must come in one import.
        A block may have 64 MiB. Import ends at the first block that breaks a rule; what only execution
        tells of a block of another branch is found, with --data, when that becomes the chain.
        Exit status: 0 all imported, 1 a block was refused, 2 something could not be
        read, a block needs more memory than allowed, there was none, or import was interrupted.
        """,
      options: [
        .value(
          "--genesis", "FILE", "the chain's first block and rules, in geth's format (required)"),
        .value("--data", "DIR", "keep the chain in the store in DIR, made where there is none"),
        .value(
          "--cache-size", "BYTES", "memory for state, tries and database of the store (4 GiB)"),
        .value(
          "--history", "N|archive",
          "how many blocks behind the head the store keeps the state of (as until now, or 1024)"),
        .value(
          "--threads", "N",
          "threads that all stages of the pipeline share (all cores; 8 for each at most)"),
        .flag("--no-seal", "take any proof of work, for test chains that were not mined"),
        .value("--memory-limit", "BYTES", "EVM memory that a transaction may take (1 GiB)"),
        .value("--json", "FILE", "write the figures as JSON; - is standard output, alone"),
      ],
      examples: [
        "needletail import chain.rlp --genesis genesis.json",
        "needletail import blocks/ --genesis genesis.json --data data",
        "needletail import blocks/ --genesis genesis.json --data data --history archive",
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
      memoryLimit: try arguments.size("--memory-limit", in: 0...Int.max),
      destination: try importDestination(arguments), isStopped: { Interruption.isRequested })
    Interruption.watch()
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

  private static func importDestination(
    _ arguments: Arguments
  ) throws(UsageError) -> ImportRun.Destination? {
    guard let path = arguments.string("--data") else {
      for option in ["--cache-size", "--threads", "--history"] where arguments.has(option) {
        throw UsageError(message: "\(option) is about a store; name one with --data DIR")
      }
      return nil
    }
    return ImportRun.Destination(
      path: path,
      threads: try arguments.threads() ?? WorkerThreads.coreCount,
      cacheSize: try arguments.cacheSize(atLeast: 16 << 20) ?? 4 << 30,
      history: try arguments.history("--history"))
  }
}
