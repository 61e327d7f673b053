// Charts of plain data.

import Execution
import JSON
import Reports
import Testing

@Suite struct ChartTests {
  private let scaling = ScalingReport([
    .init(
      name: "a", sequential: 1000, limit: 5, rounds: 10,
      measured: [.init(cores: 2, nanoseconds: 500)],
      simulated: [.init(cores: 2, nanoseconds: 400), .init(cores: 1, nanoseconds: 1100)]),
    .init(
      name: "b", sequential: 3000, limit: 3, rounds: 9,
      measured: [.init(cores: 2, nanoseconds: 3500)],
      simulated: [.init(cores: 1, nanoseconds: 2900)]),
  ])

  @Test func theErrorSaysByHowMuchTheSimulationPromisesTooMuch() throws {
    let entry = scaling.entries[0]
    #expect(abs(try #require(entry.error(cores: 2)) - 0.25) < 1e-9)
    #expect(entry.error(cores: 1) == nil)
    #expect(entry.speedUp(entry.measured[0]) == 2)
  }

  @Test func blocksTogetherCountByTheirTimes() {
    let total = scaling.total(name: "all")
    #expect(total.sequential == 4000)
    #expect(total.measured == [.init(cores: 2, nanoseconds: 4000)])
    #expect(total.simulated == [.init(cores: 1, nanoseconds: 4000)], "two cores lack a block")
    #expect(abs(total.limit - 4000.0 / 1200) < 1e-9)
  }

  @Test func scalingIsWrittenThrice() throws {
    #expect(scaling.text.contains("by sum of times"))
    var writer = JSONWriter()
    writer.object { scaling.write(to: &$0) }
    let document = try JSONDocument(parsing: Array(writer.text.utf8), source: "report")
    #expect(Array(try document.root.field("scaling").elements()).count == 2)
    var page = ReportPage(title: "t", lead: "l")
    scaling.add(to: &page)
    #expect(page.html.components(of: "<svg ") == 3)
  }

  @Test func fewRoundsAreWarnedOf() {
    let warning = "Measured in 9 rounds: with fewer than 10, "
    var page = ReportPage(title: "t", lead: "l")
    scaling.add(to: &page)
    #expect(scaling.text.contains(warning) && page.html.contains(warning))
    #expect(!ScalingReport([scaling.entries[0]]).text.contains("fewer"))
    #expect(!ScalingReport([]).text.contains("fewer"))
  }

  @Test func aLineChartDescribesItself() {
    let chart = LineChart(
      title: "a < b", x: "cores", y: "TPS", axis: .doubling,
      series: [
        .init("one & two", [(1, 10), (2, 20_000), (.nan, 3), (4, .infinity)], color: 9)
      ], limit: ("limit", 1e300))
    let svg = chart.svg().source
    #expect(svg.contains("<title>a &lt; b</title>"))
    #expect(svg.contains("<desc>one &amp; two: 1: 10, 2: 20k</desc>"))
    #expect(!svg.contains("nan") && !svg.contains("inf"))
  }

  @Test func chartsOfNothingAreCharts() {
    #expect(LineChart(title: "", x: "", y: "", series: []).svg().source.hasPrefix("<svg"))
    let flat = LineChart(
      title: "", x: "", y: "", axis: .doubling, series: [.init("", [(0, 0), (0, 0)], color: -1)])
    #expect(!flat.svg().source.contains("nan"))
    let empty = TimelineChart(title: "", BlockTimeline(workers: [])).svg().source
    #expect(empty.hasPrefix("<svg") && !empty.contains("nan"))
  }

  @Test func aTimelineDrawsWhatCanBeToldApart() {
    let chain = SampleProfile.chain(5000)
    let run = chain.simulate(cores: 4, recordsTimeline: true)
    let svg = TimelineChart(title: "long", run.timeline).svg().source
    let boxes = svg.components(of: "<rect")
    #expect(boxes > 500 && boxes < 900)
    #expect(svg.contains("execution"))
  }
}
