// Why an encoding is refused, and where.

/// What is wrong with a field of an encoding.
public enum DecodingFault: Sendable, Hashable {
  /// The bytes end before the item does.
  case truncated
  /// A length, or a single byte, written longer than needed.
  case nonCanonical
  /// An integer with leading zeros.
  case leadingZeros
  /// An integer too large for the field.
  case tooLarge
  /// A byte string shorter than the field.
  case tooShort
  /// A byte string longer than the field.
  case tooLong
  /// A list where a byte string was expected.
  case unexpectedList
  /// A byte string where a list was expected.
  case unexpectedBytes
  /// The list ends before the field.
  case tooFewElements
  /// The list goes on after its last field.
  case tooManyElements
  /// More bytes after the end.
  case trailingBytes
  /// A transaction type that does not exist.
  case unsupportedType
  /// A value of the right form that the field cannot have.
  case invalidValue
  /// An element that must be greater than the one before it.
  case outOfOrder
  /// An element that stands elsewhere already.
  case duplicate
  /// A list that must have an element.
  case empty
}

extension DecodingFault: CustomStringConvertible {
  /// What is wrong, for people.
  public var description: String {
    switch self {
    case .truncated: "ends too early"
    case .nonCanonical: "is written longer than needed"
    case .leadingZeros: "has leading zeros"
    case .tooLarge: "is too large"
    case .tooShort: "is too short"
    case .tooLong: "is too long"
    case .unexpectedList: "is a list, not a byte string"
    case .unexpectedBytes: "is a byte string, not a list"
    case .tooFewElements: "is lacking: the list ends before it"
    case .tooManyElements: "has more elements than it should"
    case .trailingBytes: "has bytes after its end"
    case .unsupportedType: "is of an unknown transaction type"
    case .invalidValue: "cannot have this value"
    case .outOfOrder: "is out of order"
    case .duplicate: "stands there already"
    case .empty: "has no element"
    }
  }
}

/// Bytes are not the canonical encoding of what was asked for.
public struct FieldDecodingError<Field: Sendable & Hashable>: Error, Hashable {
  /// The field that could not be read.
  public var field: Field
  /// What is wrong with it.
  public var fault: DecodingFault
  /// Where its item begins, in bytes from the start of the encoding.
  public var offset: Int

  /// The error `fault` in `field` at `offset`.
  public init(_ field: Field, _ fault: DecodingFault, at offset: Int) {
    self.field = field
    self.fault = fault
    self.offset = offset
  }
}

extension FieldDecodingError: CustomStringConvertible {
  /// Field, reason and place, for people.
  public var description: String { "\(field) \(fault), at byte \(offset)" }
}
