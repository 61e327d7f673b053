// Methods that sign for the node's accounts, and send for them.

internal import Crypto
internal import JSON
internal import Ledger
internal import Primitives
internal import State
internal import Synchronization

/// Methods that sign.
struct EthSigning {
  let filling: TransactionFilling
  let unlocked: UnlockedAccounts
  /// Held while a transaction whose nonce the node chooses is on its way into the pool.
  private let choosing = NonceChoice()

  init(filling: TransactionFilling, unlocked: UnlockedAccounts) {
    self.filling = filling
    self.unlocked = unlocked
  }

  private var sending: EthSending { filling.sending }

  var methods: [String: RPCMethod] {
    [
      "eth_accounts": listAccounts, "eth_requestAccounts": listAccounts,
      "eth_sendTransaction": { (parameters, writer) throws(RPCError) in
        let sent = try send(try arguments(parameters))
        sending.waitForBlock(of: sent)
        writer.value(sent.hash)
      },
      "eth_signTransaction": { (parameters, writer) throws(RPCError) in
        let filled = try arguments(parameters)
        let signed = try Self.signed(
          try filling.transaction(filled), by: try key(of: filled.from))
        writer.value(data: signed.encoded(announcedWith: filled.sidecar))
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

  private var listAccounts: RPCMethod {
    { (_, writer) throws(RPCError) in
      writer.array { list in for account in unlocked.accounts { list.value(account.address) } }
    }
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

  /// What a request describes, of an account that the node may send for, with geth's defaults for what is left out.
  func arguments(
    _ parameters: RPCParameters
  ) throws(RPCError) -> TransactionFilling.Filled {
    try parameters.required(0) { (value) throws(RPCError) in
      let from = try value.rpcMember("from") { (from) throws(RPCError) in try from.rpcAddress() }
      guard let from else {
        throw .invalidParameters("a transaction has a from")
      }
      guard unlocked.key(of: from) != nil || unlocked.impersonates(from) else {
        throw .failed("unknown account")
      }
      return try filling.filled(value)
    }
  }

  /// Sends what a request describes.
  func send(_ filled: TransactionFilling.Filled) throws(RPCError) -> EthSending.Sent {
    if filled.arguments.nonce != nil { return try submit(filled) }
    return try choosing.hold { () throws(RPCError) in try submit(filled) }
  }

  private func submit(
    _ filled: TransactionFilling.Filled
  ) throws(RPCError) -> EthSending.Sent {
    try sending.send(
      try encoded(try filling.transaction(filled), filled), allowsStatedSender: true)
  }

  /// A transaction with its sender's signature, or, where it is sent for somebody without one, a statement.
  func encoded(
    _ transaction: Transaction, _ filled: TransactionFilling.Filled
  ) throws(RPCError) -> [UInt8] {
    let from = filled.from
    let key = unlocked.key(of: from)
    let chain = sending.runner.chain
    let isContract = try chain.senderAccount(from, in: try chain.state(at: .latest)).isContract
    let signed =
      if let key, !isContract {
        try Self.signed(transaction, by: key)
      } else if unlocked.impersonates(from) {
        transaction.stating(sender: from)
      } else {
        throw key == nil ? RPCError.failed("unknown account") : .senderIsContract(from)
      }
    return signed.encoded(announcedWith: filled.sidecar)
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
