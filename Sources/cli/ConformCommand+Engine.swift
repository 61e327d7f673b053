// needletail conform --engine-command: clients driven by the Engine API.

internal import Fetch
internal import Fixtures

extension Command {
  /// Runs engine tests and chains with clients that `command` starts.
  static func driveClients(
    _ arguments: Arguments, command: String, jobs: Int, report path: String?
  ) throws(UsageError) -> Int32 {
    for option in ["--trace", "--parallel", "--access-lists", "--stores", "--memory-limit"]
    where arguments.has(option) {
      throw UsageError(message: "conform takes either --engine-command or \(option)")
    }
    for part in ["{genesis}", "{jwt}", "{port}"] where !command.contains(part) {
      throw UsageError(message: "--engine-command needs \(part) in its value")
    }
    let run = EngineConformRun(
      paths: arguments.operands,
      selection: CaseSelection(
        filter: arguments.string("--filter"), fork: try arguments.fork("--fork")),
      jobs: jobs, command: command
    ) { (url) throws(EngineTransportError) in try EngineConnection(url) }
    let bar = ProgressBar {
      let progress = run.progress
      return ProgressBar.State(
        done: progress.done, of: progress.found,
        text: "\(grouped(progress.done)) cases, \(grouped(progress.failed)) failed, "
          + "\(grouped(progress.starts)) clients")
    }
    let report = run.run()
    bar.finish()
    try writeFigures(
      ConformText.table(report), complaints: ConformText.complaints(report),
      json: ConformText.json(report), to: path)
    return report.exitStatus
  }
}
