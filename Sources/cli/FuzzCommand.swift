// needletail fuzz: looks for what nobody thought of.

internal import Fixtures
internal import Foundation
internal import Fuzzing

extension Arguments {
  /// Refuses options that would do nothing, since what they belong to is not asked for.
  fileprivate func refuseIdleFuzzOptions() throws(UsageError) {
    let ends = ["--minutes", "--rounds"]
    let parts = ["--jobs", "--json", "--worker", "--until"]
    if has("--emit") {
      for option in ends + parts + ["--round"] where has(option) {
        throw UsageError(message: "\(option) does not go with --emit, which runs nothing")
      }
      if let operand = operands.first {
        throw UsageError(message: "--emit takes no TARGET \"\(operand)\"")
      }
      return
    }
    if has("--count") { throw UsageError(message: "--count goes with --emit") }
    if has("--round") {
      for option in ends + parts + ["--out"] where has(option) {
        throw UsageError(message: "\(option) does not go with --round, which runs one case")
      }
    }
    if has("--until") && !has("--worker") {
      throw UsageError(message: "--until goes with --worker; --minutes N says when to stop")
    }
  }
}

extension Command {
  /// `fuzz`
  static var fuzz: Command {
    Command(
      name: "fuzz", operands: "[TARGET...]",
      summary: "Try random and damaged input, and look for what must not be",
      details: """
        Without TARGET, all of them are tried in turn, in processes of their own:
        \(FuzzTargets.all.map { "  \($0.name): \($0.summary)" }.joined(separator: "\n"))
        A case follows from target, seed and round. A trap, or a case that takes a minute, is a
        finding like any other. With --emit the cases are not run but written down, for another
        implementation to answer. Stopped by Ctrl-C, a run ends with the table of what it has done;
        while it goes on, table.txt and report.json in --out say the same.
        Exit status: 0 nothing found, 1 something found, 2 it could not run.
        """,
      options: [
        .value("--seed", "N", "from which all cases follow (1)"),
        .value("--minutes", "N", "stop after N minutes (1)"),
        .value("--rounds", "N", "stop after N rounds of each target"),
        .value("--round", "N", "run this one round of the one TARGET, in this process"),
        .value("--jobs", "N", "processes (all cores)"),
        .value("--out", "DIR", "folder for findings and notes (build/fuzz)"),
        .value("--json", "FILE", "write counts and findings as JSON; - is standard output, alone"),
        .value(
          "--emit", "KIND",
          "write state-tests into --out, without their outcome, which conform needs"),
        .value("--count", "N", "how many tests to write, 50 a file (50)"),
        .value("--worker", "N", "run share N of --jobs in this process; the command starts these"),
        .value("--until", "TIME", "when a worker stops, in seconds since 1970"),
      ],
      examples: [
        "needletail fuzz --minutes 5",
        "needletail fuzz trie rlp --seed 7 --rounds 10000",
        "needletail fuzz --emit state-tests --count 100 --seed 7 --out cases",
      ],
      run: runFuzz)
  }

  private static func runFuzz(_ arguments: Arguments) throws(UsageError) -> Int32 {
    try arguments.refuseIdleFuzzOptions()
    let seed = UInt64(try arguments.integer("--seed", in: 0...Int.max) ?? 1)
    let folder = arguments.string("--out") ?? "build/fuzz"
    if let kind = arguments.string("--emit") {
      return try emit(kind, arguments, seed: seed, folder: folder)
    }
    for name in arguments.operands where FuzzTargets.named(name) == nil {
      throw Arguments.unknown(
        "target \(name)", name, among: FuzzTargets.names, of: "needletail fuzz")
    }
    if let round = try arguments.integer("--round", in: 0...Int.max) {
      return try repeatRound(arguments, seed: seed, round: UInt64(round))
    }
    let plan = try plan(arguments, seed: seed, folder: folder)
    if let number = try arguments.integer("--worker", in: 0...plan.jobs - 1) {
      return try work(plan, number, until: try arguments.integer("--until", in: 0...Int.max))
    }
    return try run(plan, json: arguments.string("--json"))
  }

  private static func plan(
    _ arguments: Arguments, seed: UInt64, folder: String
  ) throws(UsageError) -> FuzzPlan {
    let rounds = try arguments.integer("--rounds", in: 1...Int.max)
    let minutes = try arguments.integer("--minutes", in: 1...100_000)
    guard rounds == nil || minutes == nil else {
      throw UsageError(message: "fuzz stops either after --rounds or after --minutes")
    }
    let names = FuzzTargets.names
    return FuzzPlan(
      targets: arguments.operands.isEmpty ? names : names.filter(arguments.operands.contains),
      seed: seed, end: rounds.map { .rounds(UInt64($0)) } ?? .seconds(60 * Double(minutes ?? 1)),
      jobs: try arguments.jobs(),
      folder: folder)
  }

  private static func run(_ plan: FuzzPlan, json path: String?) throws(UsageError) -> Int32 {
    let report: FuzzReport
    do throws(FuzzError) {
      report = try watched(FuzzRun(plan, executable: executablePath), plan)
    } catch {
      throw UsageError(message: error.message)
    }
    try writeFigures(report.text, json: report.json, to: path)
    return report.exitStatus
  }

  /// Runs it with a bar on the terminal.
  private static func watched(_ run: FuzzRun, _ plan: FuzzPlan) throws(FuzzError) -> FuzzReport {
    let start = Date()
    let bar = ProgressBar {
      let progress = run.progress
      let cases = Int(clamping: progress.cases.reduce(0, +))
      let text = "\(grouped(cases)) cases, \(progress.findings) findings"
      switch plan.end {
      case .rounds(let count):
        return ProgressBar.State(
          done: cases, of: Int(clamping: count) &* plan.targets.count, text: text)
      case .seconds(let seconds):
        return ProgressBar.State(
          done: Int(Date().timeIntervalSince(start)), of: Int(seconds), text: text)
      }
    }
    defer { bar.finish() }
    Interruption.watch()
    return try run.run { Interruption.isRequested }
  }

  /// One share of the rounds, in this process.
  private static func work(
    _ plan: FuzzPlan, _ number: Int, until deadline: Int?
  ) throws(UsageError) -> Int32 {
    // A terminal that goes is the parent's affair, which has a report to write.
    signal(SIGHUP, SIG_IGN)
    let problem: String? = WorkerThreads.call {
      FuzzWorker.work(plan, number: number, until: deadline)
    }
    if let problem { throw UsageError(message: problem) }
    return 0
  }

  /// One round in this process, where a debugger can see a trap.
  private static func repeatRound(
    _ arguments: Arguments, seed: UInt64, round: UInt64
  ) throws(UsageError) -> Int32 {
    guard arguments.operands.count == 1, let target = FuzzTargets.named(arguments.operands[0])
    else { throw UsageError(message: "--round needs one TARGET") }
    let finding = WorkerThreads.call {
      FuzzPlan.repeatRound(target, seed: seed, round: round)
    }
    guard let finding else {
      printLine("nothing found")
      return 0
    }
    printLine(finding.description)
    return 1
  }

  /// Writes cases for another implementation.
  private static func emit(
    _ kind: String, _ arguments: Arguments, seed: UInt64, folder: String
  ) throws(UsageError) -> Int32 {
    guard kind == "state-tests" else {
      throw UsageError(message: "--emit writes state-tests, not \"\(kind)\"")
    }
    let count = try arguments.integer("--count", in: 1...1_000_000) ?? 50
    let perFile = 50
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw UsageError(message: "cannot make \(folder): \(error.localizedDescription)")
    }
    for index in 0..<(count + perFile - 1) / perFile {
      let text = StateTestFiles.text(seed: seed, index: UInt64(index), count: perFile)
      try write(text, to: "\(folder)/state-\(seed)-\(index).json")
    }
    return 0
  }

  /// The path of this program.
  static var executablePath: String {
    #if os(Linux)
      if let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") {
        return path
      }
    #endif
    return Bundle.main.executablePath ?? CommandLine.arguments[0]
  }
}
