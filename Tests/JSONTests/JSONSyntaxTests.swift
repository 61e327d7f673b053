// Where a text stops being JSON.

@testable import JSON
import Samples
import Testing

@Suite struct JSONSyntaxTests {
  private func description(_ text: String) -> String {
    do throws(JSONError) {
      _ = try JSONDocument(parsing: Array(text.utf8), source: "genesis.json")
      return ""
    } catch {
      return error.description
    }
  }

  @Test(arguments: [
    ("{\n  \"a\": 1\n  \"b\": 2\n}", 3, 3), ("{\"a\": 1,\n}", 2, 1), ("[1, 2", 1, 6), ("", 1, 1),
    ("[tru]", 1, 5), ("[01]", 1, 3), ("[1.]", 1, 4), ("{\"é\u{1f600}\" 1}", 1, 7),
    ("[\"a\\x\"]", 1, 5), ("[\"\\u12g4\"]", 1, 7), ("[\"a\nb\"]", 1, 4), ("{} x", 1, 4),
    ("[1]]", 1, 4), ("[}", 1, 2), ("{a: 1}", 1, 2), ("\n\n  [,]", 3, 4), ("[\"a", 1, 4),
  ])
  func theErrorNamesLineAndColumn(text: String, line: Int, column: Int) {
    #expect(
      description(text).hasPrefix(
        "genesis.json: not valid JSON: line \(line), column \(column): "), "\(description(text))")
  }

  @Test func bytesThatAreNoTextAreFound() {
    for (bytes, place) in [
      ([0x22, 0x80, 0x22], 1), ([0x22, 0xc1, 0x80, 0x22], 1), ([0x22, 0xe0, 0x80, 0x80, 0x22], 1),
      ([0x22, 0x61, 0xed, 0xa0, 0x80, 0x22], 2), ([0x22, 0xf4, 0x90, 0x80, 0x80, 0x22], 1),
      ([0x22, 0xf0, 0x9f, 0x98], 1), ([0x22, 0xc3], 1), ([0xc3, 0xa9], 0),
    ] as [([UInt8], Int)] {
      #expect(JSONSyntax.firstFault(in: bytes) == place)
    }
  }

  /// A place is named where simdjson refuses a text, and nowhere else.
  @Test func randomTextsAreJudgedAsSimdjsonDoes() {
    var random = SeededGenerator(seed: 1)
    let parts = [
      "{", "}", "[", "]", ",", ":", "\"a\"", "\"\\n\"", "\"", "\\", "0", "-1", "2.5", "1e3 ", ".",
      "true", "null", "nul", " ", "\n", "é", "\"é\"",
    ]
    var accepted = 0
    for _ in 0..<20_000 {
      let text = (0...random.below(7)).map { _ in random.pick(parts) }.joined()
      let isAccepted = description(text).isEmpty
      if isAccepted { accepted += 1 }
      #expect((JSONSyntax.firstFault(in: Array(text.utf8)) == nil) == isAccepted, "\(text)")
    }
    #expect(accepted > 100)
  }
}
