// needletail evm run: runs code, or a workload.

internal import Fixtures
internal import JSON
internal import Ledger

extension Command {
  /// `evm run`
  static var evmRun: Command {
    Command(
      name: "evm run", operands: "",
      summary: "Run EVM code or a workload and measure it",
      details: """
        With --code, a message is sent to a contract of that code: no transaction, no intrinsic gas.
        With --workload, the transactions of a workload file are executed in order; gas is what they
        pay, refunds taken off. Times are processor time of one thread, without reading and setting
        up; every run starts from a fresh state. A trace goes to standard output, from one run that
        is not measured where --bench asks for more, and ends with the summary line of EIP-3155; the
        figures then go to standard error. With --tracer, every transaction, or the code as the
        recipient of one, is executed under a tracer of geth's debug methods, and its answer is
        printed as a line of JSON instead of figures.
        Exit status: 0 success, 1 the code failed or reverted, 2 bad input or the memory limit.
        """,
      options: [
        .value("--code", "HEX", "the code"),
        .value("--input", "HEX", "call data (none)"),
        .value("--gas", "N", "gas for the message, decimal or 0x (1,000,000,000)"),
        .value("--fork", "FORK", "whose rules hold (the newest)"),
        .value("--workload", "FILE", "a workload in JSON instead of code"),
        .value("--bench", "N", "run N times; show minimum and median"),
        .flag("--trace", "print a trace as EIP-3155 lines"),
        .value("--tracer", "NAME", "print what this tracer sees, such as callTracer"),
        .value("--tracer-config", "JSON", "its options, such as '{\"withLog\":true}'"),
        .value("--trace-limit", "BYTES", "what its answer may hold of a transaction (256 MiB)"),
        .value("--memory-limit", "BYTES", "EVM memory that a run may take (1 GiB)"),
        .value("--json", "FILE", "write the figures as JSON; - is standard output, alone"),
      ],
      examples: [
        "needletail evm run --code 600160020160005260206000f3 --fork Cancun",
        "needletail evm run --code 5b600056 --gas 10000000 --bench 20",
        "needletail evm run --code 60006000f3 --tracer callTracer",
        "needletail evm run --workload bytecode/evmbench_snailtracer.json --bench 10",
      ],
      run: runEVM)
  }

  private static func runEVM(_ arguments: Arguments) throws(UsageError) -> Int32 {
    if let operand = arguments.operands.first {
      throw UsageError(message: "evm run takes no operand \"\(operand)\"; did you mean --code?")
    }
    if arguments.has("--tracer") { return try traceEVM(arguments) }
    for option in ["--tracer-config", "--trace-limit"] where arguments.has(option) {
      throw UsageError(message: "\(option) goes with --tracer NAME")
    }
    let path = try arguments.jsonPath(
      inputs: [arguments.string("--workload")].compactMap { $0 })
    try arguments.refuseTraceIntoJSON()
    let measurement = try measure(arguments)
    let needsTexts = path != nil || arguments.has("--trace")
    if needsTexts && !measurement.hasRoomForTexts {
      throw UsageError(
        message: "the system has no room for the digits of \(grouped(measurement.output.count)) "
          + "bytes of output")
    }
    if let path { try write(measurement.json, to: path) }
    if arguments.has("--trace") {
      complain(String(measurement.text.dropLast()))
    } else if path != "-" {
      StandardOutput.write(measurement.text)
    }
    if measurement.wasRefused {
      complain("needletail: the workload holds a transaction that cannot be executed")
      return Tool.badInput
    }
    if measurement.hitMemoryLimit {
      complain(
        "needletail: the run needs more memory than --memory-limit allows, or than the system has")
      return Tool.badInput
    }
    return measurement.succeeded ? 0 : 1
  }

  private static func measure(_ arguments: Arguments) throws(UsageError) -> Measurement {
    let rounds = try arguments.integer("--bench", in: 1...1_000_000) ?? 1
    let trace: (@Sendable (String) -> Void)? = arguments.has("--trace") ? printLine : nil
    switch try evmSubject(arguments) {
    case .workload(let workload, let memoryLimit):
      return tracedOnce(rounds, trace) { rounds, trace in
        workload.measure(rounds: rounds, memoryLimit: memoryLimit, trace: trace)
      }
    case .code(let run):
      return tracedOnce(rounds, trace) { rounds, trace in run.measure(rounds: rounds, trace: trace)
      }
    }
  }

  /// What `evm run` runs.
  enum EVMSubject {
    case code(CodeRun)
    case workload(PublishedWorkload, memoryLimit: Int?)
  }

  /// What the arguments say to run.
  static func evmSubject(_ arguments: Arguments) throws(UsageError) -> EVMSubject {
    let memoryLimit = try arguments.size("--memory-limit", in: 0...Int.max)
    switch (arguments.string("--workload"), try arguments.bytes("--code")) {
    case (let file?, nil):
      for option in ["--input", "--gas", "--fork"] where arguments.has(option) {
        throw UsageError(message: "\(option) goes with --code; a workload brings its own")
      }
      return .workload(try workload(file), memoryLimit: memoryLimit)
    case (nil, let code?):
      var run = CodeRun(code: code)
      run.input = try arguments.bytes("--input") ?? []
      run.gas = Int64(try arguments.integer("--gas", in: 0...Int.max) ?? Int(run.gas))
      run.fork = try arguments.fork("--fork") ?? .latest
      run.memoryLimit = memoryLimit
      return .code(run)
    case (nil, nil):
      throw UsageError(
        message: "evm run needs --code HEX or --workload FILE; see needletail evm run --help")
    case (.some, .some):
      throw UsageError(message: "give either --code or --workload, not both")
    }
  }

  /// Measures in `rounds` rounds. With a trace, one round comes before them, unless one is all.
  private static func tracedOnce(
    _ rounds: Int, _ trace: (@Sendable (String) -> Void)?,
    _ measure: @escaping @Sendable (Int, (@Sendable (String) -> Void)?) -> Measurement
  ) -> Measurement {
    WorkerThreads.call {
      guard let trace else { return measure(rounds, nil) }
      let traced = measure(1, trace)
      return rounds == 1 ? traced : measure(rounds, nil)
    }
  }

  private static func workload(_ path: String) throws(UsageError) -> PublishedWorkload {
    if ArchiveReader.isArchive(path) {
      throw UsageError(
        message: "\(path) is an archive; --workload takes one JSON file out of it, and needletail "
          + "conform runs all of them")
    }
    do {
      return try PublishedWorkload(
        JSONDocument(parsing: FileWalk.read(path), source: path).root)
    } catch {
      throw UsageError(message: "\(error)")
    }
  }
}
