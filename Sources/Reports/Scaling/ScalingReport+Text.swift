// Speed-ups as a table, as JSON, and on a page.

public import JSON

extension ScalingReport {
  /// A table of all figures, with a last line of all blocks together where there are several, and a
  /// warning where they were measured in few rounds.
  public var text: String {
    var table = TextTable(headings)
    for entry in entries { table.add(cells(of: entry)) }
    if entries.count > 1 {
      table.addRule()
      table.add(cells(of: total(name: "by sum of times")))
    }
    return table.rendered + (warning.map { "\n\($0)\n" } ?? "")
  }

  /// What is to be said of figures that were measured in few rounds.
  private var warning: String? {
    guard let rounds = entries.lazy.map(\.rounds).min(), rounds < Self.steadyRounds else {
      return nil
    }
    return "Measured in \(rounds) round\(rounds == 1 ? "" : "s"): with fewer than "
      + "\(Self.steadyRounds), limits, simulated speed-ups and errors differ from run to run."
  }

  private var headings: [String] {
    ["block", ">sequential µs"] + measuredCores.map { ">real \($0)" }
      + simulatedCores.map { ">simulated \($0)" } + comparedCores.map { ">error \($0)" }
      + [">limit"]
  }

  private func cells(of entry: Entry) -> [String] {
    func factors(_ runs: [Run], _ cores: [Int]) -> [String] {
      cores.map { count in
        runs.first { $0.cores == count }.map { Figures.times(entry.speedUp($0)) } ?? ""
      }
    }
    let errors = comparedCores.map { entry.error(cores: $0).map(Figures.percent) ?? "" }
    return [entry.name, TextTable.fixed(entry.sequential / 1e3, decimals: 1)]
      + factors(entry.measured, measuredCores) + factors(entry.simulated, simulatedCores) + errors
      + [Figures.times(entry.limit)]
  }

  /// Writes the figures as a member `scaling`.
  public func write(to root: inout JSONWriter) {
    root.objects("scaling", of: entries) { writer, entry in
      func write(_ runs: [Run], as name: String, to writer: inout JSONWriter) {
        writer.objects(name, of: runs) {
          $0.member("cores", $1.cores)
          $0.member("nanoseconds", $1.nanoseconds)
          $0.member("speedup", entry.speedUp($1))
          if name == "simulated", let error = entry.error(cores: $1.cores) {
            $0.member("error", error)
          }
        }
      }
      writer.member("name", entry.name)
      writer.member("sequentialNanoseconds", entry.sequential)
      writer.member("bestSpeedup", entry.limit)
      writer.member("rounds", entry.rounds)
      write(entry.measured, as: "measured", to: &writer)
      write(entry.simulated, as: "simulated", to: &writer)
    }
  }

  /// Adds the figures to a page, with a chart for each of the first blocks.
  public func add(to page: inout ReportPage, charts: Int = 24) {
    page.heading("Speed-up by cores")
    page.paragraph(
      "Over one transaction after another. Real runs are of this machine; simulated ones follow the "
        + "scheduler event by event, with the measured cost of each transaction and its dependencies, "
        + "on cores that do not slow each other down. The error says by how much the simulated "
        + "speed-up is above the real one. The limit is what dependencies allow.")
    let total = entries.count > 1 ? [total(name: "by sum of times")] : []
    if let warning { page.paragraph(warning) }
    page.table(headings, (entries + total).map(cells))
    page.charts((total + entries).prefix(charts).map(chart))
  }

  private func chart(of entry: Entry) -> Markup {
    func points(_ runs: [Run]) -> [(x: Double, y: Double)] {
      runs.map { (Double($0.cores), entry.speedUp($0)) }
    }
    let series = [
      LineChart.Series("simulated", points(entry.simulated), color: 0, isDashed: true),
      LineChart.Series("real", points(entry.measured), color: 1),
    ]
    return LineChart(
      title: entry.name, x: "cores", y: "times as fast", axis: .doubling,
      series: series.filter { !$0.points.isEmpty },
      limit: ("limit \(Figures.times(entry.limit))", entry.limit)
    ).svg()
  }
}
