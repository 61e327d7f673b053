// eth_ methods that send a transaction and answer with its receipt.

internal import JSON
internal import Primitives

/// Methods that wait until what they send stands in a block (EIP-7966).
struct EthSendingAndWaiting {
  let sending: EthSending
  /// Who signs for the node's accounts, where it has some.
  var signing: EthSigning?

  /// The names of all that wait.
  static let names: Set<String> = [rawName, ownName]
  private static let rawName = "eth_sendRawTransactionSync"
  private static let ownName = "eth_sendTransactionSync"

  var methods: [String: RPCMethod] {
    let raw = [Self.rawName: sendRaw]
    guard let signing else { return raw }
    return raw.merging([Self.ownName: send(by: signing)]) { first, _ in first }
  }

  private var sendRaw: RPCMethod {
    { (parameters, writer) throws(RPCError) in
      let encoding = try parameters.data(0)
      try send(within: try Self.milliseconds(parameters), to: &writer) { () throws(RPCError) in
        try sending.send(encoding).hash
      }
    }
  }

  private func send(by signing: EthSigning) -> RPCMethod {
    { (parameters, writer) throws(RPCError) in
      // Blobs, which take long, wait in a place of their own.
      let filled = try signing.arguments(parameters)
      try send(within: try Self.milliseconds(parameters), to: &writer) { () throws(RPCError) in
        try signing.send(filled).hash
      }
    }
  }

  private static func milliseconds(_ parameters: RPCParameters) throws(RPCError) -> UInt64? {
    try parameters.optional(1) { (value) throws(RPCError) in try value.rpcNumber() }
  }

  /// Writes the receipt of what `submit` sends, waited for so many milliseconds.
  private func send(
    within milliseconds: UInt64?, to writer: inout JSONWriter,
    _ submit: () throws(RPCError) -> Hash256
  ) throws(RPCError) {
    let limits = sending.waits.limits
    let time: Duration =
      switch milliseconds {
      case nil, 0: .seconds(limits.standardSeconds)
      case let number?:
        min(.milliseconds(Int64(clamping: number)), .seconds(limits.longestSeconds))
      }
    let receipt = try sending.waits.hold { () throws(RPCError) in
      let hash = try submit()
      let receipt = try sending.waits.wait(time) { () throws(RPCError) in
        try sending.runner.chain.receipt(of: hash)
      }
      guard let receipt else { throw RPCError.stillWaiting(hash, after: time) }
      return receipt
    }
    writer.object { receipt.write(to: &$0) }
  }
}

extension RPCError {
  /// A transaction waits in the pool longer than who sent it does.
  fileprivate static func stillWaiting(_ hash: Hash256, after time: Duration) -> RPCError {
    RPCError(
      code: 4,
      message: "The transaction was added to the transaction pool but wasn't processed in "
        + time.goText, data: hash.bytes)
  }
}
