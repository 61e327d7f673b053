// Values as the types of Ethereum, with errors that name the place.

public import Primitives

extension JSONValue {
  /// The error that this value is something else than `expected`.
  public func unexpected(_ expected: String) -> JSONError {
    JSONError(
      source: document.source, path: path,
      problem: .unexpected(expected: expected, found: summary))
  }

  /// The value in a few words, for errors.
  private var summary: String {
    if let text { return "\"\(text.string.prefix(80))\"" }
    if let wholeNumber { return "\(wholeNumber)" }
    if let signedNumber { return "\(signedNumber)" }
    return kind.rawValue
  }

  /// The member `name`.
  public func field(_ name: String) throws(JSONError) -> JSONValue {
    if let value = try optionalField(name) { return value }
    let here = path
    throw JSONError(
      source: document.source, path: here.isEmpty ? name : "\(here).\(name)", problem: .missing)
  }

  /// The member `name`, which must stand there; nil when it is null.
  public func nullableField(_ name: String) throws(JSONError) -> JSONValue? {
    if let value = try optionalField(name) { return value }
    let isThere = try members().contains { $0.key.string == name }
    return isThere ? nil : try field(name)
  }

  /// The string.
  public func string() throws(JSONError) -> String {
    guard let text else { throw unexpected("a string") }
    return text.string
  }

  /// The quantity: a number, `0x…`, `0x:bigint 0x…` or decimal digits.
  public func uint256() throws(JSONError) -> UInt256 {
    if let wholeNumber { return UInt256(wholeNumber) }
    guard let quantity = text?.quantity else { throw unexpected("a quantity below 2^256") }
    return quantity
  }

  /// The quantity, which must fit 64 bits.
  public func uint64() throws(JSONError) -> UInt64 {
    if let wholeNumber { return wholeNumber }
    guard let number = text?.quantity?.asUInt64 else { throw unexpected("a quantity below 2^64") }
    return number
  }

  /// The quantity, which must be a small index.
  public func index() throws(JSONError) -> Int {
    let number = try uint64()
    guard number < 1 << 32 else { throw unexpected("an index") }
    return Int(number)
  }

  /// The bytes that the hex digits spell.
  public func bytes() throws(JSONError) -> [UInt8] {
    guard let bytes = text?.bytes else { throw unexpected("pairs of hex digits") }
    return bytes
  }

  /// The address.
  public func address() throws(JSONError) -> Address {
    guard let address = text?.address else { throw unexpected("an address of 40 hex digits") }
    return address
  }

  /// The hash.
  public func hash() throws(JSONError) -> Hash256 {
    guard let hash = text?.hash else { throw unexpected("a hash of 64 hex digits") }
    return hash
  }
}
