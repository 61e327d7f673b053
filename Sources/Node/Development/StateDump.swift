// A whole state in anvil's format.

internal import JSON
internal import Ledger
public import Primitives
public import State
internal import Chain

/// All accounts of a state, with the block that it is after. Blocks and transactions are not part of it.
public struct StateDump: Sendable {
  /// The number of the block.
  public var number: UInt64
  /// Its time.
  public var timestamp: UInt64
  /// Who earned its fees.
  public var coinbase: Address = .zero
  /// The gas that it might use.
  public var gasLimit: UInt64
  /// Its base fee.
  public var baseFee: UInt256
  /// Its randomness.
  public var prevRandao: Hash256 = .zero
  /// The accounts, each at most once.
  public var accounts: [AccountAllocation]

  /// The most bytes that a packed dump may have once it is unpacked, unless told otherwise.
  public static let unpackedLimit = 1 << 30

  init(
    number: UInt64, timestamp: UInt64, coinbase: Address, gasLimit: UInt64, baseFee: UInt256,
    prevRandao: Hash256, accounts: [AccountAllocation]
  ) {
    self.number = number
    self.timestamp = timestamp
    self.coinbase = coinbase
    self.gasLimit = gasLimit
    self.baseFee = baseFee
    self.prevRandao = prevRandao
    self.accounts = accounts
  }

  /// Reads JSON, or what anvil_dumpState gives: JSON packed by gzip, also in hex. `source` is what errors name, and
  /// `limit` the most bytes that it may have once it is unpacked: a hundred times as many as it has packed are
  /// soon made.
  public init(
    _ bytes: [UInt8], source: String, limit: Int = unpackedLimit
  ) throws(NodeError) {
    var text = bytes
    if text.starts(with: [0x30, 0x78]) {
      let digits = String(decoding: text, as: UTF8.self).filter { !$0.isWhitespace }
      guard let decoded = try? Hex.decode(digits.dropFirst(2)) else {
        throw NodeError(description: "\(source): it begins as hex and is none")
      }
      text = decoded
    }
    if Gzip.isPacked(text) {
      guard let unpacked = Gzip.unpack(text, limit: limit) else {
        throw NodeError(
          description:
            "\(source): it cannot be unpacked, or to more than \(limit) bytes")
      }
      text = unpacked
    }
    do throws(JSONError) {
      let document = try JSONDocument(
        parsing: text, source: source,
        limits: JSONDocument.Limits(bytes: max(1, text.count)))
      try self.init(document.root)
    } catch {
      throw NodeError(description: error.description)
    }
  }

  private init(_ object: JSONValue) throws(JSONError) {
    accounts = try object.field("accounts").allocations()
    (number, timestamp, gasLimit, baseFee) = (0, 0, 30_000_000, Genesis.initialBaseFee)
    if let block = try object.optionalField("block"), block.kind == .object {
      if let value = try block.optionalField("number") { number = try value.uint64() }
      if let value = try block.optionalField("timestamp") { timestamp = try value.uint64() }
      if let value = try block.optionalField("gas_limit") { gasLimit = try value.uint64() }
      if let value = try block.optionalField("basefee") { baseFee = try value.uint256() }
      for name in ["coinbase", "beneficiary"] {
        if let value = try block.optionalField(name) { coinbase = try value.address() }
      }
      if let value = try block.optionalField("prevrandao"), value.kind != .null {
        prevRandao = try value.hash()
      }
    }
    if let best = try object.optionalField("best_block_number"), best.kind != .null {
      number = try best.uint64()
    }
    // A chain goes on from here.
    for (name, value) in [("number", number), ("timestamp", timestamp)]
    where value > Genesis.latest {
      throw object.unexpected("a block whose \(name) is up to \(Genesis.latest)")
    }
  }

  /// The dump as JSON.
  public func json() -> String {
    var writer = JSONWriter(.compact)
    writer.object { object in
      object.key("block")
      object.object { block in
        block.member("number", number)
        block.member("beneficiary", coinbase)
        block.member("timestamp", timestamp)
        block.member("gas_limit", gasLimit)
        // A number in anvil; a fee that fits none is none that it could read.
        block.member("basefee", baseFee.asUInt64 ?? .max)
        block.member("difficulty", "0x0")
        block.member("prevrandao", prevRandao)
        block.key("blob_excess_gas_and_price")
        block.object { blobs in
          blobs.member("excess_blob_gas", 0)
          blobs.member("blob_gasprice", 1)
        }
      }
      object.key("accounts")
      object.object { list in
        for account in accounts {
          list.key(account.address.hex)
          list.object { account.writeDumped(to: &$0) }
        }
      }
      object.member("best_block_number", number)
      for name in ["blocks", "transactions"] {
        object.key(name)
        object.array { _ in }
      }
      object.key("historical_states")
      object.null()
    }
    return writer.text
  }
}

extension AccountAllocation {
  fileprivate func writeDumped(to object: inout JSONWriter) {
    object.member("nonce", nonce)
    object.member("balance", quantity: balance)
    object.member("code", data: code)
    object.key("storage")
    object.object { slots in
      for (slot, word) in storage.sorted(by: { $0.key < $1.key }) {
        slots.member(Hash256(slot).hex, Hash256(word))
      }
    }
  }
}
