// A parsed JSON document and the values in it: the one file that talks to simdjson.

internal import CSimdJSON

/// A parsed JSON document. Values keep it alive.
public final class JSONDocument: @unchecked Sendable {
  /// What a document may be at most.
  public struct Limits: Sendable {
    /// The most bytes of text.
    public var bytes: Int
    /// The most levels of arrays and objects.
    public var depth: Int

    /// Limits; the defaults fit every published fixture with room to spare.
    public init(bytes: Int = 128 << 20, depth: Int = 256) {
      self.bytes = bytes
      self.depth = depth
    }
  }

  /// The file, or whatever names the document in errors.
  public let source: String
  private let handle: OpaquePointer

  /// Parses `bytes`; `source` names the document in errors. Integers beyond 64 bits are kept as
  /// strings of their digits.
  public init(
    parsing bytes: [UInt8], source: String, limits: Limits = Limits()
  ) throws(JSONError) {
    guard bytes.count <= limits.bytes else {
      throw JSONError(
        source: source, path: "", problem: .tooLarge(bytes: bytes.count, limit: limits.bytes))
    }
    self.source = source
    // A byte order mark says nothing in UTF-8, and simdjson's versions differ about it.
    let bytes = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? Array(bytes.dropFirst(3)) : bytes
    var outcome = Self.parse(bytes, depth: limits.depth)
    if outcome.status == nt_json_bad_number {
      outcome = Self.parse(BigIntegerQuoting.quoted(bytes), depth: limits.depth)
    }
    guard outcome.status == nt_json_ok, let handle = outcome.handle else {
      let problem: JSONError.Problem =
        outcome.status == nt_json_too_deep
        ? .tooDeep(limit: limits.depth) : .malformed(Self.place(in: bytes) + outcome.message)
      throw JSONError(source: source, path: "", problem: problem)
    }
    self.handle = handle
  }

  deinit { nt_json_free(handle) }

  /// The outermost value.
  public var root: JSONValue { JSONValue(document: self, raw: nt_json_root(handle)) }

  /// Where the text stops being JSON, to stand before the reason; nothing where that is not found.
  private static func place(in bytes: [UInt8]) -> String {
    guard let fault = JSONSyntax.firstFault(in: bytes) else { return "" }
    let (line, column) = JSONSyntax.lineAndColumn(of: fault, in: bytes)
    return "line \(line), column \(column): "
  }

  private static func parse(
    _ bytes: [UInt8], depth: Int
  ) -> (status: nt_json_status, handle: OpaquePointer?, message: String) {
    var handle: OpaquePointer?
    var message: UnsafePointer<CChar>?
    let status = bytes.withUnsafeBufferPointer {
      nt_json_parse($0.baseAddress, $0.count, depth, &handle, &message)
    }
    return (status, handle, message.map { String(cString: $0) } ?? "")
  }
}

/// A value in a document: a place in it, not a copy.
public struct JSONValue: Sendable {
  /// The document, kept alive by this value.
  public let document: JSONDocument
  private let position: (document: UInt, index: Int)

  fileprivate init(document: JSONDocument, raw: nt_json_value) {
    self.document = document
    position = (UInt(bitPattern: raw.document), raw.index)
  }

  fileprivate var raw: nt_json_value {
    nt_json_value(document: UnsafeRawPointer(bitPattern: position.document), index: position.index)
  }

  /// The kind of a value.
  public enum Kind: String, Sendable {
    case object = "an object"
    case array = "an array"
    case string = "a string"
    case integer = "a whole number"
    case fraction = "a fraction"
    case boolean = "a boolean"
    case null
  }

  /// What kind of value this is.
  public var kind: Kind {
    switch UInt8(bitPattern: nt_json_kind(raw)) {
    case UInt8(ascii: "{"): .object
    case UInt8(ascii: "["): .array
    case UInt8(ascii: "\""): .string
    case UInt8(ascii: "l"), UInt8(ascii: "u"): .integer
    case UInt8(ascii: "d"): .fraction
    case UInt8(ascii: "t"), UInt8(ascii: "f"): .boolean
    default: .null
    }
  }

  /// The text, if this is a string.
  public var text: JSONText? {
    var start: UnsafePointer<UInt8>?
    var count = 0
    guard nt_json_string(raw, &start, &count) else { return nil }
    return JSONText(owner: document, start: start, count: count)
  }

  /// The number, if this is a whole one from 0 to 2^64 − 1.
  public var wholeNumber: UInt64? {
    var number: UInt64 = 0
    return nt_json_uint64(raw, &number) ? number : nil
  }

  /// The number, if this is a whole one from −2^63 to 2^63 − 1.
  public var signedNumber: Int64? {
    var number: Int64 = 0
    return nt_json_int64(raw, &number) ? number : nil
  }

  /// The number, whole or not, if this is one.
  public var fraction: Double? {
    var number = 0.0
    return nt_json_double(raw, &number) ? number : nil
  }

  /// The truth value, if this is one.
  public var boolean: Bool? {
    switch UInt8(bitPattern: nt_json_kind(raw)) {
    case UInt8(ascii: "t"): true
    case UInt8(ascii: "f"): false
    default: nil
    }
  }

  /// The member `name`, or nil when there is none or it is null.
  public func optionalField(_ name: String) throws(JSONError) -> JSONValue? {
    guard kind == .object else { throw unexpected("an object with \"\(name)\"") }
    var name = name
    var found = nt_json_value()
    let count = name.withUTF8 { nt_json_find(raw, $0.baseAddress, $0.count, &found) }
    if count > 1 {
      throw JSONError(
        source: document.source, path: path.isEmpty ? name : "\(path).\(name)", problem: .duplicate)
    }
    guard count == 1 else { return nil }
    let value = JSONValue(document: document, raw: found)
    return value.kind == .null ? nil : value
  }

  /// The children of an array, in order.
  public func elements() throws(JSONError) -> JSONElements {
    guard kind == .array else { throw unexpected("an array") }
    return JSONElements(document: document, cursor: nt_json_children(raw))
  }

  /// The members of an object, in order.
  public func members() throws(JSONError) -> JSONMembers {
    guard kind == .object else { throw unexpected("an object") }
    return JSONMembers(document: document, cursor: nt_json_children(raw))
  }

  /// The place in the document, such as `add11.post.Cancun[0].hash`. Found by walking down from the
  /// root: it costs nothing until an error needs it.
  public var path: String {
    var path = ""
    var current = document.root
    while current.position.index < position.index {
      var step: (name: String, value: JSONValue)?
      if current.kind == .object {
        var members = JSONMembers(document: document, cursor: nt_json_children(current.raw))
        while let member = members.next(), member.value.position.index <= position.index {
          step = ((path.isEmpty ? "" : ".") + member.key.string, member.value)
        }
      } else {
        var elements = JSONElements(document: document, cursor: nt_json_children(current.raw))
        var index = 0
        while let element = elements.next(), element.position.index <= position.index {
          step = ("[\(index)]", element)
          index += 1
        }
      }
      guard let step else { return path }
      path += step.name
      current = step.value
    }
    return path
  }
}

/// The children of an array, one after another.
public struct JSONElements: Sequence, IteratorProtocol {
  fileprivate let document: JSONDocument
  fileprivate var cursor: nt_json_cursor

  /// The next child.
  public mutating func next() -> JSONValue? {
    var value = nt_json_value()
    guard nt_json_next_element(&cursor, &value) else { return nil }
    return JSONValue(document: document, raw: value)
  }
}

/// A member of an object.
public struct JSONMember: Sendable {
  /// Its name.
  public let key: JSONText
  /// Its value.
  public let value: JSONValue
}

/// The members of an object, one after another.
public struct JSONMembers: Sequence, IteratorProtocol {
  fileprivate let document: JSONDocument
  fileprivate var cursor: nt_json_cursor

  /// The next member.
  public mutating func next() -> JSONMember? {
    var key: UnsafePointer<UInt8>?
    var count = 0
    var value = nt_json_value()
    guard nt_json_next_member(&cursor, &key, &count, &value) else { return nil }
    return JSONMember(
      key: JSONText(owner: document, start: key, count: count),
      value: JSONValue(document: document, raw: value))
  }
}
