// Whether a transaction may wait in the pool.

internal import Crypto
internal import Execution
internal import Ledger
internal import Primitives
internal import State
internal import Storage

/// Decides what may wait for a block, by the state at the head.
struct PoolValidation {
  let chain: ChainReader

  /// The most bytes of a transaction without blobs, as in geth.
  private static let sizeLimit = 128 << 10

  /// The transaction with this encoding, if it may wait. Throws in geth's words.
  func check(_ encoding: [UInt8]) throws(RPCError) -> PooledTransaction {
    if encoding.isEmpty { throw .invalidParameters("typed transaction too short") }
    if encoding.count > Self.sizeLimit { throw .failed("oversized data") }
    let transaction: Transaction
    do throws(TransactionDecodingError) {
      transaction = try Transaction(decoding: encoding)
    } catch {
      throw .invalidParameters("\(error)")
    }
    let head = try chain.existingBlock(.latest)
    let fork = try chain.fork(of: head.header)
    guard transaction.kind.firstFork <= fork else {
      throw .failed("transaction type not supported")
    }
    // Blobs come with a sidecar, which this pool does not keep yet.
    if transaction.kind == .blob { throw .failed("transaction type not supported") }
    let sender: Address
    do throws(SignatureError) {
      sender = try transaction.recoverSender(fork: fork, chainID: chain.rules.chainID)
    } catch {
      throw .failed("invalid sender: \(error)")
    }
    try checkGas(of: transaction, fork: fork, limit: head.header.gasLimit)
    try checkAccount(of: sender, for: transaction)
    return PooledTransaction(
      transaction: transaction, hash: Keccak256.hash(encoding), sender: sender, encoding: encoding)
  }

  private func checkGas(
    of transaction: Transaction, fork: Fork, limit: UInt64
  ) throws(RPCError) {
    let rules = TransactionRules(fork)
    if transaction.kind.hasDynamicFee,
      transaction.maxPriorityFeePerGas > transaction.maxFeePerGas
    {
      throw .failed("max priority fee per gas higher than max fee per gas")
    }
    if transaction.gasLimit > limit { throw .failed("exceeds block gas limit") }
    if transaction.gasLimit > rules.gasLimitCap { throw .failed("transaction gas limit too high") }
    if transaction.to == nil, transaction.data.count > rules.initCodeLimit {
      throw .failed("max initcode size exceeded")
    }
    let (intrinsic, floor) = rules.intrinsicGas.cost(of: transaction)
    if transaction.gasLimit < intrinsic { throw .failed("intrinsic gas too low") }
    if transaction.gasLimit < floor {
      throw .failed("insufficient gas for floor data gas cost")
    }
  }

  private func checkAccount(
    of sender: Address, for transaction: Transaction
  ) throws(RPCError) {
    let state = try chain.state(at: .latest)
    let account = try chain.readingState { () throws(StateReadError) in
      try state.account(sender)
    }
    let nonce = account?.nonce ?? 0
    if transaction.nonce < nonce {
      throw .failed(
        "nonce too low: address \(sender.checksummed), tx: \(transaction.nonce) state: \(nonce)")
    }
    if transaction.nonce == .max { throw .failed("nonce has max value") }
    let (fee, overflow) = transaction.maxFeePerGas
      .multipliedReportingOverflow(by: UInt256(transaction.gasLimit))
    let (cost, overflows) = fee.addingReportingOverflow(transaction.value)
    let balance = account?.balance ?? .zero
    if overflow || overflows || cost > balance {
      throw .failed(
        "insufficient funds for gas * price + value: balance \(balance.decimal), tx cost "
          + "\(overflow || overflows ? "over 2^256" : cost.decimal)")
    }
  }
}
