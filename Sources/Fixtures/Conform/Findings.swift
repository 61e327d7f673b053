// Differences between what was expected and what came out.

/// Collects differences; a case without any has passed.
struct Findings {
  private var lines: [String] = []

  /// Notes a difference, if there is one.
  mutating func compare<Value: Equatable>(_ what: String, _ expected: Value, _ found: Value) {
    guard expected != found else { return }
    lines.append("\(what): expected \(expected), got \(found)")
  }

  /// Notes a difference of what may be absent, if there is one.
  mutating func compare<Value: Equatable>(_ what: String, _ expected: Value?, _ found: Value?) {
    guard expected != found else { return }
    let (left, right) = (expected.map { "\($0)" }, found.map { "\($0)" })
    lines.append("\(what): expected \(left ?? "none"), got \(right ?? "none")")
  }

  /// Notes that something is wrong.
  mutating func note(_ line: String) { lines.append(line) }

  /// Whether nothing differed.
  var isEmpty: Bool { lines.isEmpty }

  /// The differences, one a line.
  var text: String { lines.joined(separator: "\n") }

  /// Passed without a difference.
  var verdict: Verdict { lines.isEmpty ? .passed : .failed(text) }
}
