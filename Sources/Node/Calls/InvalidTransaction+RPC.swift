// Why a transaction is refused, in geth's words and numbers.

internal import Crypto
internal import Execution
internal import Ledger
internal import Primitives

extension RPCError {
  /// Why a call could not be executed. `balance` is what the sender has, `sentence` what stands around the words
  /// for what is wrong with the transaction.
  static func of(
    _ error: ExecutionError, _ transaction: Transaction, from sender: Address, balance: UInt256,
    _ deadline: CallDeadline, _ sentence: (String) -> String
  ) -> RPCError {
    switch error {
    case .invalid(let reason):
      return .failed(sentence(reason.words(about: transaction, from: sender, balance: balance)))
    case .stopped: return deadline.error
    case .state, .memoryLimit: return .failed("\(error)")
    }
  }
}

extension InvalidTransaction {
  /// What geth says of it.
  func words(about transaction: Transaction, from sender: Address, balance: UInt256) -> String {
    let address = "address \(sender.checksummed)"
    switch self {
    case .nonceTooLow(let expected):
      return "nonce too low: \(address), tx: \(transaction.nonce) state: \(expected)"
    case .nonceTooHigh(let expected):
      return "nonce too high: \(address), tx: \(transaction.nonce) state: \(expected)"
    case .nonceIsMax: return "nonce has max value: \(address), nonce: \(transaction.nonce)"
    case .insufficientFunds:
      return "insufficient funds for gas * price + value: \(address) have \(balance.decimal) want "
        + (transaction.mostSpent.map(\.decimal) ?? "more than 256 bits")
    case .senderHasCode: return "sender not an eoa: \(address)"
    case .gasLimitBelowIntrinsic(let intrinsic):
      return "intrinsic gas too low: have \(transaction.gasLimit), want \(intrinsic)"
    case .gasLimitBelowFloor(let floor):
      return "insufficient gas for floor data gas cost: have \(transaction.gasLimit), want \(floor)"
    case .gasLimitAboveCap(let cap):
      return "transaction gas limit too high (cap: \(cap), tx: \(transaction.gasLimit))"
    case .gasLimitAboveBlock: return "gas limit reached"
    case .initCodeTooLarge(let limit):
      return "max initcode size exceeded: code size \(transaction.data.count) limit \(limit)"
    case .priorityFeeAboveMaxFee:
      return "max priority fee per gas higher than max fee per gas: \(address), "
        + "maxPriorityFeePerGas: \(transaction.maxPriorityFeePerGas.decimal), maxFeePerGas: "
        + transaction.maxFeePerGas.decimal
    case .maxFeeBelowBaseFee(let baseFee):
      return "max fee per gas less than block base fee: \(address), maxFeePerGas: "
        + "\(transaction.maxFeePerGas.decimal), baseFee: \(baseFee.decimal)"
    case .maxFeePerBlobGasBelowBaseFee(let baseFee):
      return "max fee per blob gas less than block blob gas fee: \(address) blobGasFeeCap: "
        + "\(transaction.maxFeePerBlobGas.decimal), blobBaseFee: \(baseFee.decimal)"
    case .noBlobs: return "blob transaction missing blob hashes"
    case .creationNotAllowed:
      return "transaction of type \(transaction.kind.rawValue) cannot create contracts"
    case .noAuthorizations:
      return "EIP-7702 transaction with empty auth list (sender \(sender.checksummed))"
    case .typeNotSupported: return "transaction type not supported"
    default: return message(about: transaction)
    }
  }

  /// The code that eth_simulateV1 gives it.
  var simulationCode: Int {
    switch self {
    case .nonceTooLow: -38010
    case .nonceTooHigh: -38011
    case .maxFeeBelowBaseFee: -38012
    case .gasLimitBelowIntrinsic, .gasLimitBelowFloor: -38013
    case .insufficientFunds: -38014
    case .gasLimitAboveBlock: -38015
    case .initCodeTooLarge: -38025
    case .priorityFeeAboveMaxFee: -32602
    default: -32603
    }
  }
}

extension Transaction {
  /// The most that it may cost its sender; nil beyond 256 bits.
  fileprivate var mostSpent: UInt256? {
    let (fee, feeOverflows) = maxFeePerGas.multipliedReportingOverflow(by: UInt256(gasLimit))
    let blobGas = UInt256(BlobGas.gas(ofBlobs: UInt64(blobVersionedHashes.count)))
    let (blobFee, blobOverflows) = maxFeePerBlobGas.multipliedReportingOverflow(by: blobGas)
    let (gasCost, gasOverflows) = fee.addingReportingOverflow(kind == .blob ? blobFee : .zero)
    let (sum, overflows) = gasCost.addingReportingOverflow(value)
    return feeOverflows || blobOverflows || gasOverflows || overflows ? nil : sum
  }
}
