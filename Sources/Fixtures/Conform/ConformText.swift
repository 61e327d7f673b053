// The report of a conformance run as a table and as JSON.

internal import JSON
internal import Ledger
internal import Reports

/// Turns a report into text.
public enum ConformText {
  /// How many failures are printed in full.
  static let printedFailures = 50
  /// How many lines of one kind are printed about files.
  static let printedErrors = 20

  /// What could not be read, a line each.
  public static func complaints(_ report: ConformReport) -> String {
    capped("UNREADABLE", report.errors)
  }

  /// The table, the reasons of what was not run, the failures, and one last plain line.
  public static func table(_ report: ConformReport) -> String {
    var text = ""
    for failure in report.failures.prefix(printedFailures) {
      text += "FAILED \(failure.path.printable)\n  \(failure.name.printable)\n"
      for line in failure.detail.split(separator: "\n") {
        text += "    \(String(line).printable)\n"
      }
    }
    let unprinted = report.total.failed - min(report.failures.count, printedFailures)
    if unprinted > 0 { text += "… and \(unprinted) more failures\n" }
    text += capped(
      "UNDECIDED", report.undecided.map { "\($0): needs more memory; raise --memory-limit" })
    if !text.isEmpty { text += "\n" }
    text += rows(report).rendered
    text += reasons("skipped", report.skips) + reasons("left out", report.leftOut)
    for (format, count) in report.notRun.sorted(by: { $0.key < $1.key }) {
      text += "not run: \(count.counted("file")) of \(format)\n"
    }
    if !report.errors.isEmpty { text += "\(report.errors.count) unreadable\n" }
    if report.total.undecided > 0 { text += "\(report.total.undecided) undecided\n" }
    if !report.workers.isEmpty {
      let numbers = report.workers.map(String.init).joined(separator: ", ")
      text += "blocks were also executed in parallel, by \(numbers) workers, and compared\n"
    }
    if report.accessLists {
      text += "block access lists of blocks from Cancun on were made and checked (EIP-7928)\n"
    }
    if report.stores {
      text += "chains were also imported through the pipeline into a store, and compared\n"
    }
    if report.total.judged == 0 { text += nothingRan(report) + "\n" }
    return text + summary(report) + "\n"
  }

  /// The first lines of a kind, and how many more there are.
  static func capped(_ what: String, _ lines: [String]) -> String {
    var text = ""
    for line in lines.prefix(printedErrors) { text += "\(what) \(line.printable)\n" }
    let more = lines.count - printedErrors
    return more > 0 ? text + "\(what) and \(more) more\n" : text
  }

  /// Why there is no verdict on anything.
  private static func nothingRan(_ report: ConformReport) -> String {
    let total = report.total
    if total.total > 0 {
      return "no case ran to a verdict: \(total.skipped) skipped, \(total.leftOut) left out, "
        + "\(total.undecided) undecided"
    }
    var text = "no case was found"
    if let filter = report.selection.filter {
      text += " whose file or name contains \"\(filter)\""
    }
    if let fork = report.selection.fork { text += " of the fork \(fork.name)" }
    return text
  }

  /// The last line.
  public static func summary(_ report: ConformReport) -> String {
    let total = report.total
    return "\(total.passed) passed, \(total.failed) failed, \(total.skipped) skipped"
  }

  private static func rows(_ report: ConformReport) -> TextTable {
    var table = TextTable([
      "suite", ">passed", ">failed", ">skipped", ">left out", ">CPU s",
    ])
    func add(_ name: String, _ tally: Tally) {
      table.add([
        name, "\(tally.passed)", "\(tally.failed)", "\(tally.skipped)", "\(tally.leftOut)",
        TextTable.fixed(Double(tally.nanoseconds) / 1e9, decimals: 2),
      ])
    }
    for (key, tally) in report.tallies.sorted(by: { $0.key < $1.key }) {
      add("\(key.suite): \(key.format.rawValue)", tally)
    }
    table.addRule()
    add("all, in \(TextTable.fixed(report.seconds, decimals: 1)) s", report.total)
    return table
  }

  private static func reasons(_ what: String, _ reasons: [String: [String: Int]]) -> String {
    var text = ""
    for (suite, counts) in reasons.sorted(by: { $0.key < $1.key }) {
      for (reason, count) in counts.sorted(by: { $0.key < $1.key }) {
        text += "\(what): \(suite): \(count.counted("case")): \(reason)\n"
      }
    }
    return text
  }

  /// The report for machines.
  public static func json(_ report: ConformReport) -> String {
    var writer = JSONWriter()
    writer.object { root in
      root.key("suites")
      root.array { list in
        for suite in Set(report.tallies.keys.map(\.suite)).sorted() {
          write(suite, of: report, to: &list)
        }
      }
      write(report.total, to: &root)
      root.member("seconds", report.seconds)
      root.key("workers")
      root.array { list in report.workers.forEach { list.value($0) } }
      root.member("accessLists", report.accessLists)
      root.member("stores", report.stores)
      root.key("failures")
      root.array { list in
        for failure in report.failures {
          list.object {
            $0.member("suite", failure.suite)
            $0.member("file", failure.path)
            $0.member("case", failure.name)
            $0.member("detail", failure.detail)
          }
        }
      }
      root.key("errors")
      root.array { list in report.errors.forEach { list.value($0) } }
      root.key("undecidedCases")
      root.array { list in report.undecided.forEach { list.value($0) } }
    }
    return writer.text
  }

  private static func write(
    _ suite: String, of report: ConformReport, to list: inout JSONWriter
  ) {
    let tallies = report.tallies.filter { $0.key.suite == suite }.sorted { $0.key < $1.key }
    list.object { object in
      object.member("name", suite)
      write(tallies.reduce(Tally()) { $0 + $1.value }, to: &object)
      object.key("formats")
      object.array { formats in
        for (key, tally) in tallies {
          formats.object {
            $0.member("name", key.format.rawValue)
            write(tally, to: &$0)
          }
        }
      }
      for (name, reasons) in [("skips", report.skips), ("leftOutReasons", report.leftOut)] {
        object.key(name)
        object.array { list in
          for (reason, count) in (reasons[suite] ?? [:]).sorted(by: { $0.key < $1.key }) {
            list.object {
              $0.member("reason", reason)
              $0.member("count", count)
            }
          }
        }
      }
    }
  }

  private static func write(_ tally: Tally, to object: inout JSONWriter) {
    object.member("passed", tally.passed)
    object.member("failed", tally.failed)
    object.member("skipped", tally.skipped)
    object.member("leftOut", tally.leftOut)
    object.member("undecided", tally.undecided)
    object.member("cpuSeconds", Double(tally.nanoseconds) / 1e9)
  }
}
