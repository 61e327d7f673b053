// Reads the named fields of an RLP list.

import Primitives

/// A cursor over the fields of a list that tells, when it throws, which field it was reading.
struct FieldReader<Field: Sendable & Hashable> {
  typealias Failure = FieldDecodingError<Field>

  private var items: RLPReader
  /// Where `items` begins in the encoding.
  private let base: Int

  private init(_ items: RLPReader, base: Int) {
    self.items = items
    self.base = base
  }

  /// Opens the one list that `bytes` must be, which begin at `base` of the encoding.
  init(
    listIn bytes: ArraySlice<UInt8>, base: Int, whole field: Field
  ) throws(FieldDecodingError<Field>) {
    let outer = FieldReader(RLPReader(bytes), base: base)
    var rest = outer.items
    do {
      let inner = try rest.readList()
      try rest.expectEnd()
      self.init(inner, base: base)
    } catch {
      throw outer.failure(field, error)
    }
  }

  var isAtEnd: Bool { items.isAtEnd }

  /// Where the next item begins in the encoding.
  var offset: Int { base + items.offset }

  mutating func uint64(_ field: Field) throws(Failure) -> UInt64 {
    try read(field) { (items) throws(RLPError) in try items.readUInt64() }
  }

  mutating func uint256(_ field: Field) throws(Failure) -> UInt256 {
    try read(field) { (items) throws(RLPError) in try items.readUInt256() }
  }

  mutating func bytes(_ field: Field) throws(Failure) -> ArraySlice<UInt8> {
    try read(field) { (items) throws(RLPError) in try items.readBytes() }
  }

  mutating func bytes(_ field: Field, count: Int) throws(Failure) -> ArraySlice<UInt8> {
    let start = offset
    let content = try bytes(field)
    if content.count != count {
      throw Failure(field, content.count < count ? .tooShort : .tooLong, at: start)
    }
    return content
  }

  mutating func address(_ field: Field) throws(Failure) -> Address {
    let content = try bytes(field, count: 20)
    return content.withUnsafeBytes { Address(bytesAt: $0.baseAddress.unsafelyUnwrapped) }
  }

  /// Reads an address, or nil where the byte string is empty.
  mutating func optionalAddress(_ field: Field) throws(Failure) -> Address? {
    let start = offset
    let content = try bytes(field)
    if content.isEmpty { return nil }
    if content.count != 20 {
      throw Failure(field, content.count < 20 ? .tooShort : .tooLong, at: start)
    }
    return content.withUnsafeBytes { Address(bytesAt: $0.baseAddress.unsafelyUnwrapped) }
  }

  mutating func word(_ field: Field) throws(Failure) -> UInt256 {
    let content = try bytes(field, count: 32)
    return content.withUnsafeBytes { UInt256(bigEndianAt: $0.baseAddress.unsafelyUnwrapped) }
  }

  mutating func hash(_ field: Field) throws(Failure) -> Hash256 { Hash256(try word(field)) }

  /// Opens a list inside the list.
  mutating func list(_ field: Field) throws(Failure) -> FieldReader {
    FieldReader(
      try read(field) { (items) throws(RLPError) in try items.readList() }, base: base)
  }

  /// Reads a whole item with its header; of a list, the inner items are not looked at.
  mutating func raw(_ field: Field) throws(Failure) -> ArraySlice<UInt8> {
    try read(field) { (items) throws(RLPError) in try items.readRaw() }
  }

  /// Whether there is another item and it is a list.
  func listFollows(_ field: Field) throws(Failure) -> Bool {
    if items.isAtEnd { return false }
    do { return try items.nextIsList } catch { throw failure(field, error) }
  }

  /// How many items are left: counted up to `limit`, and as far as their headers hold.
  func itemCount(upTo limit: Int) -> Int {
    var rest = items
    var count = 0
    while count < limit, !rest.isAtEnd, (try? rest.skip()) != nil { count += 1 }
    return count
  }

  /// Throws unless all fields are read.
  func expectEnd(_ field: Field) throws(Failure) {
    if !items.isAtEnd { throw Failure(field, .tooManyElements, at: offset) }
  }

  @inline(__always)
  private mutating func read<Value>(
    _ field: Field, _ body: (inout RLPReader) throws(RLPError) -> Value
  ) throws(Failure) -> Value {
    if items.isAtEnd { throw Failure(field, .tooFewElements, at: offset) }
    do { return try body(&items) } catch { throw failure(field, error) }
  }

  private func failure(_ field: Field, _ error: RLPError) -> Failure {
    Failure(field, DecodingFault(error.kind), at: base + error.offset)
  }
}

extension DecodingFault {
  /// The fault that a reader of plain RLP found.
  init(_ kind: RLPError.Kind) {
    self =
      switch kind {
      case .truncated: .truncated
      case .nonCanonical: .nonCanonical
      case .leadingZeros: .leadingZeros
      case .tooLarge: .tooLarge
      case .wrongLength: .invalidValue
      case .unexpectedList: .unexpectedList
      case .unexpectedBytes: .unexpectedBytes
      case .trailingBytes: .trailingBytes
      case .tooDeep, .tooManyItems: .invalidValue
      }
  }
}
