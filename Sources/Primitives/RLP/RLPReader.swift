// Reads canonical RLP, item by item.

/// A cursor over RLP items. Strict: whatever a canonical encoder would not have written is refused.
///
/// A reader copies nothing; every length is checked against the bytes that are there before use.
public struct RLPReader: Sendable {
  private let bytes: ArraySlice<UInt8>
  private let origin: Int
  private var position: Int

  /// A reader of the items in `bytes`.
  public init(_ bytes: [UInt8]) { self.init(bytes[...]) }

  /// A reader of the items in `bytes`; offsets count from its start.
  public init(_ bytes: ArraySlice<UInt8>) {
    self.init(bytes, origin: bytes.startIndex)
  }

  private init(_ bytes: ArraySlice<UInt8>, origin: Int) {
    self.bytes = bytes
    self.origin = origin
    position = bytes.startIndex
  }

  /// Whether all items are read.
  public var isAtEnd: Bool { position == bytes.endIndex }

  /// Where the next item begins, in bytes from the start of the outermost input.
  public var offset: Int { position - origin }

  /// Whether the next item is a list.
  public var nextIsList: Bool {
    get throws(RLPError) { try header().isList }
  }

  /// How many items are left; each header on the way is checked.
  public var remainingItemCount: Int {
    get throws(RLPError) {
      var reader = self
      var count = 0
      while !reader.isAtEnd {
        try reader.skip()
        count += 1
      }
      return count
    }
  }

  /// Reads a byte string.
  public mutating func readBytes() throws(RLPError) -> ArraySlice<UInt8> {
    let header = try header()
    if header.isList { throw RLPError(.unexpectedList, at: offset) }
    position = header.end
    return bytes[header.payload..<header.end]
  }

  /// Reads a byte string of `count` bytes.
  public mutating func readBytes(count: Int) throws(RLPError) -> ArraySlice<UInt8> {
    let start = offset
    let content = try readBytes()
    guard content.count == count else {
      throw RLPError(.wrongLength(expected: count), at: start)
    }
    return content
  }

  /// Reads an integer of at most 64 bits.
  public mutating func readUInt64() throws(RLPError) -> UInt64 {
    let content = try readInteger(limit: 8)
    var value: UInt64 = 0
    for byte in content { value = value << 8 | UInt64(byte) }
    return value
  }

  /// Reads an integer of at most 256 bits.
  public mutating func readUInt256() throws(RLPError) -> UInt256 {
    let start = offset
    guard let value = UInt256(bigEndian: try readInteger(limit: 32)) else {
      throw RLPError(.tooLarge, at: start)
    }
    return value
  }

  /// Reads 0 or 1.
  public mutating func readBool() throws(RLPError) -> Bool {
    let start = offset
    switch try readUInt64() {
    case 0: return false
    case 1: return true
    default: throw RLPError(.tooLarge, at: start)
    }
  }

  /// Reads an address.
  public mutating func readAddress() throws(RLPError) -> Address {
    let content = try readBytes(count: 20)
    return content.withUnsafeBytes { Address(bytesAt: $0.baseAddress.unsafelyUnwrapped) }
  }

  /// Reads an address, or nil where the byte string is empty.
  public mutating func readOptionalAddress() throws(RLPError) -> Address? {
    let header = try header()
    if !header.isList && header.payload == header.end {
      position = header.end
      return nil
    }
    return try readAddress()
  }

  /// Reads a hash.
  public mutating func readHash() throws(RLPError) -> Hash256 {
    let content = try readBytes(count: 32)
    return content.withUnsafeBytes { Hash256(bytesAt: $0.baseAddress.unsafelyUnwrapped) }
  }

  /// Reads a list's header; the answer reads its items.
  public mutating func readList() throws(RLPError) -> RLPReader {
    let header = try header()
    if !header.isList { throw RLPError(.unexpectedBytes, at: offset) }
    position = header.end
    return RLPReader(bytes[header.payload..<header.end], origin: origin)
  }

  /// Reads a whole item with its header; of a list, the inner items are not looked at.
  public mutating func readRaw() throws(RLPError) -> ArraySlice<UInt8> {
    let header = try header()
    defer { position = header.end }
    return bytes[position..<header.end]
  }

  /// Passes over the next item.
  public mutating func skip() throws(RLPError) { position = try header().end }

  /// Throws unless all items are read.
  public func expectEnd() throws(RLPError) {
    if !isAtEnd { throw RLPError(.trailingBytes, at: offset) }
  }

  private mutating func readInteger(limit: Int) throws(RLPError) -> ArraySlice<UInt8> {
    let start = offset
    let content = try readBytes()
    if content.first == 0 { throw RLPError(.leadingZeros, at: start) }
    if content.count > limit { throw RLPError(.tooLarge, at: start) }
    return content
  }

  private struct Header {
    var isList: Bool
    var payload: Int
    var end: Int
  }

  /// The header at the cursor, checked: canonical, and the item ends within the bytes.
  private func header() throws(RLPError) -> Header {
    guard position < bytes.endIndex else { throw RLPError(.truncated, at: offset) }
    let first = bytes[position]
    if first < 0x80 { return Header(isList: false, payload: position, end: position + 1) }
    let isList = first >= 0xc0
    // 0 to 55 is the length, 56 to 63 tells how many bytes the length takes.
    let shape = Int(first & (isList ? 0x3f : 0x7f))
    let available = bytes.endIndex - position - 1
    if shape < 56 {
      guard shape <= available else { throw RLPError(.truncated, at: offset) }
      if !isList && shape == 1 && bytes[position + 1] < 0x80 {
        throw RLPError(.nonCanonical, at: offset)
      }
      return Header(isList: isList, payload: position + 1, end: position + 1 + shape)
    }
    let width = shape - 55
    guard width <= available else { throw RLPError(.truncated, at: offset) }
    var length: UInt64 = 0
    for byte in bytes[position + 1..<position + 1 + width] { length = length << 8 | UInt64(byte) }
    if bytes[position + 1] == 0 || length < 56 { throw RLPError(.nonCanonical, at: offset) }
    guard length <= UInt64(available - width) else { throw RLPError(.truncated, at: offset) }
    let payload = position + 1 + width
    return Header(isList: isList, payload: payload, end: payload + Int(length))
  }
}
