// eth_ methods that send transactions.

internal import Chain
internal import Crypto
internal import JSON
internal import Ledger
internal import Primitives
internal import State
internal import Storage
internal import Synchronization

/// Methods that send transactions.
struct EthSending {
  let runner: CallRunner
  let ingest: TransactionIngest
  let producer: BlockProducer
  /// Those that are signed for.
  let accounts: [DevelopmentAccount]

  /// Held while a transaction whose nonce the node chooses is on its way into the pool.
  private let choosing = NonceChoice()

  private var chain: ChainReader { runner.chain }

  init(
    runner: CallRunner, ingest: TransactionIngest, producer: BlockProducer,
    accounts: [DevelopmentAccount]
  ) {
    self.runner = runner
    self.ingest = ingest
    self.producer = producer
    self.accounts = accounts
  }

  var methods: [String: RPCMethod] {
    [
      "eth_sendRawTransaction": { (parameters, writer) throws(RPCError) in
        writer.value(try send([try parameters.data(0)])[0].get())
      },
      "eth_sendTransaction": { (parameters, writer) throws(RPCError) in
        let arguments = try parameters.required(0) { (value) throws(RPCError) in
          try CallArguments(value)
        }
        writer.value(try sendSigned(arguments))
      },
      "eth_signTransaction": { (parameters, writer) throws(RPCError) in
        let arguments = try parameters.required(0) { (value) throws(RPCError) in
          try CallArguments(value)
        }
        writer.value(data: try signed(arguments).encoded)
      },
      "eth_accounts": { (_, writer) throws(RPCError) in
        writer.array { list in for account in accounts { list.value(account.address) } }
      },
      "eth_sign": { (parameters, writer) throws(RPCError) in
        writer.value(data: try sign(try parameters.data(1), by: try parameters.address(0)))
      },
      "personal_sign": { (parameters, writer) throws(RPCError) in
        writer.value(data: try sign(try parameters.data(0), by: try parameters.address(1)))
      },
    ]
  }

  /// Methods that answer many requests of a batch at once.
  var batchMethods: [String: RPCBatchMethod] {
    [
      "eth_sendRawTransaction": { calls in
        var encodings: [[UInt8]] = []
        let read: [Result<Int, RPCError>] = calls.map { parameters in
          Result { () throws(RPCError) in
            encodings.append(try parameters.data(0))
            return encodings.count - 1
          }
        }
        let outcomes = send(encodings)
        return read.map { place in
          place.flatMap { outcomes[$0] }.map { "\"\($0.hex)\"" }
        }
      }
    ]
  }

  private func send(_ encodings: [[UInt8]]) -> [TransactionIngest.Outcome] {
    let outcomes = ingest.add(encodings)
    producer.notice()
    return outcomes
  }

  private func sendSigned(_ arguments: CallArguments) throws(RPCError) -> Hash256 {
    if arguments.nonce != nil { return try send([try signed(arguments).encoded])[0].get() }
    return try choosing.hold { () throws(RPCError) in
      try send([try signed(arguments).encoded])[0].get()
    }
  }

  /// The transaction that is described, signed by its sender, who must be one of ours.
  private func signed(_ arguments: CallArguments) throws(RPCError) -> Transaction {
    var arguments = arguments
    guard let from = arguments.from else { throw .invalidParameters("a transaction has a from") }
    let key = try key(of: from)
    if let chainID = arguments.chainID, chainID != chain.rules.chainID {
      throw .failed("chainId doesn't match, have: \(chainID), want: \(chain.rules.chainID)")
    }
    let header = try chain.existingBlock(.latest).header
    if !arguments.hasFee, header.baseFeePerGas != nil {
      let tip = UInt256(1_000_000_000 as UInt64)
      arguments.maxPriorityFeePerGas = tip
      arguments.maxFeePerGas = BaseFee.next(after: header) &* UInt256(2) &+ tip
    }
    if arguments.nonce == nil { arguments.nonce = try nextNonce(of: from) }
    if arguments.gas == nil {
      arguments.gas = try runner.estimate(arguments, in: try runner.scene(.latest))
    }
    var draft = arguments.transaction(
      gas: arguments.gas ?? 0, nonce: arguments.nonce ?? 0, chainID: chain.rules.chainID,
      baseFee: header.baseFeePerGas ?? .zero)
    draft.chainID = chain.rules.chainID
    guard let signed = draft.signed(by: key) else { throw .internalError("the key signs nothing") }
    return signed
  }

  private func key(of address: Address) throws(RPCError) -> UInt256 {
    guard let account = accounts.first(where: { $0.address == address }) else {
      throw .failed("unknown account")
    }
    return account.privateKey
  }

  private func nextNonce(of sender: Address) throws(RPCError) -> UInt64 {
    let state = try chain.state(at: .latest)
    let account = try chain.readingState { () throws(StateReadError) in try state.account(sender) }
    return ingest.pool.nextNonce(of: sender, from: account?.nonce ?? 0)
  }

  /// Signs a message as wallets do (EIP-191).
  private func sign(_ message: [UInt8], by address: Address) throws(RPCError) -> [UInt8] {
    let key = try key(of: address)
    let prefix = Array("\u{19}Ethereum Signed Message:\n\(message.count)".utf8)
    guard let signature = Secp256k1.sign(hash: Keccak256.hash(prefix + message), privateKey: key)
    else { throw .internalError("the key signs nothing") }
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
