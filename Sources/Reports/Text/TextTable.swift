// Tables of plain text.

internal import Foundation

/// Rows of text in columns of even width.
public struct TextTable {
  private let isRightAligned: [Bool]
  /// Empty for a rule.
  private var rows: [[String]]

  /// A table with these headings; a heading that begins with `>` is aligned right, as its column.
  public init(_ headings: [String]) {
    isRightAligned = headings.map { $0.hasPrefix(">") }
    rows = [headings.map { $0.hasPrefix(">") ? String($0.dropFirst()) : $0 }, []]
  }

  /// Adds a row.
  public mutating func add(_ row: [String]) { rows.append(row) }

  /// Adds a line across.
  public mutating func addRule() { rows.append([]) }

  /// The lines, each with its line break.
  public var rendered: String {
    let widths = isRightAligned.indices.map { column in
      rows.lazy.filter { !$0.isEmpty }.map { $0[column].count }.max() ?? 0
    }
    var text = ""
    for row in rows {
      guard !row.isEmpty else {
        text += String(repeating: "-", count: widths.reduce(0) { $0 + $1 + 2 } - 2) + "\n"
        continue
      }
      var line = ""
      for (column, cell) in row.enumerated() {
        let gap = String(repeating: " ", count: widths[column] - cell.count)
        line += (column == 0 ? "" : "  ") + (isRightAligned[column] ? gap + cell : cell + gap)
      }
      while line.last == " " { line.removeLast() }
      text += line + "\n"
    }
    return text
  }

  /// A number with a fixed count of decimals.
  public static func fixed(_ number: Double, decimals: Int) -> String {
    String(format: "%.\(decimals)f", number)
  }
}
