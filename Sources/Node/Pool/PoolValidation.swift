// Whether a transaction may wait in the pool.

internal import Crypto
internal import Execution
internal import Ledger
internal import Primitives

/// What can be said of a transaction without its sender's account, by the rules of the head, as in geth.
struct PoolValidation {
  let fork: Fork
  let rules: TransactionRules
  let chainID: UInt64
  /// The gas that a block may use.
  let gasLimit: UInt64
  let blobs: BlobParameters?

  /// The most bytes of a transaction without blobs, as in geth.
  static let sizeLimit = 128 << 10
  /// The most bytes of one with its blobs, as they are sent.
  private static let blobSizeLimit = 1 << 20

  /// The rules of the head of `chain`; `gasLimit` where the next block has another than the head.
  init(_ chain: ChainReader, gasLimit: UInt64? = nil) throws(RPCError) {
    let head = try chain.existingBlock(.latest)
    fork = try chain.fork(of: head.header)
    blobs = chain.rules.blobParameters(
      block: head.number, timestamp: head.header.timestamp)
    rules = TransactionRules(fork, blobs: blobs)
    chainID = chain.rules.chainID
    self.gasLimit = gasLimit ?? head.header.gasLimit
  }

  /// The transaction with this encoding, and its blobs. Throws in geth's words.
  func decode(
    _ encoding: [UInt8]
  ) throws(RPCError) -> (transaction: Transaction, sidecar: BlobSidecar?) {
    guard let first = encoding.first else { throw .failed("typed transaction too short") }
    let limit =
      first == Transaction.Kind.blob.rawValue
      ? Self.sizeLimit + Self.blobSizeLimit * 3 : Self.sizeLimit
    if encoding.count > limit {
      throw .failed("oversized data: transaction size \(encoding.count), limit \(limit)")
    }
    do throws(TransactionDecodingError) {
      return try Transaction.decode(pooled: encoding)
    } catch  where error.fault == .unsupportedType {
      throw .failed("transaction type not supported")
    } catch {
      throw .failed("\(error)")
    }
  }

  /// Checks all but the signature and the account.
  func check(_ transaction: Transaction, _ sidecar: BlobSidecar?) throws(RPCError) {
    guard transaction.kind.firstFork <= fork else {
      throw .failed(
        "transaction type not supported: type \(transaction.kind.rawValue) rejected, pool not yet "
          + "in \(transaction.kind.firstFork.name)")
    }
    if transaction.nonce == .max { throw .failed("nonce has max value") }
    if transaction.kind.hasDynamicFee,
      transaction.maxPriorityFeePerGas > transaction.maxFeePerGas
    {
      throw .failed(
        "max priority fee per gas higher than max fee per gas: maxPriorityFeePerGas: "
          + "\(transaction.maxPriorityFeePerGas.decimal), maxFeePerGas: "
          + transaction.maxFeePerGas.decimal)
    }
    try checkGas(of: transaction)
    if transaction.kind == .setCode {
      if transaction.authorizations.isEmpty {
        throw .failed("set code tx must have at least one authorization tuple")
      }
      if transaction.to == nil { throw .failed("input string too short for common.Address") }
    }
    if transaction.kind == .blob { try checkBlobs(of: transaction, sidecar) }
  }

  private func checkGas(of transaction: Transaction) throws(RPCError) {
    if transaction.gasLimit > gasLimit { throw .failed("exceeds block gas limit") }
    if transaction.gasLimit > rules.gasLimitCap {
      throw .failed(
        "transaction gas limit too high (cap: \(rules.gasLimitCap), tx: \(transaction.gasLimit))")
    }
    if transaction.to == nil, transaction.data.count > rules.initCodeLimit {
      throw .failed(
        "max initcode size exceeded: code size \(transaction.data.count), limit "
          + "\(rules.initCodeLimit)")
    }
    let (intrinsic, floor) = rules.intrinsicGas.cost(of: transaction)
    if transaction.gasLimit < intrinsic {
      throw .failed(
        "intrinsic gas too low: gas \(transaction.gasLimit), minimum needed \(intrinsic)")
    }
    if transaction.gasLimit < floor {
      throw .failed(
        "insufficient gas for floor data gas cost: gas \(transaction.gasLimit), minimum needed "
          + "\(floor)")
    }
  }
}
