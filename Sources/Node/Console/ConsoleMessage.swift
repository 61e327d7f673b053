// What contracts say through console.log.

internal import Crypto
internal import Primitives

/// Calls of `console.log`, which frameworks for contracts bring: to an address without code, with what is to be
/// said as call data.
enum ConsoleMessage {
  /// Where such calls go: "console.log" in ASCII.
  static let address = Address(truncating: 0x0063_6f6e_736f_6c65_2e6c_6f67)

  /// The most bytes of a message that are shown.
  private static let limit = 4096

  /// A type that can be said.
  private enum Kind {
    case unsigned, signed, bool, address, string, bytes
    case fixedBytes(Int)
  }

  /// The types that follow each selector.
  private static let signatures: [UInt32: [Kind]] = {
    var table: [UInt32: [Kind]] = [:]
    func add(_ name: String, _ types: [(name: String, kind: Kind)]) {
      let signature = "\(name)(\(types.map(\.name).joined(separator: ",")))"
      let selector = Keccak256.hash(Array(signature.utf8)).bytes.prefix(4)
      table[selector.reduce(0) { $0 << 8 | UInt32($1) }] = types.map(\.kind)
    }
    // Early versions hashed the short names of the types of numbers.
    for number in ["uint256", "uint"] {
      let kinds: [(name: String, kind: Kind)] = [
        (number, .unsigned), ("string", .string), ("bool", .bool), ("address", .address),
      ]
      var lists: [[(name: String, kind: Kind)]] = [[]]
      for _ in 0...4 {
        for list in lists { add("log", list) }
        lists = lists.flatMap { list in kinds.map { list + [$0] } }
      }
      add("logUint", [kinds[0]])
    }
    for number in ["int256", "int"] {
      add("log", [(number, .signed)])
      add("logInt", [(number, .signed)])
      add("log", [("string", .string), (number, .signed)])
    }
    add("logString", [("string", .string)])
    add("logBool", [("bool", .bool)])
    add("logAddress", [("address", .address)])
    add("log", [("bytes", .bytes)])
    add("logBytes", [("bytes", .bytes)])
    for count in 1...32 {
      add("log", [("bytes\(count)", .fixedBytes(count))])
      add("logBytes\(count)", [("bytes\(count)", .fixedBytes(count))])
    }
    return table
  }()

  /// Whether call data begins as a message does.
  static func isMessage(_ data: UnsafeRawBufferPointer) -> Bool { kinds(of: data) != nil }

  private static func kinds(of data: UnsafeRawBufferPointer) -> [Kind]? {
    guard data.count >= 4 else { return nil }
    return signatures[UInt32(bigEndian: data.loadUnaligned(as: UInt32.self))]
  }

  /// What call data says; nil where it is no message. No more of the data is read than what is shown.
  static func text(of data: UnsafeRawBufferPointer) -> String? {
    guard let kinds = kinds(of: data) else { return nil }
    let arguments = UnsafeRawBufferPointer(rebasing: data[4...])
    var words: [String] = []
    for (index, kind) in kinds.enumerated() {
      guard let word = text(of: kind, at: 32 * index, in: arguments) else { return nil }
      words.append(word)
    }
    guard case .string? = kinds.first, let format = words.first else {
      return words.joined(separator: " ")
    }
    return filled(format, with: words.dropFirst())
  }

  private static func text(
    of kind: Kind, at place: Int, in data: UnsafeRawBufferPointer
  ) -> String? {
    guard let word = word(at: place, in: data) else { return nil }
    switch kind {
    case .unsigned: return word.decimal
    case .signed:
      let isNegative = word.leadingZeroBitCount == 0
      return isNegative ? "-" + (UInt256.zero &- word).decimal : word.decimal
    case .bool: return word.isZero ? "false" : "true"
    case .address: return Address(truncating: word).checksummed
    case .fixedBytes(let count): return Hex.encode(word.bigEndianBytes.prefix(count))
    case .string: return tail(at: word, in: data).map { String(decoding: $0, as: UTF8.self) }
    case .bytes: return tail(at: word, in: data).map { Hex.encode($0) }
    }
  }

  private static func word(at place: Int, in data: UnsafeRawBufferPointer) -> UInt256? {
    guard place >= 0, data.count >= 32, place <= data.count - 32 else { return nil }
    return UInt256(bigEndian: data[place..<place + 32])
  }

  /// The bytes of what stands behind the words, as many as are shown.
  private static func tail(
    at offset: UInt256, in data: UnsafeRawBufferPointer
  ) -> Slice<UnsafeRawBufferPointer>? {
    guard let start = offset.asUInt64.flatMap({ Int(exactly: $0) }), start <= data.count,
      let count = word(at: start, in: data)?.asUInt64.flatMap({ Int(exactly: $0) }),
      count <= data.count - start - 32
    else { return nil }
    return data[(start + 32)...].prefix(min(count, limit))
  }

  /// A format with what stands for its marks, and the rest behind it.
  private static func filled(_ format: String, with words: ArraySlice<String>) -> String {
    var (text, rest) = ("".unicodeScalars, words)
    var isMark = false
    for scalar in format.unicodeScalars {
      if isMark {
        isMark = false
        if "sdiofx".unicodeScalars.contains(scalar), let word = rest.popFirst() {
          text += word.unicodeScalars
        } else {
          text.append("%")
          if scalar != "%" { text.append(scalar) }
        }
      } else if scalar == "%" {
        isMark = true
      } else {
        text.append(scalar)
      }
    }
    if isMark { text.append("%") }
    return ([String(text)] + rest).joined(separator: " ")
  }
}
