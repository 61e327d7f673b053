// The figures of a bench as a page with charts.

internal import Reports

/// What a workload comes to by the share of its transactions that all want the same.
public struct BenchContention: Sendable {
  /// The workload's name.
  public let name: String
  /// The shares, from 0 to 1, each with a result for every number of threads.
  public private(set) var points: [(share: Double, results: [BenchResult])] = []
  /// What came of blocks without figures.
  public private(set) var failures: [ParallelBench.Verdict] = []

  /// No figures yet.
  public init(name: String) { self.name = name }

  /// Adds what came of a block.
  public mutating func add(_ verdict: ParallelBench.Verdict, share: Double) {
    if case .measured(let results) = verdict {
      points.append((share, results))
    } else {
      failures.append(verdict)
    }
  }
}

extension BenchReport {
  /// One HTML file with the figures, their charts and what studies found.
  public var html: String {
    var page = ReportPage(
      title: "Blocks one transaction after another and in parallel",
      lead:
        "Execution only: senders are known, no state root is computed, code is analysed before. "
        + "Medians of \(rounds.counted("round")) in which the ways take turns on one state."
        + (accessLists ? " \(Self.foretold)" : ""))
    page.heading("Figures")
    page.paragraph(
      "Speed-up is over the faster of the sequential executor and one worker; cpu is the processor "
        + "time of all threads over that of the serial run. The machine's column says how much more so "
        + "many threads do that have nothing to do with each other than one.")
    page.table(
      [
        "workload", ">threads", ">transactions", ">Mgas", ">serial", ">parallel", ">speed-up",
        ">machine", ">TPS", ">Mgas/s", ">executions / transaction", ">cpu",
      ], results.map(cells))
    if !contentions.isEmpty { addContention(to: &page) }
    if !studies.isEmpty { page.add(studies) }
    return page.html
  }

  private func cells(of result: BenchResult) -> [String] {
    [
      result.name, "\(result.threads)", "\(result.transactions)",
      TextTable.fixed(Double(result.gasUsed) / 1e6, decimals: 2),
      Figures.time(result.serial.seconds.median * 1e9),
      Figures.time(result.parallel.seconds.median * 1e9), Figures.times(result.speedup.median),
      result.machineScaling.values.isEmpty ? "" : Figures.times(result.machineScaling.median),
      TextTable.fixed(result.transactionsPerSecond, decimals: 0),
      TextTable.fixed(result.megagasPerSecond, decimals: 0),
      TextTable.fixed(result.executionsPerTransaction, decimals: 3),
      Figures.times(result.cpuRatio.median),
    ]
  }

  private func addContention(to page: inout ReportPage) {
    page.heading("Throughput by contention")
    page.paragraph(
      "Transactions a second by the share of transactions that all go to the same: one recipient, "
        + "one pool, one item.")
    page.charts(
      contentions.map { contention in
        LineChart(
          title: contention.name, x: "% to the same", y: "transactions a second",
          series: contention.series
        ).svg()
      })
  }
}

extension BenchContention {
  /// A line for the sequential executor, and one for each number of threads.
  fileprivate var series: [LineChart.Series] {
    let threads = Set(points.flatMap { $0.results.map(\.threads) }).sorted()
    let sequential = LineChart.Series(
      "sequential",
      points.compactMap { point in
        point.results.first.map { (point.share * 100, $0.sequentialTransactionsPerSecond) }
      }, color: 0, isDashed: true)
    return [sequential]
      + threads.enumerated().map { index, count in
        LineChart.Series(
          count == 1 ? "1 thread" : "\(count) threads",
          points.compactMap { point in
            point.results.first { $0.threads == count }.map {
              (point.share * 100, $0.transactionsPerSecond)
            }
          }, color: index + 1)
      }
  }
}

extension BenchResult {
  /// Transactions a second, one after another.
  fileprivate var sequentialTransactionsPerSecond: Double {
    let seconds = sequential.seconds.median
    return seconds == 0 ? 0 : Double(transactions) / seconds
  }
}
