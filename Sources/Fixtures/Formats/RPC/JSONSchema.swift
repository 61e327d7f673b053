// Whether a value is what a schema says.

internal import JSON

/// A schema of the kind that the specification of JSON-RPC's methods uses: that part of JSON Schema in which
/// nothing refers to anything else. What it does not know it does not ask for.
final class JSONSchema {
  private let root: JSONValue
  private var patterns: [String: Regex<AnyRegexOutput>] = [:]

  init(_ root: JSONValue) { self.root = root }

  /// Where and how `value` is not what the schema says; nil where it is.
  func problem(with value: JSONValue) throws(JSONError) -> String? {
    try problem(with: value, root, at: "")
  }

  /// The kinds of values that the schema allows; nil where it allows any.
  func kinds() throws(JSONError) -> Set<JSONValue.Kind>? { try Self.kinds(of: root) }

  private static func kinds(of schema: JSONValue) throws(JSONError) -> Set<JSONValue.Kind>? {
    if let type = try schema.optionalField("type") {
      var kinds: Set<JSONValue.Kind> = []
      if type.kind == .array {
        for name in try type.elements() { kinds.formUnion(Self.kinds(named: try name.string())) }
      } else {
        kinds = Self.kinds(named: try type.string())
      }
      return kinds
    }
    for name in ["oneOf", "anyOf"] {
      guard let choices = try schema.optionalField(name) else { continue }
      var kinds: Set<JSONValue.Kind> = []
      for choice in try choices.elements() {
        guard let more = try Self.kinds(of: choice) else { return nil }
        kinds.formUnion(more)
      }
      return kinds
    }
    return nil
  }

  private static func kinds(named name: String) -> Set<JSONValue.Kind> {
    switch name {
    case "object": [.object]
    case "array": [.array]
    case "string": [.string]
    case "integer": [.integer]
    case "number": [.integer, .fraction]
    case "boolean": [.boolean]
    default: [.null]
    }
  }

  private func problem(
    with value: JSONValue, _ schema: JSONValue, at path: String
  ) throws(JSONError) -> String? {
    guard schema.kind == .object else { return nil }
    if let type = try schema.optionalField("type"), let kinds = try Self.kinds(of: schema),
      !kinds.contains(value.kind)
    {
      let wanted = type.kind == .string ? try type.string() : "one of several types"
      return "\(path): \(value.kind.rawValue) where the schema has \(wanted)"
    }
    if let problem = try choiceProblem(with: value, schema, at: path) { return problem }
    switch value.kind {
    case .string: return try textProblem(with: value, schema, at: path)
    case .object: return try memberProblem(with: value, schema, at: path)
    case .array:
      guard let items = try schema.optionalField("items") else { return nil }
      for (index, element) in try value.elements().enumerated() {
        if let problem = try problem(with: element, items, at: "\(path)[\(index)]") {
          return problem
        }
      }
      return nil
    case .integer, .fraction: return try rangeProblem(with: value, schema, at: path)
    case .boolean, .null: return nil
    }
  }

  private func choiceProblem(
    with value: JSONValue, _ schema: JSONValue, at path: String
  ) throws(JSONError) -> String? {
    for (name, most) in [("oneOf", 1), ("anyOf", Int.max)] {
      guard let choices = try schema.optionalField(name) else { continue }
      var problems: [String] = []
      var count = 0
      for choice in try choices.elements() {
        if let problem = try problem(with: value, choice, at: path) {
          problems.append(problem)
        } else {
          count += 1
        }
      }
      if count == 0 { return problems.last ?? "\(path): the schema has no choices" }
      if count > most { return "\(path): \(count) of the schema's choices hold, not one" }
    }
    for part in try schema.optionalField("allOf")?.elements().map(\.self) ?? [] {
      if let problem = try problem(with: value, part, at: path) { return problem }
    }
    if let excluded = try schema.optionalField("not"),
      try problem(with: value, excluded, at: path) == nil
    {
      return "\(path): it is what the schema excludes"
    }
    if let constant = try schema.optionalField("const"),
      try value.difference(from: constant, .equality) != nil
    {
      return "\(path): it is not the constant of the schema"
    }
    if let values = try schema.optionalField("enum") {
      for allowed in try values.elements() {
        if try value.difference(from: allowed, .equality) == nil { return nil }
      }
      return "\(path): it is none of the schema's values"
    }
    return nil
  }

  private func textProblem(
    with value: JSONValue, _ schema: JSONValue, at path: String
  ) throws(JSONError) -> String? {
    guard let field = try schema.optionalField("pattern") else { return nil }
    let pattern = try field.string()
    guard let regex = regex(pattern) else { throw field.unexpected("a regular expression") }
    let text = try value.string()
    return (try? regex.firstMatch(in: text)) == nil
      ? "\(path): \(text.prefix(100)) does not match \(pattern)" : nil
  }

  private func regex(_ pattern: String) -> Regex<AnyRegexOutput>? {
    if let regex = patterns[pattern] { return regex }
    guard let regex = try? Regex(pattern) else { return nil }
    patterns[pattern] = regex
    return regex
  }

  private func rangeProblem(
    with value: JSONValue, _ schema: JSONValue, at path: String
  ) throws(JSONError) -> String? {
    guard let number = value.fraction ?? value.signedNumber.map({ Double($0) }) else { return nil }
    if let least = try schema.optionalField("minimum")?.fraction, number < least {
      return "\(path): \(number) is less than \(least)"
    }
    if let most = try schema.optionalField("maximum")?.fraction, number > most {
      return "\(path): \(number) is more than \(most)"
    }
    return nil
  }

  private func memberProblem(
    with value: JSONValue, _ schema: JSONValue, at path: String
  ) throws(JSONError) -> String? {
    for name in try schema.optionalField("required")?.elements().map(\.self) ?? [] {
      let name = try name.string()
      if try value.optionalField(name) == nil { return "\(path): there is no \(name)" }
    }
    let properties = try schema.optionalField("properties")
    let patterns = try schema.optionalField("patternProperties")
    let others = try schema.optionalField("additionalProperties")
    for member in try value.members() {
      let name = member.key.string
      let place = path.isEmpty ? name : "\(path).\(name)"
      var isKnown = false
      if let property = try properties?.optionalField(name) {
        isKnown = true
        if let problem = try problem(with: member.value, property, at: place) { return problem }
      }
      for pattern in try patterns?.members().map(\.self) ?? [] {
        guard let regex = regex(pattern.key.string) else {
          throw schema.unexpected("patterns that are regular expressions")
        }
        if (try? regex.firstMatch(in: name)) == nil { continue }
        isKnown = true
        if let problem = try problem(with: member.value, pattern.value, at: place) {
          return problem
        }
      }
      guard !isKnown, let others else { continue }
      if others.boolean == false { return "\(path): there is a \(name)" }
      if let problem = try problem(with: member.value, others, at: place) { return problem }
    }
    return nil
  }
}
