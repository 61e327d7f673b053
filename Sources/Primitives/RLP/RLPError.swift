// Why bytes are not canonical RLP.

/// Why bytes are not the canonical RLP of what was asked for.
public struct RLPError: Error, Hashable, Sendable {
  /// What is wrong.
  public enum Kind: Hashable, Sendable {
    /// The bytes end before the item does.
    case truncated
    /// A length or a single byte written longer than needed.
    case nonCanonical
    /// An integer with leading zeros.
    case leadingZeros
    /// An integer or a boolean too large for its type.
    case tooLarge
    /// A byte string of another length than this one.
    case wrongLength(expected: Int)
    /// A list where a byte string was expected.
    case unexpectedList
    /// A byte string where a list was expected.
    case unexpectedBytes
    /// More bytes after the last item.
    case trailingBytes
    /// Lists nested beyond the limit.
    case tooDeep
    /// More items than the limit.
    case tooManyItems
  }

  /// What is wrong.
  public var kind: Kind
  /// Where, in bytes from the start of the outermost input.
  public var offset: Int

  /// The error `kind` at `offset`.
  public init(_ kind: Kind, at offset: Int) {
    self.kind = kind
    self.offset = offset
  }
}
