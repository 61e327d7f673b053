// Every reason for which a transaction is refused, and the last value that is not.

import EVM
import Execution
import Ledger
import Primitives
import State
import Testing

@Suite struct TransactionValidationTests {
  @Test(arguments: Transaction.Kind.allCases)
  func typesAreAcceptedFromTheirForkOn(kind: Transaction.Kind) {
    for fork in Fork.allCases {
      let refusal = Stage(fork).refusal(Stage.transaction(kind))
      #expect(refusal == (fork < kind.firstFork ? .typeNotSupported(kind) : nil))
    }
  }

  @Test func refusedTransactionsChangeNothing() {
    let stage = Stage(.osaka)
    #expect(stage.refusal(Stage.transaction { $0.nonce = 1 }) == .nonceTooHigh(expected: 0))
    #expect(stage.state.diff().isEmpty)
    #expect(stage.executor.gasUsed == 0)
  }

  @Test func otherChains() {
    #expect(Stage(.osaka).refusal(Stage.transaction { $0.chainID = 2 }) == .wrongChain(2))
    #expect(Stage(.osaka).refusal(Stage.transaction { $0.chainID = nil }) == nil)
  }

  // MARK: Gas

  @Test func intrinsicGas() {
    let stage = Stage(.london)
    #expect(
      stage.refusal(Stage.transaction { $0.gasLimit = 20_999 })
        == .gasLimitBelowIntrinsic(intrinsic: 21_000))
    #expect(stage.refusal(Stage.transaction { $0.gasLimit = 21_000 }) == nil)
  }

  @Test func floorOfDataFromPragueOn() {
    // 1,000 bytes: 21,000 + 16,000 charged, 21,000 + 40,000 at least.
    func transaction(gasLimit: UInt64) -> Transaction {
      Stage.transaction {
        $0.data = Array(repeating: 1, count: 1000)
        $0.gasLimit = gasLimit
      }
    }
    #expect(Stage(.cancun).refusal(transaction(gasLimit: 37_000)) == nil)
    #expect(
      Stage(.prague).refusal(transaction(gasLimit: 36_999))
        == .gasLimitBelowIntrinsic(intrinsic: 37_000))
    #expect(
      Stage(.prague).refusal(transaction(gasLimit: 60_999)) == .gasLimitBelowFloor(floor: 61_000))
    #expect(Stage(.prague).refusal(transaction(gasLimit: 61_000)) == nil)
  }

  @Test func capOfGasLimitFromOsakaOn() {
    let most = Stage.transaction { $0.gasLimit = 1 << 24 }
    let more = Stage.transaction { $0.gasLimit = 1 << 24 + 1 }
    #expect(Stage(.prague).refusal(more) == nil)
    #expect(Stage(.osaka).refusal(more) == .gasLimitAboveCap(cap: 1 << 24))
    #expect(Stage(.osaka).refusal(most) == nil)
  }

  @Test func gasLeftInTheBlock() throws {
    let stage = Stage(.london) { $0.gasLimit = 100_000 }
    _ = try stage.execute(Stage.transaction())
    #expect(
      stage.refusal(
        Stage.transaction {
          $0.nonce = 1
          $0.gasLimit = 79_001
        }) == .gasLimitAboveBlock(available: 79_000))
    #expect(
      stage.refusal(
        Stage.transaction {
          $0.nonce = 1
          $0.gasLimit = 79_000
        }) == nil)
  }

  @Test func lengthOfInitCodeFromShanghaiOn() {
    func creation(_ count: Int) -> Transaction {
      Stage.transaction {
        $0.to = nil
        $0.data = Array(repeating: 0, count: count)
        $0.gasLimit = 1_000_000
      }
    }
    #expect(Stage(.paris).refusal(creation(49_153)) == nil)
    #expect(Stage(.shanghai).refusal(creation(49_152)) == nil)
    #expect(Stage(.shanghai).refusal(creation(49_153)) == .initCodeTooLarge(limit: 49_152))
  }

  // MARK: Fees

  @Test func feesAgainstTheBaseFee() {
    let stage = Stage(.london)
    for kind in [Transaction.Kind.legacy, .accessList, .dynamicFee] {
      let low = Stage.transaction(kind) { $0.maxFeePerGas = 6 }
      #expect(stage.refusal(low) == .maxFeeBelowBaseFee(baseFee: 7))
    }
    #expect(stage.refusal(Stage.transaction { $0.maxFeePerGas = 7 }) == nil)
  }

  @Test func tipAgainstTheFee() {
    let high = Stage.transaction(.dynamicFee) { $0.maxPriorityFeePerGas = 11 }
    let equal = Stage.transaction(.dynamicFee) { $0.maxPriorityFeePerGas = 10 }
    #expect(Stage(.london).refusal(high) == .priorityFeeAboveMaxFee)
    #expect(Stage(.london).refusal(equal) == nil)
  }

  // MARK: Blobs

  @Test func blobs() {
    let stage = Stage(.cancun)
    func blob(_ change: @escaping (inout Transaction) -> Void) -> InvalidTransaction? {
      stage.refusal(Stage.transaction(.blob, change))
    }
    let unknown = Hash256(UInt256(l0: 0, l1: 0, l2: 0, l3: 2 << 56))
    #expect(blob { $0.blobVersionedHashes = [] } == .noBlobs)
    #expect(blob { $0.blobVersionedHashes.append(unknown) } == .unknownBlobVersion(unknown))
    #expect(blob { $0.maxFeePerBlobGas = 2 } == .maxFeePerBlobGasBelowBaseFee(blobBaseFee: 3))
    #expect(blob { $0.to = nil } == .creationNotAllowed(.blob))
    let most = UInt64(6 << 17)
    #expect(
      blob { $0.blobVersionedHashes = Array(repeating: Stage.blobHash, count: 7) }
        == .blobGasAboveBlock(available: most))
    #expect(blob { $0.blobVersionedHashes = Array(repeating: Stage.blobHash, count: 6) } == nil)
    #expect(blob { $0.nonce = 1 } == .blobGasAboveBlock(available: 0))
  }

  @Test func blobGasIsAskedBeforeFees() {
    // The order of the executable specification, where a transaction breaks two rules.
    let refusal = Stage(.cancun).refusal(
      Stage.transaction(.blob) {
        $0.blobVersionedHashes = Array(repeating: Stage.blobHash, count: 7)
        $0.maxPriorityFeePerGas = $0.maxFeePerGas &+ UInt256.one
      })
    #expect(refusal == .blobGasAboveBlock(available: BlobGas.gas(ofBlobs: 6)))
  }

  @Test func aLimitOfBlobsBeyondAllGasIsNoLimit() {
    let limitless = BlobParameters(target: .max, max: .max, baseFeeUpdateFraction: 1)
    let stage = Stage(.cancun, blobs: limitless)
    let many = Stage.transaction(.blob) {
      $0.blobVersionedHashes = Array(repeating: Stage.blobHash, count: 100)
    }
    #expect(stage.refusal(many) == nil)
    #expect(stage.executor.blobGasUsed == 100 << 17)
  }

  @Test func blobsOfATransactionFromOsakaOn() {
    let seven = Stage.transaction(.blob) {
      $0.blobVersionedHashes = Array(repeating: Stage.blobHash, count: 7)
    }
    #expect(Stage(.prague).refusal(seven) == nil)
    #expect(Stage(.osaka).refusal(seven) == .tooManyBlobs(limit: 6))
    let ten = Stage.transaction(.blob) {
      $0.blobVersionedHashes = Array(repeating: Stage.blobHash, count: 10)
    }
    #expect(Stage(.osaka).refusal(ten) == .blobGasAboveBlock(available: 9 << 17))
  }

  // MARK: Set-code transactions

  @Test func setCode() {
    let stage = Stage(.prague)
    #expect(
      stage.refusal(Stage.transaction(.setCode) { $0.to = nil }) == .creationNotAllowed(.setCode))
    #expect(
      stage.refusal(Stage.transaction(.setCode) { $0.authorizations = [] }) == .noAuthorizations)
  }

  // MARK: Sender

  @Test func nonces() {
    let stage = Stage(.osaka, [Stage.senderAccount(nonce: 5)])
    #expect(stage.refusal(Stage.transaction { $0.nonce = 4 }) == .nonceTooLow(expected: 5))
    #expect(stage.refusal(Stage.transaction { $0.nonce = 6 }) == .nonceTooHigh(expected: 5))
    let last = Stage(.osaka, [Stage.senderAccount(nonce: .max)])
    #expect(last.refusal(Stage.transaction { $0.nonce = .max }) == .nonceIsMax)
  }

  @Test func fundsForGasBlobsAndValueTogether() {
    let blob = Stage.transaction(.blob) { $0.value = 11 }
    // 100,000 gas at 10, one blob at 3, and the value.
    let needed: UInt256 = 1_000_000 + 3 * 131_072 + 11
    let poor = Stage(.cancun, [Stage.senderAccount(balance: needed - 1)])
    #expect(poor.refusal(blob) == .insufficientFunds)
    #expect(Stage(.cancun, [Stage.senderAccount(balance: needed)]).refusal(blob) == nil)
  }

  @Test func costsBeyond256BitsAreNotAffordable() {
    let stage = Stage(.cancun, [Stage.senderAccount(balance: .max)])
    #expect(stage.refusal(Stage.transaction { $0.maxFeePerGas = .max }) == .insufficientFunds)
    #expect(stage.refusal(Stage.transaction { $0.value = .max }) == .insufficientFunds)
    let blob = Stage.transaction(.blob) { $0.maxFeePerBlobGas = .max }
    #expect(stage.refusal(blob) == .insufficientFunds)
  }

  @Test func whoOffersNothingPaysNothingWhereFeesAreWaived() throws {
    var rules = TransactionRules(.cancun)
    rules.waivesFees = true
    let stage = Stage(.cancun)
    stage.executor.begin(
      stage.executor.block, rules: rules, on: MemoryState([Stage.senderAccount(balance: 5)]))
    func transaction(fee: UInt256, tip: UInt256, blobFee: UInt256) -> Transaction {
      Stage.transaction(.blob) {
        ($0.maxFeePerGas, $0.maxPriorityFeePerGas, $0.maxFeePerBlobGas) = (fee, tip, blobFee)
      }
    }
    #expect(
      stage.refusal(transaction(fee: .zero, tip: 1, blobFee: .zero)) == .priorityFeeAboveMaxFee)
    #expect(
      stage.refusal(transaction(fee: 1, tip: .zero, blobFee: .zero))
        == .maxFeeBelowBaseFee(baseFee: 7))
    #expect(
      stage.refusal(transaction(fee: .zero, tip: .zero, blobFee: 1))
        == .maxFeePerBlobGasBelowBaseFee(blobBaseFee: 3))
    _ = try stage.execute(transaction(fee: .zero, tip: .zero, blobFee: .zero))
    #expect(stage.state.peekAccount(Stage.sender).balance == 5)
    #expect(stage.state.peekAccount(Stage.coinbase).balance.isZero)
  }

  @Test func sendersWithCode() {
    let code = Stage(.osaka, [Stage.senderAccount(code: [0])])
    #expect(code.refusal(Stage.transaction()) == .senderHasCode)
    // Nobody signs for a contract, but its transactions may be stated.
    #expect(code.refusal(Stage.transaction().stating(sender: Stage.sender)) == nil)
    let delegation: [UInt8] = [0xef, 0x01, 0x00] + Array(repeating: 0x11, count: 20)
    let delegated = Stage(.osaka, [Stage.senderAccount(code: delegation)])
    #expect(delegated.refusal(Stage.transaction()) == nil)
  }
}
