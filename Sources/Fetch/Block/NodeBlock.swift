// A block as a node gives it.

internal import EVM
internal import Fixtures
internal import JSON
internal import Ledger
internal import Primitives

/// A block as `eth_getBlockByNumber` gives it, with its transactions.
struct NodeBlock {
  /// Its number.
  let number: UInt64
  /// The text of `block.json`.
  let text: String
  /// The same, parsed; errors name the node.
  let document: JSONDocument
  /// When it was made, in seconds.
  let timestamp: UInt64
  /// Zero after the proof of work.
  let difficulty: UInt256
  /// What decides the price of its blobs; nil before Cancun.
  let excessBlobGas: UInt64?
  /// The gas of its blobs; zero before Cancun.
  let blobGasUsed: UInt64
  /// The hash of the block before.
  let parentHash: Hash256
  /// Who receives the fees.
  let coinbase: Address
  /// The payments from the consensus layer.
  let withdrawals: [Withdrawal]
  /// The hash of each transaction.
  let transactionHashes: [Hash256]
  /// Where transactions put contracts.
  let creations: [Address]

  /// Asks for the block `number`.
  init(_ number: UInt64, of client: NodeClient) throws(FetchError) {
    guard number > 0 else { throw .block(number, .genesis) }
    let method = "eth_getBlockByNumber"
    let answer: JSONValue?
    do throws(RPCError) {
      answer = try client.call(method) {
        $0.value(UInt256(number).hex)
        $0.value(true)
      }
    } catch {
      throw .call(error)
    }
    guard let answer else { throw .block(number, .notFound) }
    let found: UInt64?
    do throws(JSONError) {
      // A pending block has no hash yet, and with some nodes no number.
      let isPending = try answer.optionalField("hash") == nil
      found = isPending ? nil : try answer.optionalField("number")?.uint64()
    } catch {
      throw .answer(error)
    }
    guard let found else { throw .block(number, .pending) }
    guard found == number else { throw .block(number, .other(found)) }
    do throws(JSONError) {
      try self.init(number, answer, source: client.source(method))
    } catch {
      throw .answer(error)
    }
  }

  private init(_ number: UInt64, _ answer: JSONValue, source: String) throws(JSONError) {
    self.number = number
    var writer = JSONWriter()
    try answer.copy(to: &writer)
    text = writer.text
    document = try JSONDocument(parsing: Array(text.utf8), source: source)
    parentHash = try answer.field("parentHash").hash()
    coinbase = try answer.field("miner").address()
    timestamp = try answer.field("timestamp").uint64()
    difficulty = try answer.field("difficulty").uint256()
    excessBlobGas = try answer.optionalField("excessBlobGas")?.uint64()
    blobGasUsed = try answer.optionalField("blobGasUsed")?.uint64() ?? 0
    withdrawals = try answer.optionalField("withdrawals")?.withdrawals() ?? []
    var hashes: [Hash256] = []
    var creations: [Address] = []
    for element in try answer.field("transactions").elements() {
      hashes.append(try element.field("hash").hash())
      guard try element.optionalField("to") == nil else { continue }
      let sender = try element.field("from").address()
      creations.append(.created(by: sender, nonce: try element.field("nonce").uint64()))
    }
    (transactionHashes, self.creations) = (hashes, creations)
  }
}

extension JSONValue {
  /// Writes this value, with all that is in it.
  fileprivate func copy(to writer: inout JSONWriter) throws(JSONError) {
    switch kind {
    case .object:
      try writer.object { writer throws(JSONError) in
        for member in try members() {
          writer.key(member.key.string)
          try member.value.copy(to: &writer)
        }
      }
    case .array:
      try writer.array { writer throws(JSONError) in
        for element in try elements() { try element.copy(to: &writer) }
      }
    case .string: writer.value(try string())
    case .boolean: writer.value(boolean == true)
    case .null: writer.null()
    case .integer, .fraction:
      if let wholeNumber {
        writer.value(wholeNumber)
      } else if let signedNumber {
        writer.value(signedNumber)
      } else {
        throw unexpected("a whole number")
      }
    }
  }
}
