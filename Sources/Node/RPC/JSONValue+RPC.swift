// Values as Ethereum's JSON-RPC writes them: quantities and data in hex.

internal import JSON
internal import Primitives

extension JSONValue {
  /// The text; throws where it is none.
  func rpcText() throws(RPCError) -> String {
    do throws(JSONError) {
      return try string()
    } catch {
      throw .invalidParameters("\(kind.rawValue) where a string should be")
    }
  }

  /// The digits behind `0x`.
  private func hexDigits() throws(RPCError) -> Substring {
    let text = try rpcText()
    if text.isEmpty { throw .invalidParameters("empty hex string") }
    guard text.hasPrefix("0x") || text.hasPrefix("0X") else {
      throw .invalidParameters("hex string without 0x prefix")
    }
    let digits = text.dropFirst(2)
    guard digits.allSatisfy({ $0.isASCII && $0.isHexDigit }) else {
      throw .invalidParameters("invalid hex string")
    }
    return digits
  }

  /// A whole number of up to 256 bits, without leading zeros.
  func rpcWord() throws(RPCError) -> UInt256 {
    let digits = try hexDigits()
    if digits.count > 1 && digits.first == "0" {
      throw .invalidParameters("hex number with leading zero digits")
    }
    return try Self.word(digits)
  }

  private static func word(_ digits: Substring) throws(RPCError) -> UInt256 {
    if digits.isEmpty { throw .invalidParameters("hex string \"0x\"") }
    guard let word = try? UInt256(hex: digits) else {
      throw .invalidParameters("hex number > 256 bits")
    }
    return word
  }

  /// A whole number of up to 64 bits.
  func rpcQuantity() throws(RPCError) -> UInt64 { try Self.quantity(try rpcWord()) }

  private static func quantity(_ word: UInt256) throws(RPCError) -> UInt64 {
    guard let number = word.asUInt64 else { throw .invalidParameters("hex number > 64 bits") }
    return number
  }

  /// A whole number of up to 256 bits as the tools of developers write it: as a number, or the text of one, decimal or
  /// in hex, with leading zeros or without.
  func rpcAnyWord() throws(RPCError) -> UInt256 {
    if let wholeNumber { return UInt256(wholeNumber) }
    if kind == .integer || kind == .fraction {
      throw .invalidParameters("a number from 0 to 2^64-1, or hex digits, where this is neither")
    }
    if let text = text?.string, let word = UInt256(decimal: text) { return word }
    return try Self.word(try hexDigits())
  }

  /// The same of up to 64 bits.
  func rpcNumber() throws(RPCError) -> UInt64 { try Self.quantity(try rpcAnyWord()) }

  /// A whole number of up to 64 bits where geth is not strict: a number, or the text of one, decimal or in hex.
  func rpcHexOrDecimal() throws(RPCError) -> UInt64 {
    if let wholeNumber { return wholeNumber }
    let text = try rpcText()
    if text.isEmpty { return 0 }
    let isHex = text.hasPrefix("0x") || text.hasPrefix("0X")
    let digits = isHex ? text.dropFirst(2) : text[...]
    guard digits.first?.isHexDigit == true, let number = UInt64(digits, radix: isHex ? 16 : 10)
    else {
      throw .invalidParameters("invalid hex or decimal integer \"\(text)\"")
    }
    return number
  }

  /// Bytes.
  func rpcData() throws(RPCError) -> [UInt8] {
    // Most data is what it should be; what is not is looked at again, for the words.
    if let text, text.hasPrefix("0x"), let bytes = text.bytes { return bytes }
    let digits = try hexDigits()
    guard digits.count % 2 == 0 else { throw .invalidParameters("hex string of odd length") }
    do throws(HexError) {
      return try Hex.decode(digits)
    } catch {
      throw .invalidParameters("invalid hex string")
    }
  }

  /// So many bytes.
  private func bytes(_ count: Int, of what: String) throws(RPCError) -> [UInt8] {
    let bytes = try rpcData()
    guard bytes.count == count else {
      throw .invalidParameters(
        "hex string has length \(2 * bytes.count), want \(2 * count) for \(what)")
    }
    return bytes
  }

  /// An address.
  func rpcAddress() throws(RPCError) -> Address {
    guard let address = Address(bytes: try bytes(20, of: "common.Address")) else {
      throw .internalError("an address of 20 bytes")
    }
    return address
  }

  /// A hash.
  func rpcHash() throws(RPCError) -> Hash256 {
    guard let hash = Hash256(bytes: try bytes(32, of: "common.Hash")) else {
      throw .internalError("a hash of 32 bytes")
    }
    return hash
  }

  /// The key of a slot: up to 32 bytes, without regard to leading zeros.
  func rpcSlot() throws(RPCError) -> UInt256 {
    let text = try rpcText()
    let digits = text.hasPrefix("0x") || text.hasPrefix("0X") ? text.dropFirst(2) : text[...]
    if digits.count > 64 {
      throw .invalidParameters("storage key too long (want at most 32 bytes): \"\(text)\"")
    }
    guard let word = try? UInt256(hex: digits.isEmpty ? "0" : digits) else {
      throw .invalidParameters("invalid hex string: \"\(text)\"")
    }
    return word
  }

  /// A truth value.
  func rpcFlag() throws(RPCError) -> Bool {
    guard let flag = boolean else {
      throw .invalidParameters("\(kind.rawValue) where true or false should be")
    }
    return flag
  }

  /// The member of an object; nil where there is none, or null.
  func rpcMember(_ name: String) throws(RPCError) -> JSONValue? {
    do throws(JSONError) {
      guard let member = try optionalField(name), member.kind != .null else { return nil }
      return member
    } catch {
      throw .invalidParameters(error.words)
    }
  }

  /// The member of an object, read by `read`; nil where there is none.
  func rpcMember<Value>(
    _ name: String, _ read: (JSONValue) throws(RPCError) -> Value
  ) throws(RPCError) -> Value? {
    guard let member = try rpcMember(name) else { return nil }
    do throws(RPCError) {
      return try read(member)
    } catch {
      throw error.code == -32602 ? .invalidParameters("\(name): \(error.message)") : error
    }
  }

  /// The elements of an array, at most `limit`, read by `read`.
  func rpcList<Value>(
    atMost limit: Int = .max, _ read: (JSONValue) throws(RPCError) -> Value
  ) throws(RPCError) -> [Value] {
    let elements: JSONElements
    do throws(JSONError) {
      elements = try self.elements()
    } catch {
      throw .invalidParameters("\(kind.rawValue) where an array should be")
    }
    var values: [Value] = []
    for element in elements {
      if values.count == limit { throw .invalidParameters("more than \(limit) elements") }
      values.append(try read(element))
    }
    return values
  }
}

extension JSONError {
  /// What was wrong, without the name of the document.
  var words: String {
    switch problem {
    case .malformed(let reason): reason
    case .tooLarge(let bytes, let limit): "\(bytes) bytes, the limit is \(limit)"
    case .tooDeep(let limit): "nested deeper than \(limit) levels"
    case .missing: "a member is missing"
    case .duplicate: "a member stands there more than once"
    case .unexpected(let expected, let found): "expected \(expected), found \(found)"
    }
  }
}
