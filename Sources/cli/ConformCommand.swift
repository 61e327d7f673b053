// needletail conform: runs published test suites.

internal import Fixtures
internal import Ledger

extension Command {
  /// `conform`
  static var conform: Command {
    Command(
      name: "conform", operands: "PATH...",
      summary: "Run published conformance suites",
      details: """
        PATH is a folder, a .tar.zst, .tar.gz or .tar archive, or a single JSON file. The format of
        each file is told by its content, for vectors of precompiles and opcodes by its name: state,
        block, engine and VM tests, chains, traces, difficulty, trie, RLP and transaction tests,
        genesis and proof of work tests, precompile, opcode, signature and KZG vectors, bytecode and
        block workloads, and folders of a genesis.json with its chain.rlp.
        Exit status: 0 all passed, 1 a case failed, 2 a file could not be read, a
        case needs more memory than allowed, or no case ran.
        """,
      options: [
        .value("--filter", "TEXT", "only cases whose file or name contains TEXT"),
        .value("--fork", "FORK", "only cases of this fork, such as Cancun or EIP150"),
        .value("--jobs", "N", "threads (all cores)"),
        .value("--memory-limit", "BYTES", "EVM memory that a transaction may take (1 GiB)"),
        .flag("--parallel", "execute blocks also by 2, 3 and 8 workers, and compare"),
        .flag("--stores", "import chains also through the pipeline into a store, and compare"),
        .flag("--access-lists", "make the access lists of blocks from Cancun on, and check them"),
        .flag("--trace", "print the EIP-3155 trace of the selected case (one thread)"),
        .value(
          "--engine-command", "CMD",
          "drive a client by the Engine API; {genesis}, {jwt} and {port} stand in CMD"),
        .value("--json", "FILE", "write counts and failures as JSON; - is standard output, alone"),
      ],
      examples: [
        "needletail conform ethereum-tests-state.tar.zst",
        "needletail conform GeneralStateTests --fork Cancun --filter stExample",
        "needletail conform add11.json --filter add11 --trace",
        "needletail conform eest-engine.tar.zst --engine-command 'CLIENT {genesis} {jwt} {port}'",
      ],
      run: runConform)
  }

  private static func runConform(_ arguments: Arguments) throws(UsageError) -> Int32 {
    guard !arguments.operands.isEmpty else {
      throw UsageError(message: "conform needs at least one PATH; see needletail conform --help")
    }
    let path = try arguments.jsonPath(inputs: arguments.operands)
    try arguments.refuseTraceIntoJSON()
    let isTracing = arguments.has("--trace")
    for option in ["--parallel", "--access-lists", "--stores"]
    where isTracing && arguments.has(option) {
      throw UsageError(message: "conform takes either --trace or \(option)")
    }
    let jobs = try arguments.jobs()
    if let command = arguments.string("--engine-command") {
      return try driveClients(arguments, command: command, jobs: jobs, report: path)
    }
    let trace: (@Sendable (String) -> Void)? = isTracing ? printLine : nil
    let run = ConformRun(
      paths: arguments.operands,
      selection: CaseSelection(
        filter: arguments.string("--filter"), fork: try arguments.fork("--fork")),
      jobs: isTracing ? 1 : jobs,
      memoryLimit: try arguments.size("--memory-limit", in: 0...Int.max), trace: trace,
      workers: arguments.has("--parallel") ? [2, 3, 8] : [],
      accessLists: arguments.has("--access-lists"), stores: arguments.has("--stores"))
    let bar = ProgressBar {
      let progress = run.progress
      return ProgressBar.State(
        done: progress.bytesDone, of: progress.bytesFound,
        text: "\(grouped(progress.cases)) cases, \(grouped(progress.failed)) failed")
    }
    let report = run.run()
    bar.finish()
    try writeFigures(
      ConformText.table(report), complaints: ConformText.complaints(report),
      json: ConformText.json(report), to: path)
    return report.exitStatus
  }
}
