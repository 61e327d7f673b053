// A conflict report as part of a page.

internal import Execution

extension ConflictReport {
  /// How many blocks have a graph of their own on a page.
  private static let shownGraphs = 60

  /// Adds the report to a page: its tables, and a graph for each block in which anything depends.
  public func add(to page: inout ReportPage, shown: Int = 40) {
    page.heading("Conflicts")
    page.paragraph(Self.explanation)
    page.table(
      [
        "block", ">transactions", ">dependent", ">path: transactions", ">µs", ">Mgas", ">all µs",
        ">limit", ">without commutativity", ">avoided: balance", ">fee", ">nonce", ">slot",
      ], blocks.map(Self.cells))
    page.subheading("Places that others wait for")
    if hotSpots.isEmpty {
      page.paragraph("No transaction needs another one of its block.")
    } else {
      page.table(
        [
          "contract", "function", "place", ">dependents", ">steps of critical paths", ">Mgas",
          ">µs",
        ], hotSpots.prefix(shown).map(\.cells))
    }
    if hotSpots.count > shown {
      page.paragraph("\(hotSpots.count - shown) more are not shown.")
    }
    let graphs = blocks.lazy.filter { $0.dependentCount > 0 }.prefix(Self.shownGraphs)
    if !graphs.isEmpty { page.subheading("Graphs") }
    for block in graphs {
      guard let graph = BlockGraph(title: block.name, block.profile).svg() else { continue }
      if blocks.count == 1 {
        page.charts([graph])
      } else {
        page.details(
          "\(block.name): \(block.dependentCount) of \(block.profile.transactions.count) depend, "
            + "limit \(Figures.times(block.profile.bestSpeedUp()))", graph)
      }
    }
  }
}
