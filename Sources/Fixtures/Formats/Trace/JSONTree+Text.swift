// JSON values as text.

internal import JSON

extension JSONTree {
  /// It as JSON.
  var text: String { text(replacing: nil, by: "") }

  /// It as JSON with another text in one place.
  func text(replacing path: ArraySlice<String>?, by replacement: String) -> String {
    if let path, path.isEmpty { return replacement }
    func inner(_ name: String, _ value: JSONTree) -> String {
      value.text(
        replacing: path?.first == name ? path?.dropFirst() : nil, by: replacement)
    }
    switch self {
    case .object(let members):
      let texts = members.sorted { $0.key < $1.key }
        .map { "\(JSONTree.string($0.key).text):\(inner($0.key, $0.value))" }
      return "{" + texts.joined(separator: ",") + "}"
    case .array(let elements):
      return "["
        + elements.enumerated().map { inner("\($0.offset)", $0.element) }.joined(separator: ",")
        + "]"
    case .string(let text):
      var writer = JSONWriter(.compact)
      writer.value(text)
      return writer.text
    case .number(let number): return "\(number)"
    case .boolean(let truth): return "\(truth)"
    case .null: return "null"
    }
  }
}
