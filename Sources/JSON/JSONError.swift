// What is wrong with a JSON document, and where.

/// A JSON document that is malformed, or a value in it that is not what was expected.
public struct JSONError: Error, Equatable, CustomStringConvertible {
  /// What is wrong.
  public enum Problem: Equatable, Sendable {
    /// The text is no JSON; where, and the reason in the parser's words.
    case malformed(String)
    /// The document has more bytes than allowed.
    case tooLarge(bytes: Int, limit: Int)
    /// Arrays and objects are nested deeper than allowed.
    case tooDeep(limit: Int)
    /// A member is absent.
    case missing
    /// A member stands more than once in its object.
    case duplicate
    /// The value is something else than `expected`.
    case unexpected(expected: String, found: String)
  }

  /// The file, or whatever names the document.
  public let source: String
  /// The place in the document, such as `add11.post.Cancun[0].hash`; empty for the whole document.
  public let path: String
  /// What is wrong there.
  public let problem: Problem

  /// An error in `source` at `path`.
  public init(source: String, path: String, problem: Problem) {
    self.source = source
    self.path = path
    self.problem = problem
  }

  /// One line: file, place, and what was expected.
  public var description: String {
    let place = path.isEmpty ? source : "\(source): \(path)"
    switch problem {
    case .malformed(let reason): return "\(place): not valid JSON: \(reason)"
    case .tooLarge(let bytes, let limit):
      return "\(place): the document has \(bytes) bytes, the limit is \(limit)"
    case .tooDeep(let limit): return "\(place): nested deeper than \(limit) levels"
    case .missing: return "\(place): is missing"
    case .duplicate: return "\(place): stands there more than once"
    case .unexpected(let expected, let found):
      return "\(place): expected \(expected), found \(found)"
    }
  }
}
