// What a conflict report counts.

import Execution
import JSON
import Primitives
import Reports
import State
import Testing

@Suite struct ConflictReportTests {
  private let report = ConflictReport([
    .init(name: "one", profile: SampleProfile.small),
    .init(name: "two", profile: SampleProfile.chain(3)),
  ])

  @Test func hotSpotsCountWhoWaits() throws {
    let hottest = try #require(report.hotSpots.first)
    #expect(report.hotSpots.count == 2)
    #expect(hottest.contract == SampleProfile.token && hottest.selector == 0xa905_9cbb)
    #expect(hottest.place == .slot(5))
    #expect(hottest.dependents == 4 && hottest.gasUsed == 4000 && hottest.nanoseconds == 520)
    #expect(hottest.criticalSteps == 4)
    #expect(report.hotSpots[1].place == .slot(6))
    #expect(report.hotSpots[1].dependents == 1 && report.hotSpots[1].criticalSteps == 1)
  }

  @Test func partsOfAnAccountCountByThemselvesAndOnce() {
    let transactions = [
      SampleProfile.transaction(10), SampleProfile.transaction(10),
      SampleProfile.transaction(
        10,
        [
          (0, .account(SampleProfile.token, [.code, .existence])),
          (1, .account(SampleProfile.token, [.emptiness, .balance])),
        ]),
    ]
    let report = ConflictReport([
      .init(name: "", profile: BlockProfile(transactions: transactions))
    ])
    let spots = report.hotSpots.map { ($0.place, $0.dependents) }
    #expect(Set(spots.map(\.0)) == [.code, .existence, .balance])
    #expect(spots.allSatisfy { $0.1 == 1 })
  }

  @Test func theTableSaysWhatIsBest() {
    let lines = report.text(shown: 1).split(separator: "\n").map(String.init)
    let block = lines.first { $0.hasPrefix("one") }?.split(separator: " ") ?? []
    // Transactions, dependent ones, the path with µs and Mgas, all µs, limits, and what was avoided.
    #expect(
      block == ["one", "4", "2", "3", "0.6", "0.003", "0.7", "1.08×", "1.00×", "0", "2", "0", "0"])
    #expect(lines.last == "… and 1 places more")
    #expect(ConflictReport([]).text().contains("no transaction needs another one"))
  }

  @Test func machinesReadTheSame() throws {
    var writer = JSONWriter()
    writer.object { report.write(to: &$0) }
    let document = try JSONDocument(parsing: Array(writer.text.utf8), source: "report")
    let conflicts = try document.root.field("conflicts")
    let block = try #require(Array(try conflicts.field("blocks").elements()).first)
    #expect(try block.field("name").string() == "one")
    let path = try block.field("criticalPath").field("transactions")
    #expect(Array(try path.elements()).count == 3)
    let spot = try #require(Array(try conflicts.field("hotSpots").elements()).first)
    #expect(try spot.field("selector").string() == "0xa9059cbb")
    #expect(try spot.field("dependents").uint64() == 4)
  }

  @Test func aLargeBlockHasASmallGraph() throws {
    let svg = try #require(BlockGraph(title: "chain", SampleProfile.chain(5000)).svg()).source
    #expect(svg.count < 200_000)
    #expect(svg.contains("150 of the other 5000 are drawn"))
    let free = BlockProfile(transactions: [SampleProfile.transaction(10)])
    #expect(BlockGraph(title: "free", free).svg() == nil)
  }

  @Test func theGraphMarksTheCriticalPath() throws {
    let svg = try #require(BlockGraph(title: "<&>", SampleProfile.small).svg()).source
    #expect(svg.components(of: "class=\"critical\"") == 2)
    #expect(svg.components(of: "class=\"hot\"") == 3 + 1, "three nodes and the legend")
    #expect(svg.contains("<title>&lt;&amp;&gt;</title>"))
    #expect(svg.contains("4 transactions, 1 of them independent"))
  }
}

extension String {
  /// How often `part` occurs.
  func components(of part: String) -> Int { split(separator: part).count - 1 }
}
