// Refusals in words.

public import Ledger

extension InvalidTransaction: CustomStringConvertible {
  /// The rule that was broken, for people.
  public var description: String { message(about: nil) }

  /// The rule that was broken and what of `transaction` broke it, for people.
  public func message(about transaction: Transaction?) -> String {
    func given(_ value: (Transaction) -> any CustomStringConvertible) -> String {
      transaction.map { " \(value($0))" } ?? ""
    }
    switch self {
    case .typeNotSupported(let kind): return "the fork has no transactions of type \(kind.rawValue)"
    case .wrongChain(let id): return "it is signed for chain \(id)"
    case .invalidSignature(let error): return "\(error)"
    case .creationNotAllowed(let kind):
      return "transactions of type \(kind.rawValue) cannot create contracts"
    case .initCodeTooLarge(let limit):
      return "init code\(given { "of \($0.data.count) bytes" }) is longer than \(limit) bytes"
    case .noAuthorizations: return "there are no authorizations"
    case .gasLimitBelowIntrinsic(let intrinsic):
      return "gas limit\(given { $0.gasLimit }) is below the intrinsic gas \(intrinsic)"
    case .gasLimitBelowFloor(let floor):
      return "gas limit\(given { $0.gasLimit }) is below the floor \(floor) that the data sets"
    case .gasLimitAboveCap(let cap):
      return "gas limit\(given { $0.gasLimit }) is above the cap \(cap) of a transaction"
    case .gasLimitAboveBlock(let available):
      return "gas limit\(given { $0.gasLimit }) is above the \(available) that the block has left"
    default: return feeOrSenderMessage(given)
    }
  }

  private func feeOrSenderMessage(
    _ given: ((Transaction) -> any CustomStringConvertible) -> String
  ) -> String {
    switch self {
    case .priorityFeeAboveMaxFee:
      return "priority fee\(given { $0.maxPriorityFeePerGas }) is above the max fee"
        + given { $0.maxFeePerGas }
    case .maxFeeBelowBaseFee(let baseFee):
      return "max fee\(given { $0.maxFeePerGas }) is below the base fee \(baseFee)"
    case .noBlobs: return "there are no blobs"
    case .tooManyBlobs(let limit):
      return "there are more blobs\(given { "(\($0.blobVersionedHashes.count))" }) than \(limit)"
    case .unknownBlobVersion(let hash): return "the blob hash \(hash) has an unknown version"
    case .blobGasAboveBlock(let available):
      return "the blobs need more than the \(available) blob gas that the block has left"
    case .maxFeePerBlobGasBelowBaseFee(let blobBaseFee):
      return "max fee per blob gas\(given { $0.maxFeePerBlobGas }) is below the blob base fee "
        + "\(blobBaseFee)"
    case .nonceTooLow(let expected):
      return "nonce\(given { $0.nonce }) is too low, the sender's is \(expected)"
    case .nonceTooHigh(let expected):
      return "nonce\(given { $0.nonce }) is too high, the sender's is \(expected)"
    case .nonceIsMax: return "the nonce is 2^64 - 1, after which none could follow"
    case .insufficientFunds: return "the sender cannot pay for gas, blobs and value together"
    case .senderHasCode: return "the sender has code that is no delegation"
    default: return "it is refused"
    }
  }
}

extension ExecutionError: CustomStringConvertible {
  /// Why, for people.
  public var description: String { message(about: nil) }

  /// Why `transaction` was not executed, for people.
  public func message(about transaction: Transaction?) -> String {
    switch self {
    case .invalid(let reason): reason.message(about: transaction)
    case .state(let error): "\(error)"
    case .memoryLimit: "it needs more EVM memory than it may take; the limit can be raised"
    case .stopped: "the execution was to end before it"
    }
  }
}

extension BlockExecutionError: CustomStringConvertible {
  /// What could not be executed and why, for people.
  public var description: String {
    switch self {
    case .transaction(let index, let error): "transaction \(index): \(error)"
    case .systemCall(let error): "a call of the protocol: \(error)"
    case .payments(let error): "withdrawals and rewards: \(error)"
    case .balanceOverflow(let address):
      "a withdrawal or reward takes the balance of \(address) beyond 2^256 - 1"
    case .systemContractMissing(let address): "the system contract \(address) has no code"
    case .systemCallFailed(let address): "the call of the system contract \(address) failed"
    case .malformedDeposit(let index): "transaction \(index): a deposit event is malformed"
    }
  }
}
