// Methods that sign for the node's accounts, and send for them.

internal import Chain
internal import Crypto
internal import JSON
internal import Ledger
internal import Primitives
internal import State
internal import Synchronization

/// Methods that sign.
struct EthSigning {
  let sending: EthSending
  let unlocked: UnlockedAccounts
  /// Held while a transaction whose nonce the node chooses is on its way into the pool.
  private let choosing = NonceChoice()

  init(sending: EthSending, unlocked: UnlockedAccounts) {
    self.sending = sending
    self.unlocked = unlocked
  }

  private var chain: ChainReader { sending.runner.chain }

  var methods: [String: RPCMethod] {
    [
      "eth_accounts": { (_, writer) throws(RPCError) in
        writer.array { list in for account in unlocked.accounts { list.value(account.address) } }
      },
      "eth_sendTransaction": { (parameters, writer) throws(RPCError) in
        let arguments = try filled(try Self.arguments(parameters))
        writer.value(
          try arguments.nonce != nil
            ? send(arguments)
            : choosing.hold { () throws(RPCError) in try send(arguments) })
      },
      "eth_signTransaction": { (parameters, writer) throws(RPCError) in
        let (transaction, from) = try transaction(try filled(try Self.arguments(parameters)))
        let signed = try Self.signed(transaction, by: try key(of: from))
        writer.value(data: signed.encoded)
      },
      "eth_sign": { (parameters, writer) throws(RPCError) in
        writer.value(data: try sign(try parameters.data(1), by: try parameters.address(0)))
      },
      "personal_sign": { (parameters, writer) throws(RPCError) in
        writer.value(data: try sign(try parameters.data(0), by: try parameters.address(1)))
      },
      "eth_signTypedData": signTypedData, "eth_signTypedData_v3": signTypedData,
      "eth_signTypedData_v4": signTypedData,
    ]
  }

  /// Libraries send the data as an object, wallets as its text.
  private var signTypedData: RPCMethod {
    { (parameters, writer) throws(RPCError) in
      let address = try parameters.address(0)
      let hash = try parameters.required(1) { (value) throws(RPCError) in
        guard let text = value.text else { return try TypedData(value).hash() }
        let document: JSONDocument
        do throws(JSONError) {
          document = try JSONDocument(
            parsing: text.utf8, source: "typed data", limits: JSONDocument.Limits(depth: 64))
        } catch {
          throw .invalidParameters("typed data: \(error.words)")
        }
        return try TypedData(document.root).hash()
      }
      writer.value(data: try sign(hash: hash, by: address))
    }
  }

  // MARK: - Transactions

  private static func arguments(_ parameters: RPCParameters) throws(RPCError) -> CallArguments {
    try parameters.required(0) { (value) throws(RPCError) in try CallArguments(value) }
  }

  private func send(_ arguments: CallArguments) throws(RPCError) -> Hash256 {
    let (transaction, from) = try transaction(arguments)
    if let key = unlocked.key(of: from) {
      return try sending.send(try Self.signed(transaction, by: key).encoded)
    }
    guard unlocked.impersonates(from) else { throw .failed("unknown account") }
    return try sending.send(transaction.stating(sender: from).encoded, allowsStatedSender: true)
  }

  /// What is described, with geth's defaults for what is left out, the nonce aside.
  private func filled(_ arguments: CallArguments) throws(RPCError) -> CallArguments {
    var arguments = arguments
    guard let from = arguments.from else { throw .invalidParameters("a transaction has a from") }
    guard unlocked.key(of: from) != nil || unlocked.impersonates(from) else {
      throw .failed("unknown account")
    }
    if let chainID = arguments.chainID, chainID != chain.rules.chainID {
      throw .failed("chainId doesn't match, have: \(chainID), want: \(chain.rules.chainID)")
    }
    try fillFees(&arguments, after: try chain.existingBlock(.latest).header)
    if arguments.gas == nil {
      let runner = sending.runner
      arguments.gas = try runner.estimate(arguments, in: try runner.scene(.latest))
    }
    return arguments
  }

  /// The transaction of arguments that say all but the nonce, and who is to send it.
  private func transaction(
    _ arguments: CallArguments
  ) throws(RPCError) -> (transaction: Transaction, from: Address) {
    guard let from = arguments.from else { throw .invalidParameters("a transaction has a from") }
    let header = try chain.existingBlock(.latest).header
    let nonce = if let nonce = arguments.nonce { nonce } else { try nextNonce(of: from) }
    var transaction = arguments.transaction(
      gas: arguments.gas ?? 0, nonce: nonce,
      chainID: chain.rules.chainID, baseFee: header.baseFeePerGas ?? .zero)
    transaction.chainID = chain.rules.chainID
    return (transaction, from)
  }

  /// What is paid for gas where that is not said: a gwei for who makes the block, and room for a base fee twice
  /// as high.
  private func fillFees(_ arguments: inout CallArguments, after header: Header) throws(RPCError) {
    let usual = FeeOracle.standard
    guard header.baseFeePerGas != nil else {
      if arguments.maxFeePerGas != nil || arguments.maxPriorityFeePerGas != nil {
        throw .failed("maxFeePerGas and maxPriorityFeePerGas are not valid before London is active")
      }
      if arguments.gasPrice == nil { arguments.gasPrice = usual }
      return
    }
    if arguments.gasPrice != nil { return }
    let tip = arguments.maxPriorityFeePerGas ?? min(usual, arguments.maxFeePerGas ?? usual)
    let most =
      arguments.maxFeePerGas ?? nextBaseFee(after: header) &* UInt256(2 as UInt64) &+ tip
    if most < tip {
      throw .failed(
        "maxFeePerGas (\(most.hex)) < maxPriorityFeePerGas (\(tip.hex))")
    }
    (arguments.maxPriorityFeePerGas, arguments.maxFeePerGas) = (tip, most)
  }

  private func nextBaseFee(after header: Header) -> UInt256 {
    sending.producer?.nextBaseFee(after: header) ?? BaseFee.next(after: header)
  }

  private func nextNonce(of sender: Address) throws(RPCError) -> UInt64 {
    let state = try chain.state(at: .latest)
    let account = try chain.readingState { () throws(StateReadError) in try state.account(sender) }
    return sending.ingest.pool.nextNonce(of: sender, from: account?.nonce ?? 0)
  }

  private static func signed(
    _ transaction: Transaction, by key: UInt256
  ) throws(RPCError) -> Transaction {
    guard let signed = transaction.signed(by: key) else {
      throw .internalError("the key signs nothing")
    }
    return signed
  }

  // MARK: - Messages

  func key(of address: Address) throws(RPCError) -> UInt256 {
    guard let key = unlocked.key(of: address) else { throw .failed("unknown account") }
    return key
  }

  /// Signs a message as wallets do (EIP-191).
  private func sign(_ message: [UInt8], by address: Address) throws(RPCError) -> [UInt8] {
    let prefix = Array("\u{19}Ethereum Signed Message:\n\(message.count)".utf8)
    return try sign(hash: Keccak256.hash(prefix + message), by: address)
  }

  func sign(hash: Hash256, by address: Address) throws(RPCError) -> [UInt8] {
    guard let signature = Secp256k1.sign(hash: hash, privateKey: try key(of: address)) else {
      throw .internalError("the key signs nothing")
    }
    return signature.r.bigEndianBytes + signature.s.bigEndianBytes + [27 + signature.yParity]
  }
}

/// Lets one thread at a time choose a nonce: two that did at once would choose the same.
private final class NonceChoice: Sendable {
  private let lock = Mutex(())

  func hold<Value: Sendable>(
    _ body: () throws(RPCError) -> Value
  ) throws(RPCError) -> Value {
    try lock.withLock { (_) throws(RPCError) in try body() }
  }
}
