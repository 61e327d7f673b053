// The report of a replay as a table and as JSON.

internal import JSON
internal import Ledger
internal import Reports

/// Turns a report into text.
public enum ReplayText {
  /// What could not be used, a line each.
  public static func complaints(_ report: ReplayReport) -> String {
    ConformText.capped("UNREADABLE", report.errors.map(\.description))
  }

  /// The table with totals, the differences, and one last plain line.
  public static func table(_ report: ReplayReport) -> String {
    var table = TextTable([
      ">block", "fork", ">txs", ">Mgas", ">cpu ms", ">Mgas/s", ">serial ms", ">parallel ms",
      ">speed-up", "verdict",
    ])
    for block in report.blocks {
      table.add([
        "\(block.number)", block.fork.name, "\(block.transactionCount)",
        megagas(Double(block.gasUsed)), milliseconds(block.executionTime),
        TextTable.fixed(block.megagasPerSecond, decimals: 1),
        milliseconds(block.sequentialTime), milliseconds(block.parallelTime),
        speedUp(block.sequentialTime, block.parallelTime),
        block.differences.isEmpty ? "equal" : "DIFFERS",
      ])
    }
    // As a real number: blocks that claim to be huge must not overflow the sum.
    let gas = report.blocks.reduce(0) { $0 + Double($1.gasUsed) }
    let time = report.blocks.reduce(0) { $0 + $1.executionTime }
    let serial = report.blocks.reduce(0) { $0 + $1.sequentialTime }
    let parallel = report.blocks.reduce(0) { $0 + $1.parallelTime }
    table.addRule()
    table.add([
      "\(report.blocks.count)", "", "\(report.blocks.reduce(0) { $0 + $1.transactionCount })",
      megagas(gas), milliseconds(time),
      TextTable.fixed(time == 0 ? 0 : gas * 1000 / Double(time), decimals: 1),
      milliseconds(serial), milliseconds(parallel), speedUp(serial, parallel),
      verdict(report),
    ])
    var text = head(report) + table.rendered
    for block in report.blocks where !block.differences.isEmpty {
      text += "block \(block.number):\n"
      for line in block.differences.split(separator: "\n").prefix(20) {
        text += "  \(String(line).printable)\n"
      }
    }
    let recovery = report.blocks.reduce(0) { $0 + $1.recoveryTime }
    text += "senders recovered in \(milliseconds(recovery)) ms; of each block the fastest round\n"
    text += "cpu: processor time of one thread, and Mgas/s by it. serial, parallel: on the wall. "
    text += "speed-up: serial over parallel\n"
    return text + "\(report.passedCount) passed, \(report.failedCount) failed\n"
  }

  /// The report for machines.
  public static func json(_ report: ReplayReport) -> String {
    var writer = JSONWriter()
    writer.object { root in
      root.member("rounds", report.rounds)
      root.member("workers", report.workers)
      root.member("accessLists", report.accessLists)
      root.key("blocks")
      root.array { list in
        for block in report.blocks {
          list.object {
            $0.member("number", block.number)
            $0.member("fork", block.fork.name)
            $0.member("transactions", block.transactionCount)
            $0.member("gasUsed", block.gasUsed)
            $0.member("executionNs", block.executionTime)
            $0.member("sequentialNs", block.sequentialTime)
            $0.member("parallelNs", block.parallelTime)
            $0.member("senderRecoveryNs", block.recoveryTime)
            $0.member("mgasPerSecond", block.megagasPerSecond)
            $0.member("passed", block.differences.isEmpty)
            $0.member("differences", block.differences)
          }
        }
      }
      let studies = report.studies
      if !studies.isEmpty {
        ConflictReport(studies).write(to: &root)
        ScalingReport(studies.compactMap(\.scaling)).write(to: &root)
      }
      root.member("passed", report.passedCount)
      root.member("failed", report.failedCount)
      root.key("errors")
      root.array { list in report.errors.forEach { list.value($0.description) } }
    }
    return writer.text
  }

  /// One HTML file with charts of what studies found.
  public static func html(_ report: ReplayReport) -> String {
    var page = ReportPage(
      title: "Replay of \(report.blocks.count) blocks",
      lead: "\(report.passedCount) as recorded, \(report.failedCount) not. Times are of execution "
        + "alone: neither recovering senders nor state roots."
        + (report.accessLists ? " \(checked)" : ""))
    page.add(report.studies)
    return page.html
  }

  /// What was asked for.
  private static func head(_ report: ReplayReport) -> String {
    var text = "Executed \(report.rounds.counted("time")), one transaction after another and in "
    text += "parallel by \(report.workers.counted("worker")), and compared.\n"
    if report.accessLists { text += checked + "\n" }
    return text + "\n"
  }

  /// What is to be said of a replay with access lists.
  private static let checked =
    "Block access lists of blocks from Cancun on are made and checked (EIP-7928): times are no measure."

  private static func verdict(_ report: ReplayReport) -> String {
    if report.blocks.isEmpty { return "no block replayed" }
    if report.failedCount > 0 { return "\(report.failedCount) differ" }
    return report.errors.isEmpty ? "all equal" : "equal; \(report.errors.count) unreadable"
  }

  /// How many times as fast the second is.
  private static func speedUp(_ sequential: UInt64, _ parallel: UInt64) -> String {
    let ratio = parallel == 0 ? 0 : Double(sequential) / Double(parallel)
    return TextTable.fixed(ratio, decimals: 2) + "×"
  }

  private static func megagas(_ gas: Double) -> String {
    TextTable.fixed(gas / 1e6, decimals: 2)
  }

  private static func milliseconds(_ nanoseconds: UInt64) -> String {
    TextTable.fixed(Double(nanoseconds) / 1e6, decimals: 3)
  }
}
