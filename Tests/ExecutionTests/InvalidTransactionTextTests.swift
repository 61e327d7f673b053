// Refusals in words: no Swift names, and the values that clash.

import Execution
import Ledger
import Primitives
import Testing

@Suite struct InvalidTransactionTextTests {
  @Test func wordsNameWhatWasGivenAndExpected() {
    let transaction = Transaction(
      kind: .legacy, chainID: nil, nonce: 9, maxFeePerGas: 3, gasLimit: 20_000, to: nil,
      value: .zero)
    let error = ExecutionError.invalid(.nonceTooHigh(expected: 7))
    #expect(error.message(about: transaction) == "nonce 9 is too high, the sender's is 7")
    #expect("\(error)" == "nonce is too high, the sender's is 7")
    #expect(
      InvalidTransaction.gasLimitBelowIntrinsic(intrinsic: 21_000).message(about: transaction)
        == "gas limit 20000 is below the intrinsic gas 21000")
    let block = BlockExecutionError.transaction(4, .invalid(.noBlobs))
    #expect("\(block)" == "transaction 4: there are no blobs")
  }

  @Test(arguments: [
    InvalidTransaction.typeNotSupported(.blob), .wrongChain(5), .invalidSignature(.highS),
    .creationNotAllowed(.setCode), .initCodeTooLarge(limit: 1), .noAuthorizations,
    .gasLimitBelowFloor(floor: 1), .gasLimitAboveCap(cap: 1), .gasLimitAboveBlock(available: 1),
    .priorityFeeAboveMaxFee, .maxFeeBelowBaseFee(baseFee: 7), .tooManyBlobs(limit: 6),
    .unknownBlobVersion(.zero), .blobGasAboveBlock(available: 1),
    .maxFeePerBlobGasBelowBaseFee(blobBaseFee: 1), .nonceTooLow(expected: 1), .nonceIsMax,
    .insufficientFunds, .senderHasCode,
  ])
  func everyRuleHasWords(_ error: InvalidTransaction) {
    #expect(error.description.contains(" "))
    #expect(!error.description.contains("(") && !error.description.contains("it is refused"))
  }
}
