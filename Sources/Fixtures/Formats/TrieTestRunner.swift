// TrieTests: pairs and the root of their trie; neighbours of keys.

internal import Crypto
internal import JSON
internal import Primitives
internal import State

/// Runs `{in, root}` and `{in, tests}`.
final class TrieTestRunner: FormatRunner {
  private struct Step {
    let key: [UInt8]
    /// Nil deletes.
    let value: [UInt8]?
  }

  func run(
    _ file: FixtureFile, _ selection: CaseSelection, report: (CaseResult) -> Void
  ) throws(JSONError) {
    guard selection.includes(nil) else { return }
    let name = file.stem.lowercased()
    let isSecure = name.contains("secure")
    for test in try file.document.root.members() {
      guard selection.includes(test.key.string, path: file.path) else { continue }
      let verdict =
        try test.value.has("tests")
        ? try neighbours(test.value) : try root(test.value, isSecure: isSecure)
      report(CaseResult(name: test.key.string, verdict: verdict))
    }
  }

  private func root(_ test: JSONValue, isSecure: Bool) throws(JSONError) -> Verdict {
    let expected = try test.field("root").hash()
    let input = try test.field("in")
    let steps = try steps(input).map {
      Step(key: isSecure ? Keccak256.hash($0.key).bytes : $0.key, value: $0.value)
    }
    var orders = [steps]
    // A map has no order: the root must not depend on one.
    if input.kind == .object { orders += [steps.reversed(), rotated(steps)] }
    var findings = Findings()
    for order in orders {
      var trie = MerklePatriciaTrie()
      for step in order { trie[step.key] = step.value }
      findings.compare("root", expected, trie.root())
    }
    return findings.verdict
  }

  private func rotated(_ steps: [Step]) -> [Step] {
    Array(steps[(steps.count / 2)...] + steps[..<(steps.count / 2)])
  }

  private func steps(_ input: JSONValue) throws(JSONError) -> [Step] {
    var steps: [Step] = []
    if input.kind == .object {
      for member in try input.members() {
        steps.append(
          Step(key: try bytes(member.key, member.value), value: try value(member.value)))
      }
      return steps
    }
    for pair in try input.elements() {
      var parts = try pair.elements()
      guard let key = parts.next(), let text = key.text, let item = parts.next() else {
        throw pair.unexpected("a key and a value")
      }
      steps.append(Step(key: try bytes(text, key), value: try value(item)))
    }
    return steps
  }

  private func value(_ value: JSONValue) throws(JSONError) -> [UInt8]? {
    if value.kind == .null { return nil }
    guard let text = value.text else { throw value.unexpected("a string or null") }
    return try bytes(text, value)
  }

  /// `0x…` strings are bytes, others are their characters.
  private func bytes(_ text: JSONText, _ place: JSONValue) throws(JSONError) -> [UInt8] {
    guard text.hasPrefix("0x") else { return text.utf8 }
    guard let bytes = text.bytes else { throw place.unexpected("pairs of hex digits") }
    return bytes
  }

  private func neighbours(_ test: JSONValue) throws(JSONError) -> Verdict {
    var trie = MerklePatriciaTrie()
    for key in try test.field("in").elements() { trie[Array(try key.string().utf8)] = [1] }
    var findings = Findings()
    for question in try test.field("tests").elements() {
      var words: [String] = []
      for word in try question.elements() { words.append(try word.string()) }
      guard words.count == 3 else { throw question.unexpected("a key and its neighbours") }
      let key = Array(words[0].utf8)
      let (before, after) = (trie.key(before: key) ?? [], trie.key(after: key) ?? [])
      findings.compare("key before \(words[0])", words[1], String(decoding: before, as: UTF8.self))
      findings.compare("key after \(words[0])", words[2], String(decoding: after, as: UTF8.self))
    }
    return findings.verdict
  }
}
