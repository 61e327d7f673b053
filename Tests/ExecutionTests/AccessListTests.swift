// The access lists of executed blocks, by the rules of EIP-7928.

import EVM
import Execution
import Ledger
import Primitives
import Samples
import State
import Testing

@Suite struct AccessListTests {
  typealias Stage = ParallelStage

  /// The list of a block by one executor, the same by the others.
  private func list(
    _ block: ExecutableBlock, on accounts: [AccountAllocation]
  ) throws -> BlockAccessList {
    let sequential = SequentialExecutor()
    sequential.emitsAccessLists = true
    let expected = try sequential.execute(block, on: MemoryState(accounts))
    for workers in [1, 3] {
      let parallel = alwaysParallel(workers: workers)
      parallel.emitsAccessLists = true
      for _ in 0..<3 {
        #expect(try parallel.execute(block, on: MemoryState(accounts)) == expected)
      }
    }
    let list = try #require(expected.accessList)
    #expect(try BlockAccessList(decoding: list.encoded) == list)
    return list
  }

  private func entry(_ address: Address, in list: BlockAccessList) throws -> AccountAccess {
    try #require(list.accounts.first { $0.address == address })
  }

  /// A call of `code` by person 0, with so much gas.
  private func list(
    calling code: [UInt8], gasLimit: UInt64 = 100_000, accessList: [AccessListEntry] = [],
    accounts: [AccountAllocation] = []
  ) throws -> BlockAccessList {
    var call = Stage.transaction(to: Stage.counter, gasLimit: gasLimit)
    call.accessList = accessList
    return try list(
      Stage.block([(0, call)]), on: Stage.people(1) + [Stage.contract(code)] + accounts)
  }

  @Test
  func `What a batch adds to a counter and takes away again is listed with what others added`()
    throws
  {
    // Adds what it is paid to slot 0, less 1.
    let code: [UInt8] = [0x5f, 0x54, 0x34, 0x01, 0x60, 1, 0x90, 0x03, 0x5f, 0x55, 0x00]
    let calls = (0..<24).map {
      ($0, Stage.transaction(to: Stage.counter, value: $0 % 5 == 0 ? 8 : $0 % 2 == 0 ? 2 : 0))
    }
    let block = Stage.block(calls)
    let accounts =
      Stage.people(24) + [
        AccountAllocation(address: Stage.counter, nonce: 1, code: code, storage: [0: 1000]),
        AccountAllocation(address: Stage.coinbase, nonce: 0, balance: 1),
      ]
    let sequential = SequentialExecutor()
    sequential.emitsAccessLists = true
    let expected = Stage.outcome(of: block, on: accounts, by: sequential)
    let explorer = try #require(ScheduleExplorer(workers: 3))
    explorer.emitsAccessLists = true
    for seed: UInt64 in 1...300 {
      explorer.decisions = SeededGenerator(seed: seed)
      #expect(Stage.outcome(of: block, on: accounts, by: explorer) == expected)
    }
  }

  @Test func aTransferListsSenderRecipientAndCoinbase() throws {
    let transfers = [
      (0, Stage.transaction(to: Stage.person(1), value: 5)),
      (0, Stage.transaction(nonce: 1, to: Stage.person(2), value: 0)),
    ]
    let list = try list(Stage.block(transfers), on: Stage.people(1))
    let cost = UInt256(21_000 * 9)
    let first = Stage.wealth &- cost &- 5
    #expect(
      list
        == BlockAccessList([
          AccountAccess(
            Stage.coinbase,
            balanceChanges: [IndexedChange(1, 42_000), IndexedChange(2, 84_000)]),
          AccountAccess(
            Stage.person(0),
            balanceChanges: [IndexedChange(1, first), IndexedChange(2, first &- cost)],
            nonceChanges: [IndexedChange(1, 1), IndexedChange(2, 2)]),
          AccountAccess(Stage.person(1), balanceChanges: [IndexedChange(1, 5)]),
          AccountAccess(Stage.person(2)),
        ]))
  }

  @Test func wordsStandAtTheirIndicesAndNoOpWritesAreReads() throws {
    // Slot 0 counts, slot 1 is written with what it holds, slot 2 is read.
    let code: [UInt8] =
      [0x5f, 0x54, 0x60, 1, 0x01, 0x5f, 0x55] + [0x60, 9, 0x60, 1, 0x55] + [0x60, 2, 0x54, 0x00]
    let account = AccountAllocation(address: Stage.counter, nonce: 1, code: code, storage: [1: 9])
    let calls = (0..<3).map { ($0, Stage.transaction(to: Stage.counter)) }
    let entry = try entry(
      Stage.counter, in: list(Stage.block(calls), on: Stage.people(3) + [account]))
    #expect(
      entry.storageChanges
        == [SlotAccess(0, [IndexedChange(1, 1), IndexedChange(2, 2), IndexedChange(3, 3)])])
    #expect(entry.storageReads == [1, 2])
  }

  @Test func aWordThatComesBackWithinATransactionIsARead() throws {
    // 5 into slot 0, then 0 again.
    let entry = try entry(
      Stage.counter, in: list(calling: [0x60, 5, 0x5f, 0x55, 0x5f, 0x5f, 0x55, 0x00]))
    #expect(entry.storageChanges.isEmpty)
    #expect(entry.storageReads == [0])
  }

  @Test func whatARevertedCallLookedAtIsListed() throws {
    // Slot 3 is written, the balance of 0x77 asked for; then everything is undone.
    let code: [UInt8] = [0x60, 1, 0x60, 3, 0x55, 0x60, 0x77, 0x31, 0x5f, 0x5f, 0xfd]
    let list = try list(calling: code)
    let entry = try entry(Stage.counter, in: list)
    #expect(entry.storageChanges.isEmpty)
    #expect(entry.storageReads == [3])
    #expect(list.accounts.contains(AccountAccess(Address(0x77))))
  }

  @Test func whatOnlyAnAccessListNamesIsNotListed() throws {
    let named = [
      AccessListEntry(address: Address(0x88), slots: [1]),
      AccessListEntry(address: Stage.counter, slots: [4, 5]),
    ]
    // Slot 4 is read.
    let list = try list(
      calling: [0x60, 4, 0x54, 0x00], accessList: named,
      accounts: [AccountAllocation(address: Address(0x88), balance: 1, storage: [1: 1])])
    #expect(!list.accounts.contains { $0.address == Address(0x88) })
    #expect(try entry(Stage.counter, in: list).storageReads == [4])
  }

  /// Code that accesses 0x99 once it has paid so much gas, and not with one unit less.
  struct PaidAccess {
    let name: String
    let code: [UInt8]
    let gas: UInt64
  }

  static let paidAccesses: [PaidAccess] = [
    PaidAccess(name: "BALANCE", code: [0x60, 0x99, 0x31, 0x00], gas: 2_603),
    PaidAccess(name: "EXTCODESIZE", code: [0x60, 0x99, 0x3b, 0x00], gas: 2_603),
    PaidAccess(name: "EXTCODEHASH", code: [0x60, 0x99, 0x3f, 0x00], gas: 2_603),
    // One word: 10 for the stack, access, 3 for copying, 3 for memory.
    PaidAccess(
      name: "EXTCODECOPY", code: [0x60, 32, 0x5f, 0x5f, 0x60, 0x99, 0x3c, 0x00], gas: 2_616),
    // 16 for the stack, access, 9,000 for the value.
    PaidAccess(
      name: "CALL", code: [0x5f, 0x5f, 0x5f, 0x5f, 0x60, 1, 0x60, 0x99, 0x5f, 0xf1, 0x00],
      gas: 11_616),
    // 14 for the stack, access, 3 for memory.
    PaidAccess(
      name: "STATICCALL", code: [0x5f, 0x5f, 0x60, 32, 0x5f, 0x60, 0x99, 0x5f, 0xfa, 0x00],
      gas: 2_617),
    PaidAccess(name: "SELFDESTRUCT", code: [0x60, 0x99, 0xff], gas: 7_603),
  ]

  @Test func nothingIsAccessedBeforeItIsPaid() throws {
    for access in Self.paidAccesses {
      for (gas, isListed) in [(access.gas, true), (access.gas - 1, false)] {
        let list = try list(calling: access.code, gasLimit: 21_000 + gas)
        #expect(
          list.accounts.contains { $0.address == Address(0x99) } == isListed,
          "\(access.name), \(gas) gas")
      }
    }
  }

  @Test func noSlotIsReadBeforeItIsPaid() throws {
    for (gas, reads) in [(3 + 2_100, [7]), (3 + 2_099, [])] as [(UInt64, [UInt256])] {
      let list = try list(calling: [0x60, 7, 0x54, 0x00], gasLimit: 21_000 + gas)
      #expect(try entry(Stage.counter, in: list).storageReads == reads)
    }
    // A slot that was read by a call that failed stays listed when it cannot be paid for again.
    let list = try list(calling: [0x60, 7, 0x54, 0x60, 7, 0x54, 0xfe], gasLimit: 30_000)
    #expect(try entry(Stage.counter, in: list).storageReads == [7])
  }

  @Test func aStoreThatComesToTheSentryReadsNothing() throws {
    // SSTORE fails at once with 2,300 gas left or less.
    for (gas, reads) in [(2 + 3 + 2_300, []), (2 + 3 + 2_301, [1])] as [(UInt64, [UInt256])] {
      let list = try list(calling: [0x5f, 0x60, 1, 0x55, 0x00], gasLimit: 21_000 + gas)
      #expect(try entry(Stage.counter, in: list).storageReads == reads)
    }
  }

  @Test func aCreatedContractHasNonceCodeAndSlots() throws {
    let created = Address.created(by: Stage.person(0), nonce: 0)
    let creation = Stage.transaction(
      to: nil, data: Stage.initcode(of: Stage.increment), gasLimit: 200_000)
    let list = try list(
      Stage.block([(0, creation), (1, Stage.transaction(to: created))]),
      on: Stage.people(2) + [AccountAllocation(address: created, balance: 5)])
    #expect(
      try entry(created, in: list)
        == AccountAccess(
          created, storageChanges: [SlotAccess(0, [IndexedChange(2, 1)])],
          nonceChanges: [IndexedChange(1, 1)],
          codeChanges: [IndexedChange(1, Stage.increment)]))
  }

  @Test func aContractThatDestroysItselfAtBirthLeavesReadsAndItsBalance() throws {
    // Writes slot 0, reads slot 1, and leaves all to 0x77.
    let code: [UInt8] = [0x60, 1, 0x5f, 0x55, 0x60, 1, 0x54, 0x60, 0x77, 0xff]
    let created = Address.created(by: Stage.person(0), nonce: 0)
    let creation = Stage.transaction(to: nil, value: 3, data: code, gasLimit: 200_000)
    let list = try list(
      Stage.block([(0, creation)]),
      on: Stage.people(1) + [AccountAllocation(address: created, balance: 5)])
    #expect(
      try entry(created, in: list)
        == AccountAccess(
          created, storageReads: [0, 1], balanceChanges: [IndexedChange(1, 0)]))
    #expect(
      try entry(Address(0x77), in: list)
        == AccountAccess(Address(0x77), balanceChanges: [IndexedChange(1, 8)]))
  }

  @Test func whatProtocolAndWithdrawalsDoStandsAtTheEnds() throws {
    // Keeps its input in slot 0.
    let keeper: [UInt8] = [0x5f, 0x35, 0x5f, 0x55, 0x00]
    var block = Stage.block([(0, Stage.transaction(to: Stage.person(1), value: 1))])
    block.parentHash = Hash256(0x1234)
    block.withdrawals = [
      Withdrawal(index: 0, validatorIndex: 0, address: Stage.person(7), amount: 2),
      Withdrawal(index: 1, validatorIndex: 0, address: Stage.person(7), amount: 1),
      Withdrawal(index: 2, validatorIndex: 0, address: Stage.person(8), amount: 0),
    ]
    let history = SystemCalls.blockHashes
    let list = try list(
      block, on: Stage.people(1) + [AccountAllocation(address: history, nonce: 1, code: keeper)])
    #expect(
      try entry(history, in: list)
        == AccountAccess(
          history, storageChanges: [SlotAccess(0, [IndexedChange(0, 0x1234)])]))
    #expect(
      try entry(Stage.person(7), in: list).balanceChanges == [IndexedChange(2, 3_000_000_000)])
    #expect(try entry(Stage.person(8), in: list) == AccountAccess(Stage.person(8)))
    #expect(!list.accounts.contains { $0.address == SystemCalls.caller })
  }

  @Test func precompilesAreListedWhenTheyAreCalled() throws {
    let list = try list(calling: [0x5f, 0x5f, 0x5f, 0x5f, 0x60, 4, 0x5a, 0xfa, 0x00])
    #expect(list.accounts.first == AccountAccess(Address(4)))
    #expect(!list.accounts.contains { $0.address == Address(3) })
  }

  @Test func anEmptyBlockHasAnEmptyList() throws {
    #expect(try list(Stage.block([]), on: Stage.people(1)) == BlockAccessList())
  }

  @Test func noListIsMadeBeforeCancunOrUnasked() throws {
    let block = Stage.block([], fork: .shanghai)
    let executor = SequentialExecutor()
    #expect(try executor.execute(Stage.block([]), on: MemoryState()).accessList == nil)
    executor.emitsAccessLists = true
    #expect(try executor.execute(block, on: MemoryState()).accessList == nil)
    #expect(throws: AccessListError.notExpressible(.shanghai)) {
      try AccessListValidator().execute(block, with: BlockAccessList(), on: MemoryState())
    }
  }

  @Test func aListLeadsToTheStateWithoutExecution() throws {
    let calls = (0..<12).map { number in
      (number % 4, Stage.transaction(nonce: UInt64(number / 4), to: Stage.counter, value: 1))
    }
    let state = MemoryState(Stage.people(4) + [Stage.contract(Stage.append)])
    let executor = SequentialExecutor()
    executor.emitsAccessLists = true
    let outcome = try executor.execute(Stage.block(calls), on: state)
    let list = try #require(outcome.accessList)
    #expect(try list.diff(over: state) == outcome.diff)
  }

  @Test func theValidatorTakesTheBlocksListAndNoOther() throws {
    let block = Stage.block((0..<4).map { ($0, Stage.transaction(to: Stage.counter)) })
    let state = MemoryState(Stage.people(4) + [Stage.contract(Stage.append)])
    let executor = alwaysParallel(workers: 2)
    executor.emitsAccessLists = true
    let outcome = try executor.execute(block, on: state)
    var list = try #require(outcome.accessList)
    let validator = AccessListValidator()
    #expect(try validator.execute(block, with: list, on: state) == outcome)
    let place = try #require(list.accounts.firstIndex { $0.address == Stage.counter })
    list.accounts[place].storageChanges.removeLast()
    #expect(throws: AccessListError.list(.differs(Stage.counter, .slot(4)))) {
      try validator.execute(block, with: list, on: state)
    }
  }
}
