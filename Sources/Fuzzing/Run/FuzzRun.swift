// A run of several processes, and what becomes of those that die.

internal import Foundation

/// Runs a plan in processes of their own, so that a trap, a hang or memory without bound in one case
/// is a finding and not the end.
public final class FuzzRun: @unchecked Sendable {
  /// A case that takes longer is a finding, in seconds.
  static let patience = 60.0
  /// A worker that dies is begun anew at most so often.
  static let restartLimit = 50
  /// How often the report in the folder is written anew, in seconds.
  static let reportInterval = 2.0

  /// How far a run has come.
  public struct Progress: Sendable {
    /// Cases tried of each target.
    public var cases: [UInt64]
    /// What was found so far.
    public var findings: Int
  }

  private let plan: FuzzPlan
  private let executable: String
  private let ledgers: [FuzzLedger]
  private let start = FuzzWorker.now

  /// A run of `plan` by workers that `executable` starts as `fuzz --worker N`.
  public init(_ plan: FuzzPlan, executable: String) throws(FuzzError) {
    self.plan = plan
    self.executable = executable
    try Self.clear(plan.folder)
    var ledgers: [FuzzLedger] = []
    for number in 0..<plan.jobs {
      ledgers.append(
        try FuzzLedger(path: plan.ledgerPath(number), targets: plan.targets.count))
    }
    self.ledgers = ledgers
  }

  /// How far the run has come; may be asked from another thread.
  public var progress: Progress {
    let cases = plan.targets.indices.map { index in
      ledgers.reduce(0) { $0 + $1.finished(index) }
    }
    return Progress(cases: cases, findings: Self.findingFiles(plan.folder).count)
  }

  /// Runs the plan, or as much of it as there is until `isStopped` says so, and answers what came of
  /// it. Meanwhile `table.txt` and `report.json` in the folder say what has come of it so far.
  public func run(isStopped: () -> Bool = { false }) throws(FuzzError) -> FuzzReport {
    var deadline: Double?
    if case .seconds(let seconds) = plan.end { deadline = start + seconds }
    var workers: [Worker] = []
    for number in 0..<plan.jobs { workers.append(try launch(number, deadline)) }
    var restarts = 0
    var reported = 0.0
    var hasStopped = false
    while !workers.isEmpty {
      if FuzzWorker.now - reported > Self.reportInterval {
        reported = FuzzWorker.now
        try write(report(.running))
      }
      Thread.sleep(forTimeInterval: 0.05)
      if isStopped(), !hasStopped {
        hasStopped = true
        for worker in workers { worker.process.kill() }
      }
      var left: [Worker] = []
      for worker in workers {
        if let end = worker.process.end() {
          if !hasStopped, try isLost(worker, end), restarts < Self.restartLimit {
            restarts += 1
            left.append(try launch(worker.number, deadline))
          }
        } else {
          left.append(hasStopped ? worker : killed(ifHanging: worker))
        }
      }
      workers = left
    }
    let report = report(hasStopped ? .stopped : .finished)
    try write(report)
    return report
  }

  private func report(_ stage: FuzzReport.Stage) -> FuzzReport {
    FuzzReport(
      plan: plan, cases: progress.cases, findings: Self.findings(plan.folder),
      seconds: FuzzWorker.now - start, stage: stage)
  }

  /// A process, and the case it was last seen at.
  private struct Worker {
    let number: Int
    let process: ChildProcess
    var begun: UInt64 = 0
    var since = FuzzWorker.now
  }

  private func launch(_ number: Int, _ deadline: Double?) throws(FuzzError) -> Worker {
    var arguments = ["fuzz"] + plan.targets
    arguments += ["--seed", "\(plan.seed)", "--jobs", "\(plan.jobs)", "--out", plan.folder]
    if case .rounds(let count) = plan.end { arguments += ["--rounds", "\(count)"] }
    if let deadline { arguments += ["--until", "\(Int(deadline.rounded(.up)))"] }
    arguments += ["--worker", "\(number)"]
    // A trap is looked into by repeating its round.
    let process = try ChildProcess(
      executable, arguments, environment: ["SWIFT_BACKTRACE": "enable=no"])
    return Worker(number: number, process: process)
  }

  /// The worker, killed when it has been at the same case for too long.
  private func killed(ifHanging worker: Worker) -> Worker {
    var worker = worker
    let ledger = ledgers[worker.number]
    let begun = plan.targets.indices.reduce(0) { $0 + ledger.begun($1) }
    if begun != worker.begun {
      worker.begun = begun
      worker.since = FuzzWorker.now
    } else if FuzzWorker.now - worker.since > Self.patience {
      worker.process.kill()
      worker.since = FuzzWorker.now
    }
    return worker
  }

  /// Whether the worker died in the middle of a case, which is then written down as a finding.
  private func isLost(_ worker: Worker, _ end: ChildProcess.End) throws(FuzzError) -> Bool {
    guard end != .exit(0) else { return false }
    guard let (target, round) = ledgers[worker.number].current else {
      throw FuzzError(message: "worker \(worker.number) ended outside of any case: \(end)")
    }
    ledgers[worker.number].clear()
    let problem =
      end == .signal(SIGKILL)
      ? "the case takes longer than \(Int(Self.patience)) s, or the system killed it"
      : "the process died: \(end)"
    try plan.write(
      FoundCase(
        target: plan.targets[target], seed: plan.seed, round: round, finding: Finding(problem)))
    return true
  }

  // MARK: The folder

  /// Makes the folder and takes out what an earlier run left there.
  private static func clear(_ folder: String) throws(FuzzError) {
    let files = FileManager.default
    do {
      try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
      for name in try files.contentsOfDirectory(atPath: folder)
      where name.hasPrefix("worker-") || name == "findings" {
        try files.removeItem(atPath: "\(folder)/\(name)")
      }
    } catch {
      throw FuzzError(message: "cannot use \(folder): \(error.localizedDescription)")
    }
  }

  /// Writes what is known by now into the folder; a reader sees the old or the new, never a part.
  private func write(_ report: FuzzReport) throws(FuzzError) {
    do {
      for (name, text) in [("table.txt", report.text), ("report.json", report.json)] {
        try Data(text.utf8).write(
          to: URL(fileURLWithPath: "\(plan.folder)/\(name)"), options: .atomic)
      }
    } catch {
      throw FuzzError(message: "cannot write into \(plan.folder): \(error.localizedDescription)")
    }
  }

  private static func findingFiles(_ folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/findings")) ?? []
    return names.sorted()
  }

  /// The texts of what was found.
  private static func findings(_ folder: String) -> [String] {
    findingFiles(folder).map { name in
      let bytes = FileManager.default.contents(atPath: "\(folder)/findings/\(name)") ?? Data()
      return String(decoding: bytes, as: UTF8.self)
    }
  }
}
