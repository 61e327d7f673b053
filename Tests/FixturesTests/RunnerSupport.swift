// Running inline fixtures.

import JSON
import Testing

@testable import Fixtures

/// Runs `text` as a file of `format`; fails the test when the text is not of that format.
func results(
  _ text: String, as format: FixtureFormat, path: String = "suite/file.json",
  expected companion: String? = nil, _ selection: CaseSelection = CaseSelection()
) throws -> [CaseResult] {
  let document = try JSONDocument(parsing: Array(text.utf8), source: path)
  #expect(FixtureFormat.detect(document, path: path) == .known(format))
  let beside = try companion.map {
    try JSONDocument(parsing: Array($0.utf8), source: "expected.json")
  }
  var results: [CaseResult] = []
  try FixtureRunner().run(
    FixtureFile(path: path, document: document, companion: beside), as: format, selection
  ) { results.append($0) }
  return results
}

/// The verdict of a file with one case.
func verdict(
  _ text: String, as format: FixtureFormat, path: String = "suite/file.json",
  expected companion: String? = nil
) throws -> Verdict {
  let all = try results(text, as: format, path: path, expected: companion)
  #expect(all.count == 1)
  return try #require(all.first).verdict
}

extension Verdict {
  var isFailure: Bool {
    if case .failed = self { return true }
    return false
  }
}

extension String {
  /// The text with `old` replaced; the test fails when `old` does not stand there.
  func changing(_ old: String, to new: String) -> String {
    #expect(contains(old), "nothing to change: \(old)")
    return replacing(old, with: new)
  }
}
