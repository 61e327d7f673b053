// The transaction of a state test: one template, from which each case picks data, gas and value.

internal import Crypto
internal import JSON
internal import Ledger
internal import Primitives

/// The transaction of a state test.
struct StateTestTransaction {
  private let template: JSONValue

  /// Which of the alternatives a case picks.
  struct Indexes: Hashable {
    var data = 0
    var gas = 0
    var value = 0

    /// The indexes of a case.
    init(_ value: JSONValue) throws(JSONError) {
      data = try value.field("data").index()
      gas = try value.field("gas").index()
      self.value = try value.field("value").index()
    }
  }

  /// A transaction as a case has it, or why it cannot even be one.
  typealias Built = Result<Transaction, TransactionDecodingError>

  init(_ template: JSONValue) { self.template = template }

  /// Who sends it.
  func sender() throws(JSONError) -> Address {
    if let sender = try template.optionalField("sender") { return try sender.address() }
    let key = try template.field("secretKey")
    guard let address = Secp256k1.address(ofPrivateKey: try key.uint256()) else {
      throw key.unexpected("a private key")
    }
    return address
  }

  /// The transaction with the alternatives at `indexes`, not signed. A quantity beyond its field
  /// makes it one that no encoding could carry.
  func transaction(_ indexes: Indexes) throws(JSONError) -> Built {
    for (name, field, limit) in Self.boundedFields {
      if let value = try template.optionalField(name), Self.exceeds(value, limit) {
        return .failure(TransactionDecodingError(field, .tooLarge, at: 0))
      }
    }
    let gasLimit = try pick("gasLimit", indexes.gas)
    if Self.exceeds(gasLimit, 64) {
      return .failure(TransactionDecodingError(.gasLimit, .tooLarge, at: 0))
    }
    let value = try pick("value", indexes.value)
    if Self.exceeds(value, 256) {
      return .failure(TransactionDecodingError(.value, .tooLarge, at: 0))
    }
    var transaction = Transaction(
      kind: try kind(indexes), chainID: nil, nonce: try template.field("nonce").uint64(),
      maxPriorityFeePerGas: try template.optionalField("maxPriorityFeePerGas")?.uint256(),
      maxFeePerGas: try maxFee(), gasLimit: try gasLimit.uint64(), to: try recipient(),
      value: try value.uint256(), data: try pick("data", indexes.data).bytes())
    if transaction.kind != .legacy { transaction.chainID = 1 }
    try addTypedParts(to: &transaction, indexes)
    return .success(transaction)
  }

  private static let boundedFields: [(String, Transaction.Field, Int)] = [
    ("nonce", .nonce, 64), ("gasPrice", .gasPrice, 256), ("maxFeePerGas", .maxFeePerGas, 256),
    ("maxPriorityFeePerGas", .maxPriorityFeePerGas, 256),
    ("maxFeePerBlobGas", .maxFeePerBlobGas, 256),
  ]

  /// Whether the value is a well-formed quantity with more bits than `bits`.
  private static func exceeds(_ value: JSONValue, _ bits: Int) -> Bool {
    guard let text = value.text else { return false }
    guard let number = text.quantity else { return text.spellsHugeQuantity }
    return number.bitWidth > bits
  }

  private func kind(_ indexes: Indexes) throws(JSONError) -> Transaction.Kind {
    if try template.has("authorizationList") { return .setCode }
    if try template.hasAny("blobVersionedHashes", "maxFeePerBlobGas") { return .blob }
    if try template.hasAny("maxFeePerGas", "maxPriorityFeePerGas") { return .dynamicFee }
    return try accessList(indexes) == nil ? .legacy : .accessList
  }

  private func maxFee() throws(JSONError) -> UInt256 {
    if let fee = try template.optionalField("maxFeePerGas") { return try fee.uint256() }
    return try template.field("gasPrice").uint256()
  }

  private func recipient() throws(JSONError) -> Address? {
    guard let to = try template.optionalField("to") else { return nil }
    if let text = to.text, text.isEmpty || text.string == "0x" { return nil }
    return try to.address()
  }

  /// The alternative of `name` at `index`.
  private func pick(_ name: String, _ index: Int) throws(JSONError) -> JSONValue {
    let list = try template.field(name)
    var position = 0
    for element in try list.elements() {
      if position == index { return element }
      position += 1
    }
    throw list.unexpected("an element at \(index), which a case asks for")
  }

  private func accessList(_ indexes: Indexes) throws(JSONError) -> JSONValue? {
    guard try template.has("accessLists") else { return nil }
    let list = try pick("accessLists", indexes.data)
    return list.kind == .null ? nil : list
  }

  private func addTypedParts(
    to transaction: inout Transaction, _ indexes: Indexes
  ) throws(JSONError) {
    if let list = try accessList(indexes) {
      transaction.accessList = try list.accessList()
    }
    if let fee = try template.optionalField("maxFeePerBlobGas") {
      transaction.maxFeePerBlobGas = try fee.uint256()
    }
    if let hashes = try template.optionalField("blobVersionedHashes") {
      for hash in try hashes.elements() {
        transaction.blobVersionedHashes.append(try hash.hash())
      }
    }
    if let list = try template.optionalField("authorizationList") {
      for element in try list.elements() {
        transaction.authorizations.append(try element.authorization())
      }
    }
  }
}

extension JSONText {
  /// Whether this is `0x`, or `0x:bigint 0x`, and only hex digits, too many for 256 bits.
  fileprivate var spellsHugeQuantity: Bool {
    let digits = string.replacing("0x:bigint ", with: "").dropFirst(2)
    return digits.count > 64 && digits.allSatisfy(\.isHexDigit)
  }
}

extension JSONValue {
  /// The access list of a transaction.
  func accessList() throws(JSONError) -> [AccessListEntry] {
    var entries: [AccessListEntry] = []
    for element in try elements() {
      var entry = AccessListEntry(address: try element.field("address").address())
      for slot in try element.field("storageKeys").elements() {
        entry.slots.append(try slot.uint256())
      }
      entries.append(entry)
    }
    return entries
  }

  /// An authorization of a set-code transaction.
  func authorization() throws(JSONError) -> Authorization {
    let parity = try field(try has("yParity") ? "yParity" : "v")
    return Authorization(
      chainID: try field("chainId").uint256(), address: try field("address").address(),
      nonce: try field("nonce").uint256().clampedToUInt64,
      signature: Signature(
        yParity: UInt8(clamping: try parity.uint256().clampedToUInt64),
        r: try field("r").uint256(), s: try field("s").uint256()))
  }
}
