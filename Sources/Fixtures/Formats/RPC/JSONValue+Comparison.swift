// Comparing JSON values.

internal import JSON

/// How values are compared.
enum JSONComparison {
  /// They say the same; members of objects may stand in any order.
  case equality
  /// They are of the same kinds, and objects have the same members; an array has elements where some are expected,
  /// and where it has more of them, they are like the last.
  case shape
}

extension JSONValue {
  /// Where and how this differs from what was `expected`; nil where it does not.
  func difference(
    from expected: JSONValue, _ comparison: JSONComparison, at path: String = ""
  ) throws(JSONError) -> String? {
    if kind != expected.kind {
      return "\(path): expected \(expected.kind.rawValue), got \(kind.rawValue)"
    }
    switch kind {
    case .object: return try memberDifference(from: expected, comparison, at: path)
    case .array: return try elementDifference(from: expected, comparison, at: path)
    default: break
    }
    if comparison == .shape || scalar == expected.scalar { return nil }
    return "\(path): expected \(expected.scalar), got \(scalar)"
  }

  private var scalar: String {
    if let text { return text.string }
    if let number = wholeNumber { return "\(number)" }
    if let number = signedNumber { return "\(number)" }
    return boolean.map { "\($0)" } ?? "null"
  }

  private func names() throws(JSONError) -> [String: JSONValue] {
    var names: [String: JSONValue] = [:]
    for member in try members() { names[member.key.string] = member.value }
    return names
  }

  private func memberDifference(
    from expected: JSONValue, _ comparison: JSONComparison, at path: String
  ) throws(JSONError) -> String? {
    let (found, wanted) = (try names(), try expected.names())
    if let missing = wanted.keys.sorted().first(where: { found[$0] == nil }) {
      return "\(path): there is no \(missing)"
    }
    if let surplus = found.keys.sorted().first(where: { wanted[$0] == nil }) {
      return "\(path): there is a \(surplus)"
    }
    // The hash last: it differs whenever something else does.
    let names = wanted.keys.sorted { ($0 == "hash" ? 1 : 0, $0) < ($1 == "hash" ? 1 : 0, $1) }
    for name in names {
      guard let value = wanted[name] else { continue }
      let difference = try found[name]?.difference(
        from: value, comparison, at: path.isEmpty ? name : "\(path).\(name)")
      if let difference { return difference }
    }
    return nil
  }

  private func elementDifference(
    from expected: JSONValue, _ comparison: JSONComparison, at path: String
  ) throws(JSONError) -> String? {
    let (found, wanted) = (Array(try elements()), Array(try expected.elements()))
    if comparison == .equality, found.count != wanted.count {
      return "\(path): expected \(wanted.count) elements, got \(found.count)"
    }
    if found.isEmpty, !wanted.isEmpty { return "\(path): expected elements, got none" }
    for (index, value) in found.enumerated() {
      guard let like = index < wanted.count ? wanted[index] : wanted.last else { return nil }
      if let difference = try value.difference(from: like, comparison, at: "\(path)[\(index)]") {
        return difference
      }
    }
    return nil
  }
}
