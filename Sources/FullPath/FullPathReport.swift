// Measurements of the full path as a table, as JSON and as a page.

internal import Chain
internal import Crypto
internal import JSON
internal import Primitives
internal import Reports
internal import Workloads

/// What several measurements gave.
public struct FullPathReport: Sendable {
  private var results: [FullPathResult] = []
  private let machine: String

  /// A report without results, of measurements on `machine`.
  public init(machine: String) { self.machine = machine }

  /// Adds what a measurement gave.
  public mutating func add(_ result: FullPathResult) { results.append(result) }

  /// Whether nothing was measured.
  public var isEmpty: Bool { results.isEmpty }

  /// 0 when everything came out right, 1 otherwise.
  public var exitStatus: Int32 { results.allSatisfy(\.problems.isEmpty) ? 0 : 1 }

  /// What came out wrong, a line each.
  public var complaints: String {
    results.flatMap { result in
      result.problems.map { "WRONG \(name(of: result)): \($0)\n" }
    }.joined()
  }

  private func name(of result: FullPathResult) -> String {
    "\(result.plan.asset.rawValue), \(result.plan.contentionText)"
  }

  /// What weakens the figures, or tells what they are worth.
  private var head: [String] {
    var lines = [machine, "senders recovered by \(Secp256k1.batchRecovery.name)"]
    if results.contains(where: { !$0.plan.isSynced }) {
      lines.append("NOT SYNCED: blocks are lost when the machine stops")
    }
    if results.contains(where: { $0.seconds < 60 || $0.transactions < 5_000_000 }) {
      lines.append("SHORT: a figure counts over at least 60 s and 5,000,000 transactions")
    }
    return lines
  }

  // MARK: - Text

  /// Tables and a plain last line.
  public var text: String {
    var table = TextTable(Self.headings)
    var stages = TextTable(
      ["µs a transaction"] + PipelineStage.allCases.map { ">\($0)" }
        + [">other", ">all"])
    for result in results {
      table.add(cells(result))
      stages.add(["\(name(of: result)): processor"] + processorCells(result))
      stages.add(["wall"] + wallCells(result))
    }
    let wrong = results.count { !$0.problems.isEmpty }
    return head.joined(separator: "\n") + "\n\n" + table.rendered + "\n" + stages.rendered
      + "TPS counts the time until the database has followed; latency is from handing a block over until "
      + "it is durable\n"
      + "stolen: share of the processors that the host gave to others; recovery: what libsecp256k1 takes "
      + "for a sender at the same time, so that machines can be compared\n"
      + "\(results.count - wrong) right, \(wrong) wrong\n"
  }

  private static let headings = [
    "transfers", ">accounts", ">threads", ">cache", ">TPS", ">by thirds", ">p50", ">p99", ">cpu",
    ">stolen", ">recovery", ">cpu/recovery", ">written/tx", ">memory", ">open", ">first 10 s",
    ">drain",
  ]

  private func cells(_ result: FullPathResult) -> [String] {
    let count = Double(max(1, result.transactions))
    return [
      name(of: result), "\(result.plan.accounts)", "\(result.plan.threads)",
      Self.size(UInt64(result.plan.cacheSize)), Self.whole(result.speed),
      result.thirds.map { Self.whole($0) }.joined(separator: " "),
      Figures.time(result.latency.median * 1e6), Figures.time(result.latency.p99 * 1e6),
      "\(TextTable.fixed(Double(result.processor) / count / 1e3, decimals: 1)) µs",
      TextOf.percent((result.stolen * 100).rounded() / 100),
      "\(TextTable.fixed(result.yardstick / 1e3, decimals: 1)) µs",
      TextTable.fixed(result.inYardsticks, decimals: 2),
      "\(Self.whole(Double(result.bytesWritten) / count)) B", Self.size(result.peakMemory),
      Figures.time(result.openSeconds * 1e9), Self.whole(result.firstSpeed),
      Figures.time(result.drainSeconds * 1e9),
    ]
  }

  private func processorCells(_ result: FullPathResult) -> [String] {
    let stages = microseconds(result.stages.processor, in: result)
    let all = microseconds([result.processor], in: result)[0]
    return (stages + [all - stages.reduce(0, +), all]).map { TextTable.fixed($0, decimals: 2) }
  }

  /// Commits wait for the disk beside the threads of the stages, so that there is no sum.
  private func wallCells(_ result: FullPathResult) -> [String] {
    microseconds(result.stages.wall, in: result).map { TextTable.fixed($0, decimals: 2) }
      + ["", ""]
  }

  /// Per transaction.
  private func microseconds(_ nanoseconds: [UInt64], in result: FullPathResult) -> [Double] {
    nanoseconds.map { Double($0) / Double(max(1, result.transactions)) / 1e3 }
  }

  private static func whole(_ number: Double) -> String { TextTable.fixed(number, decimals: 0) }

  private static func size(_ bytes: UInt64) -> String {
    "\(TextTable.fixed(Double(bytes) / Double(1 << 30), decimals: 2)) GiB"
  }

  // MARK: - For machines

  /// All figures.
  public var json: String {
    var writer = JSONWriter()
    writer.object { root in
      root.member("machine", machine)
      root.member("recovery", Secp256k1.batchRecovery.name)
      root.objects("results", of: results) { object, result in
        object.member("asset", result.plan.asset.rawValue)
        object.member("contention", result.plan.contentionText)
        object.member("accounts", result.plan.accounts)
        object.member("blockSize", result.plan.blockSize)
        object.member("threads", result.plan.threads)
        object.member("cacheSize", result.plan.cacheSize)
        object.member("synced", result.plan.isSynced)
        object.member("blocks", result.blocks)
        object.member("transactions", result.transactions)
        object.member("seconds", result.seconds)
        object.member("drainSeconds", result.drainSeconds)
        object.member("transactionsPerSecond", result.speed)
        object.key("thirds")
        object.array { array in for third in result.thirds { array.value(third) } }
        object.member("latencyMedianMs", result.latency.median)
        object.member("latencyP99Ms", result.latency.p99)
        object.key("stages")
        object.object { stages in
          for stage in PipelineStage.allCases {
            stages.key("\(stage)")
            stages.object {
              $0.member("processorNs", result.stages.processor[stage.rawValue])
              $0.member("wallNs", result.stages.wall[stage.rawValue])
            }
          }
        }
        object.member("processorNs", result.processor)
        object.member("stolenShare", result.stolen)
        object.member("recoveryNs", result.yardstick)
        object.member("bytesWritten", result.bytesWritten)
        object.member("largestLag", result.largestLag)
        object.member("peakMemory", result.peakMemory)
        object.member("openSeconds", result.openSeconds)
        object.member("firstTenSecondsTPS", result.firstSpeed)
        object.member("head", result.head.hex)
        object.member("stateRoot", result.stateRoot.hex)
        object.member("comparedBlocks", result.comparedBlocks)
        object.key("problems")
        object.array { array in for problem in result.problems { array.value(problem) } }
      }
    }
    return writer.text
  }

  // MARK: - Page

  /// One HTML file with the figures and their charts.
  public var html: String {
    var page = ReportPage(
      title: "From signed bytes to a durable state root", lead: head.joined(separator: ". "))
    page.heading("Figures")
    page.table(Self.headings, results.map(cells))
    page.heading("Where the time goes")
    page.paragraph("Microseconds of processor time a transaction, by stage.")
    page.table(
      ["transfers"] + PipelineStage.allCases.map { ">\($0)" } + [">other", ">all"],
      results.map { [name(of: $0)] + processorCells($0) })
    let byAccounts = Dictionary(grouping: results) { name(of: $0) }.filter { $0.value.count > 1 }
    if !byAccounts.isEmpty {
      page.heading("Throughput by the size of the state")
      page.charts([
        LineChart(
          title: "transactions a second", x: "accounts", y: "transactions a second",
          series: byAccounts.sorted { $0.key < $1.key }.enumerated().map { index, entry in
            LineChart.Series(
              entry.key, entry.value.map { (Double($0.plan.accounts), $0.speed) }, color: index)
          }
        ).svg()
      ])
    }
    return page.html
  }
}
