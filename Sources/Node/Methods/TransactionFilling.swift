// What a request leaves out of a transaction, filled in as geth does.

internal import Chain
internal import EVM
internal import Execution
internal import JSON
internal import Ledger
internal import Primitives
internal import State

/// Makes transactions of requests.
struct TransactionFilling {
  let sending: EthSending

  private var chain: ChainReader { sending.runner.chain }

  /// A transaction that nobody has signed.
  struct Filled {
    var arguments: CallArguments
    /// The blobs that belong to it.
    var sidecar: BlobSidecar?

    /// Who is to send it.
    var from: Address { arguments.from ?? .zero }
  }

  /// What a request describes in a block behind the one that is meant, with geth's defaults for what is left out,
  /// the nonce aside.
  func filled(
    _ object: JSONValue, behind selector: BlockSelector = .latest, estimates: Bool = true
  ) throws(RPCError) -> Filled {
    var filled = Filled(arguments: try CallArguments(object))
    if let blobs = try BlobArguments(object) {
      let (sidecar, hashes) = try sending.waits.hold { () throws(RPCError) in
        try blobs.complete(
          filled.arguments.blobVersionedHashes, by: try PoolValidation(chain))
      }
      (filled.sidecar, filled.arguments.blobVersionedHashes) = (sidecar, hashes)
    }
    try Self.check(filled.arguments, chainID: chain.rules.chainID)
    try fillFees(&filled.arguments, after: try chain.existingBlock(selector).header)
    if filled.arguments.gas == nil {
      filled.arguments.gas = try gas(of: filled.arguments, behind: selector, estimates: estimates)
    }
    return filled
  }

  /// The transaction of arguments that say all but the nonce.
  func transaction(
    _ filled: Filled, nonce: UInt64? = nil
  ) throws(RPCError) -> Transaction {
    let arguments = filled.arguments
    let chosen =
      if let nonce = arguments.nonce ?? nonce { nonce } else { try nextNonce(of: filled.from) }
    var transaction = arguments.transaction(
      gas: arguments.gas ?? 0, nonce: chosen, chainID: chain.rules.chainID)
    transaction.chainID = chain.rules.chainID
    return transaction
  }

  private static func check(_ arguments: CallArguments, chainID: UInt64) throws(RPCError) {
    try arguments.check(chainID: chainID)
    if arguments.maxFeePerBlobGas?.isZero == true {
      throw .failed("maxFeePerBlobGas, if specified, must be non-zero")
    }
    if arguments.gasPrice != nil, arguments.authorizations != nil {
      throw .failed("both gasPrice and authorizationList specified")
    }
    if let hashes = arguments.blobVersionedHashes, hashes.isEmpty {
      throw .failed("need at least 1 blob for a blob transaction")
    }
    guard arguments.to == nil else { return }
    if arguments.blobVersionedHashes != nil {
      throw .failed("missing \"to\" in blob transaction")
    }
    if arguments.data?.isEmpty ?? true {
      throw .failed("contract creation without any data provided")
    }
    if arguments.authorizations?.isEmpty == false {
      throw .failed("authorizationList provided for contract creation, but \"to\" field is missing")
    }
  }

  /// What is paid for gas where that is not said: a gwei for who makes the block, and room for base fees twice as
  /// high.
  private func fillFees(_ arguments: inout CallArguments, after header: Header) throws(RPCError) {
    if arguments.blobVersionedHashes != nil, arguments.maxFeePerBlobGas == nil {
      arguments.maxFeePerBlobGas = chain.nextBlobBaseFee(after: header) &* UInt256(2 as UInt64)
    }
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

  /// The gas that a transaction needs; where that cannot be found out and need not be, as much as it may have.
  private func gas(
    of arguments: CallArguments, behind selector: BlockSelector, estimates: Bool
  ) throws(RPCError) -> UInt64 {
    // What waits has been executed by then.
    let scene = try sending.runner.scene(
      selector == .latest ? .pending : selector, isFresh: true)
    do throws(RPCError) {
      return try sending.runner.estimate(arguments, in: scene)
    } catch {
      if estimates { throw error }
      return min(scene.block.gasLimit, scene.rules.gasLimitCap)
    }
  }

  private func nextNonce(of sender: Address) throws(RPCError) -> UInt64 {
    let account = try chain.senderAccount(sender, in: try chain.state(at: .latest))
    return sending.ingest.pool.nextNonce(of: sender, from: account.nonce)
  }
}
