// Structured data that accounts sign (EIP-712).

internal import Crypto
internal import JSON
internal import Primitives

/// Structured data with its types. What is hashed can only be as deep as the request's JSON, so types may refer to
/// themselves; how long their descriptions may be is limited.
struct TypedData {
  /// A member of a struct.
  private struct Member {
    let name: String
    let type: String
  }

  /// The most types, and the most bytes that all their names and members have together.
  private static let (typeLimit, textLimit) = (1000, 64 << 10)
  private static let domainType = "EIP712Domain"

  private var types: [String: [Member]] = [:]
  private var typeHashes: [String: Hash256] = [:]
  private let primaryType: String
  private let domain: JSONValue
  private let message: JSONValue

  /// Reads `{types, primaryType, domain, message}`.
  init(_ object: JSONValue) throws(RPCError) {
    guard object.kind == .object, let types = try object.rpcMember("types"),
      let primary = try object.rpcMember("primaryType"),
      let domain = try object.rpcMember("domain"), let message = try object.rpcMember("message")
    else {
      throw .invalidParameters("typed data has types, primaryType, domain and message")
    }
    primaryType = try primary.rpcText()
    (self.domain, self.message) = (domain, message)
    try readTypes(types)
    if self.types[Self.domainType] == nil { self.types[Self.domainType] = try domainMembers() }
    guard self.types[primaryType] != nil else {
      throw Self.wrong("there is no type \(primaryType)")
    }
    for (name, type) in self.types.sorted(by: { $0.key < $1.key }) {
      let bases = Set(type.map { Self.base(of: $0.type) }).subtracting(self.types.keys)
      for base in bases where ElementaryType(base) == nil {
        throw Self.wrong("\(name) has a member of the type \(base), which there is not")
      }
      typeHashes[name] = Keccak256.hash(Array(encodedType(name).utf8))
    }
  }

  /// What is signed.
  func hash() throws(RPCError) -> Hash256 {
    var text: [UInt8] = [0x19, 0x01]
    text += try hash(of: domain, as: Self.domainType).bytes
    if primaryType != Self.domainType { text += try hash(of: message, as: primaryType).bytes }
    return Keccak256.hash(text)
  }

  // MARK: - Types

  private mutating func readTypes(_ object: JSONValue) throws(RPCError) {
    guard let entries = try? object.members() else { throw Self.wrong("types are no object") }
    var size = 0
    for entry in entries {
      let name = entry.key.string
      guard types.count < Self.typeLimit else {
        throw Self.wrong("there are more than \(Self.typeLimit) types")
      }
      guard Self.isName(name), ElementaryType(name) == nil, types[name] == nil else {
        throw Self.wrong("\(name.prefix(80)) is no name of a type, or one that is there already")
      }
      size += name.utf8.count
      var members: [Member] = []
      var names: Set<String> = []
      for value in try entry.value.rpcList({ (value) throws(RPCError) in value }) {
        guard let name = try value.rpcMember("name")?.rpcText(),
          let type = try value.rpcMember("type")?.rpcText()
        else { throw Self.wrong("a member of a type has a name and a type") }
        size += name.utf8.count + type.utf8.count
        guard size <= Self.textLimit else {
          throw Self.wrong("the types are described in more than \(Self.textLimit) bytes")
        }
        guard names.insert(name).inserted else {
          throw Self.wrong("a type has two members \(name)")
        }
        members.append(Member(name: name, type: type))
      }
      types[name] = members
    }
  }

  /// Where the type of the domain is left out, it has what the domain has, in the order of the EIP.
  private func domainMembers() throws(RPCError) -> [Member] {
    var members: [Member] = []
    for (name, type) in [
      ("name", "string"), ("version", "string"), ("chainId", "uint256"),
      ("verifyingContract", "address"), ("salt", "bytes32"),
    ] where try domain.rpcMember(name) != nil {
      members.append(Member(name: name, type: type))
    }
    return members
  }

  private static func isName(_ text: String) -> Bool {
    text.utf8.first.map { !(0x30...0x39).contains($0) } == true
      && text.utf8.allSatisfy {
        $0 == 0x5f || $0 == 0x24 || (0x30...0x39).contains($0) || (0x41...0x5a).contains($0)
          || (0x61...0x7a).contains($0)
      }
  }

  /// A type without its brackets.
  private static func base(of type: String) -> String {
    String(type.prefix { $0 != "[" })
  }

  /// `Mail(Person from,string contents)Person(string name)`: the type, and all that it refers to in the order
  /// of their names.
  private func encodedType(_ name: String) -> String {
    var found: Set<String> = [name]
    var rest = [name]
    while let next = rest.popLast() {
      for member in types[next] ?? [] {
        let base = Self.base(of: member.type)
        if types[base] != nil, found.insert(base).inserted { rest.append(base) }
      }
    }
    found.remove(name)
    return ([name] + found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }).map { name in
      let members = (types[name] ?? []).map { "\($0.type) \($0.name)" }
      return "\(name)(\(members.joined(separator: ",")))"
    }.joined()
  }

  // MARK: - Values

  private func hash(of value: JSONValue, as type: String) throws(RPCError) -> Hash256 {
    guard let members = types[type], let typeHash = typeHashes[type] else {
      throw Self.wrong("there is no type \(type)")
    }
    guard value.kind == .object, let given = try? value.members() else {
      throw Self.wrong("\(value.kind.rawValue) where a \(type) should be")
    }
    var values: [String: JSONValue] = [:]
    for member in given {
      guard values.updateValue(member.value, forKey: member.key.string) == nil else {
        throw Self.wrong("a \(type) has two members \(member.key.string)")
      }
    }
    var text = typeHash.bytes
    for member in members {
      guard let value = values.removeValue(forKey: member.name) else {
        throw Self.wrong("a \(type) has no \(member.name)")
      }
      text += try word(of: value, as: member.type).bytes
    }
    if let extra = values.keys.min() {
      throw Self.wrong("a \(type) has \(extra), which its type does not")
    }
    return Keccak256.hash(text)
  }

  /// The 32 bytes that stand for a value.
  private func word(of value: JSONValue, as type: String) throws(RPCError) -> Hash256 {
    if type.hasSuffix("]") {
      guard let open = type.lastIndex(of: "[") else { throw Self.wrong("\(type) is no type") }
      return try hash(
        of: value, asArrayOf: String(type[..<open]),
        count: String(type[type.index(after: open)...].dropLast()))
    }
    if types[type] != nil {
      // What refers to itself comes to an end somewhere.
      return value.kind == .null ? .zero : try hash(of: value, as: type)
    }
    guard let elementary = ElementaryType(type) else { throw Self.wrong("\(type) is no type") }
    return try elementary.word(of: value)
  }

  private func hash(
    of value: JSONValue, asArrayOf type: String, count: String
  ) throws(RPCError) -> Hash256 {
    var text: [UInt8] = []
    for element in try value.rpcList({ (value) throws(RPCError) in value }) {
      text += try word(of: element, as: type).bytes
    }
    if !count.isEmpty {
      guard let wanted = Int(count), wanted >= 0, text.count / 32 == wanted else {
        throw Self.wrong("\(text.count / 32) elements where \(type)[\(count)] should be")
      }
    }
    return Keccak256.hash(text)
  }

  private static func wrong(_ what: String) -> RPCError {
    .invalidParameters("typed data: \(what)")
  }
}

/// A type of Solidity that refers to no other.
private enum ElementaryType {
  case address
  case bool
  case string
  case bytes
  case fixedBytes(Int)
  case unsigned(bits: Int)
  case signed(bits: Int)

  init?(_ name: String) {
    switch name {
    case "address": self = .address
    case "bool": self = .bool
    case "string": self = .string
    case "bytes": self = .bytes
    case "uint": self = .unsigned(bits: 256)
    case "int": self = .signed(bits: 256)
    default:
      func size(_ prefix: String) -> Int? {
        guard name.hasPrefix(prefix), let size = Int(name.dropFirst(prefix.count)),
          name == "\(prefix)\(size)"
        else { return nil }
        return size
      }
      if let size = size("bytes"), (1...32).contains(size) {
        self = .fixedBytes(size)
      } else if let bits = size("uint"), bits % 8 == 0, (8...256).contains(bits) {
        self = .unsigned(bits: bits)
      } else if let bits = size("int"), bits % 8 == 0, (8...256).contains(bits) {
        self = .signed(bits: bits)
      } else {
        return nil
      }
    }
  }

  func word(of value: JSONValue) throws(RPCError) -> Hash256 {
    switch self {
    case .address: return Hash256(try value.rpcAddress().word)
    case .bool: return Hash256(try value.rpcFlag() ? UInt256(1) : .zero)
    case .string: return Keccak256.hash(Array(try value.rpcText().utf8))
    case .bytes: return Keccak256.hash(try value.rpcData())
    case .fixedBytes(let count):
      let bytes = try value.rpcData()
      guard bytes.count == count else {
        throw .invalidParameters("typed data: \(bytes.count) bytes where bytes\(count) should be")
      }
      return Hash256(
        UInt256(bigEndian: bytes + [UInt8](repeating: 0, count: 32 - count)) ?? .zero)
    case .unsigned(let bits):
      let (magnitude, isNegative) = try Self.integer(value)
      guard !isNegative, magnitude.bitWidth <= bits else { throw Self.outOfRange("uint\(bits)") }
      return Hash256(magnitude)
    case .signed(let bits):
      let (magnitude, isNegative) = try Self.integer(value)
      let least = UInt256(1) << UInt256(UInt64(bits - 1))
      guard isNegative ? magnitude <= least : magnitude < least else {
        throw Self.outOfRange("int\(bits)")
      }
      return Hash256(isNegative ? UInt256.zero &- magnitude : magnitude)
    }
  }

  private static func outOfRange(_ type: String) -> RPCError {
    .invalidParameters("typed data: a number that is no \(type)")
  }

  /// A whole number: as such, in decimal digits or in hex.
  private static func integer(
    _ value: JSONValue
  ) throws(RPCError) -> (magnitude: UInt256, isNegative: Bool) {
    if let number = value.wholeNumber { return (UInt256(number), false) }
    if let number = value.signedNumber { return (UInt256(number.magnitude), number < 0) }
    let text = try value.rpcText()
    let isNegative = text.hasPrefix("-")
    let digits = isNegative ? text.dropFirst() : text[...]
    let magnitude =
      digits.hasPrefix("0x") || digits.hasPrefix("0X")
      ? try? UInt256(hex: digits.dropFirst(2)) : UInt256(decimal: digits)
    guard let magnitude else {
      throw .invalidParameters("typed data: \(text.prefix(80)) is no whole number below 2^256")
    }
    return (magnitude, isNegative && !magnitude.isZero)
  }
}
