// What transactions do to the world and what they cost.

import EVM
import Execution
import Ledger
import Primitives
import State
import Testing

@Suite struct TransactionExecutorTests {
  // MARK: Fees

  @Test(arguments: Fork.allCases)
  func transferMovesValueAndPaysTheCoinbase(fork: Fork) throws {
    let stage = Stage(fork)
    let outcome = try stage.execute(Stage.transaction { $0.value = 5 })
    #expect(outcome.succeeded)
    #expect(outcome.gasUsed == 21_000)
    #expect(stage.state.nonce(of: Stage.sender) == 1)
    #expect(stage.state.balance(of: Stage.sender) == Stage.wealth - 5 - 210_000)
    #expect(stage.state.balance(of: Stage.recipient) == 5)
    // From London on 7 of the 10 wei per gas are burnt.
    #expect(stage.state.balance(of: Stage.coinbase) == (fork >= .london ? 63_000 : 210_000))
  }

  @Test(
    arguments: [(10, 2, 9, 2), (8, 2, 8, 1), (7, 0, 7, 0)] as [(UInt256, UInt256, UInt256, UInt256)]
  )
  func dynamicFees(maxFee: UInt256, tip: UInt256, price: UInt256, earned: UInt256) throws {
    let stage = Stage(.london)
    _ = try stage.execute(
      Stage.transaction(.dynamicFee) {
        $0.maxFeePerGas = maxFee
        $0.maxPriorityFeePerGas = tip
      })
    #expect(stage.state.balance(of: Stage.sender) == Stage.wealth - 21_000 * price)
    #expect(stage.state.balance(of: Stage.coinbase) == 21_000 * earned)
    // A coinbase that earns nothing does not come into being.
    #expect(stage.state.accountExists(Stage.coinbase) == !earned.isZero)
  }

  @Test func blobFeeIsBurnt() throws {
    let stage = Stage(.cancun)
    let outcome = try stage.execute(Stage.transaction(.blob) { $0.maxFeePerBlobGas = 50 })
    #expect(outcome.blobGasUsed == 131_072)
    #expect(stage.executor.blobGasUsed == 131_072)
    #expect(stage.state.balance(of: Stage.sender) == Stage.wealth - 21_000 * 9 - 131_072 * 3)
    #expect(stage.state.balance(of: Stage.coinbase) == 42_000)
  }

  @Test func largestAffordableFee() throws {
    let stage = Stage(.london, [Stage.senderAccount(balance: .max)]) { $0.baseFee = .zero }
    let price = UInt256.max.dividedOrZero(by: 21_000)
    _ = try stage.execute(
      Stage.transaction {
        $0.maxFeePerGas = price
        $0.gasLimit = 21_000
      })
    #expect(stage.state.balance(of: Stage.coinbase) == price * 21_000)
    #expect(stage.state.balance(of: Stage.sender) == .max - price * 21_000)
  }

  @Test func senderThatIsItsOwnCoinbase() throws {
    let stage = Stage(.berlin) { $0.coinbase = Stage.sender }
    _ = try stage.execute(Stage.transaction { $0.value = 5 })
    #expect(stage.state.balance(of: Stage.sender) == Stage.wealth - 5)
  }

  @Test(
    arguments: [
      0x8000_0000_0000_0000, 0x8000_0000_0000_5207, 0x8000_0000_0000_5208, UInt64.max - 1,
      UInt64.max,
    ] as [UInt64])
  func gasBeyondTheMachinesReckoningIsNotSpent(limit: UInt64) throws {
    let stage = Stage(.berlin) { $0.gasLimit = .max }
    let outcome = try stage.execute(
      Stage.transaction {
        $0.gasLimit = limit
        $0.maxFeePerGas = .zero
      })
    #expect(outcome.gasUsed == 21_000)
    #expect(stage.executor.gasUsed == 21_000)
  }

  @Test func aFailureSpendsGasBeyondTheMachinesReckoningToo() throws {
    // ADD on an empty stack.
    let stage = Stage(
      .berlin, [Stage.senderAccount(balance: 1 << 64), Stage.contract([0x01])]
    ) { $0.gasLimit = .max }
    let outcome = try stage.execute(
      Stage.transaction {
        $0.gasLimit = .max
        $0.maxFeePerGas = 1
      })
    #expect(outcome.gasUsed == .max)
    #expect(stage.state.balance(of: Stage.sender) == 1)
    #expect(stage.state.balance(of: Stage.coinbase) == UInt256(UInt64.max))
  }

  // MARK: Refunds

  /// Clears slots 0 and 1.
  private var clearingContract: AccountAllocation {
    Stage.contract([0x5f, 0x5f, 0x55, 0x5f, 0x60, 0x01, 0x55], storage: [0: 1, 1: 1])
  }

  /// The same without PUSH0.
  private var oldClearingContract: AccountAllocation {
    Stage.contract(
      [0x60, 0x00, 0x60, 0x00, 0x55, 0x60, 0x00, 0x60, 0x01, 0x55], storage: [0: 1, 1: 1])
  }

  @Test(
    arguments: [
      // 21,012 and two writes of 5,000 each; 30,000 would come back, but at most half.
      (Fork.istanbul, 31_012 - 31_012 / 2),
      (.berlin, 31_012 - 31_012 / 2),
      // 9,600 would come back, but at most a fifth.
      (.london, 31_012 - 31_012 / 5),
    ] as [(Fork, UInt64)])
  func refundsAreCapped(fork: Fork, gasUsed: UInt64) throws {
    let stage = Stage(fork, [Stage.senderAccount(), oldClearingContract])
    #expect(try stage.execute(Stage.transaction()).gasUsed == gasUsed)
  }

  @Test func refundsDoNotReachBelowTheFloor() throws {
    let stage = Stage(.prague, [Stage.senderAccount(), clearingContract])
    let outcome = try stage.execute(
      Stage.transaction { $0.data = Array(repeating: 1, count: 500) })
    #expect(outcome.gasUsed == 21_000 + 500 * 40)
  }

  // MARK: Failure

  @Test func failedTransactionsPayAndCountButDoNothingElse() throws {
    // SSTORE(0, 1), then an undefined instruction.
    let stage = Stage(
      .london, [Stage.senderAccount(), Stage.contract([0x60, 1, 0x60, 0, 0x55, 0xfe])])
    let outcome = try stage.execute(Stage.transaction { $0.value = 5 })
    #expect(outcome.halt == .undefinedInstruction)
    #expect(outcome.gasUsed == 100_000)
    #expect(stage.state.nonce(of: Stage.sender) == 1)
    #expect(stage.state.balance(of: Stage.sender) == Stage.wealth - 1_000_000)
    #expect(stage.state.balance(of: Stage.recipient) == 0)
    #expect(stage.state.diff().accounts.map(\.address) == [Stage.sender, Stage.coinbase])
  }

  // MARK: Creation

  @Test func creationStoresTheReturnedCode() throws {
    // MSTORE8(0, 0x42), RETURN(0, 1)
    let initCode: [UInt8] = [0x60, 0x42, 0x60, 0x00, 0x53, 0x60, 0x01, 0x60, 0x00, 0xf3]
    let stage = Stage(.shanghai, [Stage.senderAccount(nonce: 3)])
    let outcome = try stage.execute(
      Stage.transaction {
        $0.nonce = 3
        $0.to = nil
        $0.data = initCode
        $0.value = 5
      })
    let address = Address.created(by: Stage.sender, nonce: 3)
    #expect(outcome.createdAddress == address)
    #expect(Array(stage.state.code(of: address).buffer) == [0x42])
    #expect(stage.state.account(address).nonce == 1)
    #expect(stage.state.balance(of: address) == 5)
    #expect(stage.state.diff().codes.map(\.bytes) == [[0x42]])
  }

  // MARK: Warmth

  @Test func coinbaseIsWarmFromShanghaiOn() throws {
    let code = Stage.contract([0x41, 0x31])  // BALANCE(COINBASE)
    let paris = try Stage(.paris, [Stage.senderAccount(), code]).execute(Stage.transaction())
    let shanghai = try Stage(.shanghai, [Stage.senderAccount(), code]).execute(Stage.transaction())
    #expect(paris.gasUsed == 21_000 + 2 + 2_600)
    #expect(shanghai.gasUsed == 21_000 + 2 + 100)
  }

  @Test func senderRecipientAndPrecompilesAreWarm() throws {
    // BALANCE of CALLER, of ADDRESS, of 9.
    for (target, price) in [([0x33], 2), ([0x30], 2), ([0x60, 0x09], 3)] as [([UInt8], UInt64)] {
      let code = Stage.contract(target + [0x31])
      let outcome = try Stage(.berlin, [Stage.senderAccount(), code]).execute(Stage.transaction())
      #expect(outcome.gasUsed == 21_000 + price + 100)
    }
  }

  @Test func accessListWarmsAddressesAndSlots() throws {
    // BALANCE(0xbb), SLOAD(1)
    let code = Stage.contract([0x60, 0xbb, 0x31, 0x60, 0x01, 0x54])
    let cold = try Stage(.berlin, [Stage.senderAccount(), code])
      .execute(Stage.transaction(.accessList))
    let warm = try Stage(.berlin, [Stage.senderAccount(), code])
      .execute(
        Stage.transaction(.accessList) {
          $0.accessList = [
            AccessListEntry(address: Address(0xbb)),
            AccessListEntry(address: Stage.recipient, slots: [1]),
          ]
        })
    #expect(cold.gasUsed == 21_000 + 6 + 2_600 + 2_100)
    #expect(warm.gasUsed == 21_000 + 6 + 100 + 100 + 2 * 2_400 + 1_900)
  }
}
