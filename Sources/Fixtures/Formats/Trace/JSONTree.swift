// JSON as a value of its own, to be normalised and compared without regard to the order of keys.

internal import JSON

/// A JSON value.
indirect enum JSONTree: Equatable {
  case object([String: JSONTree])
  case array([JSONTree])
  case string(String)
  case number(UInt64)
  case boolean(Bool)
  case null

  /// The value at a place of a document. Fractions and negative numbers, which traces do not have,
  /// are refused.
  init(_ value: JSONValue) throws(JSONError) {
    switch value.kind {
    case .object:
      var members: [String: JSONTree] = [:]
      for member in try value.members() { members[member.key.string] = try JSONTree(member.value) }
      self = .object(members)
    case .array:
      var elements: [JSONTree] = []
      for element in try value.elements() { elements.append(try JSONTree(element)) }
      self = .array(elements)
    case .string: self = .string(try value.string())
    case .integer, .fraction: self = .number(try value.uint64())
    case .boolean: self = .boolean(value.boolean ?? false)
    case .null: self = .null
    }
  }

  /// The member `name` of an object.
  subscript(name: String) -> JSONTree? {
    get {
      guard case .object(let members) = self else { return nil }
      return members[name]
    }
    set {
      guard case .object(var members) = self else { return }
      members[name] = newValue
      self = .object(members)
    }
  }

  /// The elements of an array; none of anything else.
  var elements: [JSONTree] {
    guard case .array(let elements) = self else { return [] }
    return elements
  }

  /// The first place where two values differ, and how; nil where they are the same.
  static func difference(expected: JSONTree?, found: JSONTree?, at path: String = "") -> String? {
    if expected == found { return nil }
    let place = path.isEmpty ? "the answer" : path
    guard let expected else { return "\(place): unexpected \(found.map(\.summary) ?? "")" }
    guard let found else { return "\(place): expected \(expected.summary), it is missing" }
    switch (expected, found) {
    case (.object(let left), .object(let right)):
      for name in Set(left.keys).union(right.keys).sorted() {
        let inner = path.isEmpty ? name : "\(path).\(name)"
        if let line = difference(expected: left[name], found: right[name], at: inner) {
          return line
        }
      }
      return nil
    case (.array(let left), .array(let right)):
      for index in 0..<max(left.count, right.count) {
        let (one, other) = (
          index < left.count ? left[index] : nil, index < right.count ? right[index] : nil
        )
        if let line = difference(expected: one, found: other, at: "\(path)[\(index)]") {
          return line
        }
      }
      return nil
    default: return "\(place): expected \(expected.summary), got \(found.summary)"
    }
  }

  private var summary: String {
    switch self {
    case .object(let members): "{\(members.keys.sorted().joined(separator: ", "))}"
    case .array(let elements): "[\(elements.count) elements]"
    case .string(let text): text.count > 100 ? "\"\(text.prefix(100))…\"" : "\"\(text)\""
    case .number(let number): "\(number)"
    case .boolean(let truth): "\(truth)"
    case .null: "null"
    }
  }
}
