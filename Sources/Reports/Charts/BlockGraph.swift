// Who waits for whom in a block.

public import Execution

/// A drawing of a block: its transactions from left to right, each behind all that it depends on.
///
/// Transactions that neither need another one nor are needed are only counted. Of a large block, those
/// are drawn that stand on the critical path or have most to do with others.
public struct BlockGraph: Sendable {
  private static let shownTransactions = 300
  private static let shownLevels = 150
  private static let columnWidth = 36.0
  private static let rowHeight = 18.0

  private let title: String
  private let profile: BlockProfile
  private let path: CriticalPath

  /// A graph of this block.
  public init(title: String, _ profile: BlockProfile) {
    self.title = title
    self.profile = profile
    path = profile.criticalPath()
  }

  /// The transactions that have to do with others, and of these the ones that are drawn, both rising.
  private func selection(_ levels: [Int]) -> (connected: Int, shown: [Int]) {
    var degrees = profile.transactions.map(\.writers.count)
    for transaction in profile.transactions {
      for writer in transaction.writers { degrees[writer] += 1 }
    }
    let onPath = Set(path.transactions)
    let connected = degrees.indices.filter { degrees[$0] > 0 }
    let near = connected.filter { levels[$0] < Self.shownLevels }
    let ranked = near.sorted {
      let (a, b) = (onPath.contains($0), onPath.contains($1))
      return a != b ? a : degrees[$0] != degrees[$1] ? degrees[$0] > degrees[$1] : $0 < $1
    }
    return (connected.count, ranked.prefix(Self.shownTransactions).sorted())
  }

  /// The graph as SVG; nil where no transaction needs another.
  public func svg() -> Markup? {
    let levels = profile.levels
    let (connected, shown) = selection(levels)
    guard !shown.isEmpty else { return nil }
    let places = layout(shown, levels)
    let right = places.values.map(\.x).max() ?? 0
    let bottom = places.values.map(\.y).max() ?? 0
    let caption = self.caption(connected: connected, shown: shown.count)
    var canvas = ChartCanvas(
      title: title, description: caption, width: max(right + 30, 640), height: bottom + 62)
    canvas.text(caption, x: 4, y: 34, classes: "faint")
    let steps = Set(zip(path.transactions, path.transactions.dropFirst()).map { Step($0, $1) })
    for isCritical in [false, true] {
      for reader in shown {
        for writer in profile.transactions[reader].writers {
          guard steps.contains(Step(writer, reader)) == isCritical,
            let start = places[writer], let end = places[reader]
          else { continue }
          let middle = ((start.x + end.x) / 2).place
          canvas.path(
            "M\(start.x.place) \(start.y.place)C\(middle) \(start.y.place) \(middle) "
              + "\(end.y.place) \(end.x.place) \(end.y.place)",
            classes: isCritical ? "critical" : "edge")
        }
      }
    }
    drawNodes(shown, at: places, on: &canvas)
    canvas.legend(
      [
        .init(classes: "node", isLine: false, label: "transaction, larger the longer it takes"),
        .init(classes: "hot", isLine: false, label: "on the critical path"),
        .init(classes: "edge", isLine: true, label: "needs (left to right)"),
      ], x: 4, y: bottom + 46)
    return canvas.svg
  }

  private struct Step: Hashable {
    let writer: Int
    let reader: Int
    init(_ writer: Int, _ reader: Int) { (self.writer, self.reader) = (writer, reader) }
  }

  private func caption(connected: Int, shown: Int) -> String {
    let all = profile.transactions.count
    var text = "\(all) transactions, \(all - connected) of them independent"
    if shown < connected { text += "; \(shown) of the other \(connected) are drawn" }
    return text + ". Critical path: \(path.transactions.count) transactions, "
      + "\(Figures.time(Double(path.nanoseconds))) of \(Figures.time(Double(profile.nanoseconds)))."
  }

  /// A column for each level, in which those with the same first writer lie together.
  private func layout(_ shown: [Int], _ levels: [Int]) -> [Int: (x: Double, y: Double)] {
    var places: [Int: (x: Double, y: Double)] = [:]
    let columns = Dictionary(grouping: shown) { levels[$0] }
    var left = 24.0
    for level in columns.keys.sorted() {
      let members = (columns[level] ?? []).map { index in
        let heights = profile.transactions[index].writers.compactMap { places[$0]?.y }
        return (index, height: heights.isEmpty ? 0 : heights.reduce(0, +) / Double(heights.count))
      }.sorted { ($0.height, $0.0) < ($1.height, $1.0) }
      // A level of many takes several columns.
      let rows = max(24, (members.count + 5) / 6)
      for (row, member) in members.enumerated() {
        places[member.0] = (
          left + Double(row / rows) * Self.columnWidth / 1.5,
          58 + Double(row % rows) * Self.rowHeight
        )
      }
      left += Self.columnWidth * (1 + Double((members.count - 1) / rows) / 1.5)
    }
    return places
  }

  private func drawNodes(
    _ shown: [Int], at places: [Int: (x: Double, y: Double)], on canvas: inout ChartCanvas
  ) {
    let onPath = Set(path.transactions)
    let longest = Double(shown.map { profile.transactions[$0].nanoseconds }.max() ?? 1)
    for index in shown {
      guard let place = places[index] else { continue }
      let transaction = profile.transactions[index]
      let share = Double(transaction.nanoseconds) / max(longest, 1)
      let called = transaction.function.contract.map { "\($0)" } ?? "creation"
      canvas.disc(
        x: place.x, y: place.y, radius: 3 + 5 * share.squareRoot(),
        classes: onPath.contains(index) ? "hot" : "node",
        hint: "transaction \(index): \(called) \(Figures.selector(transaction.function.selector)), "
          + "\(Figures.time(Double(transaction.nanoseconds))), \(transaction.gasUsed) gas, "
          + "needs \(transaction.writers.count)")
    }
  }
}
