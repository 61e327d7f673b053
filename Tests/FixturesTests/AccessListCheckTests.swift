// The check of emitted access lists finds what is wrong with one.

import EVM
import Execution
import Ledger
import Primitives
import State
import Testing

@testable import Fixtures

@Suite struct AccessListCheckTests {
  private static let person = Address(0x5e)
  private static let contract = Address(0xc0)

  /// A call that reads slot 1, writes slot 0 and asks for the balance of 0x77.
  private static let block = ExecutableBlock(
    environment: BlockEnvironment(coinbase: Address(0xcb), number: 1, baseFee: 7),
    rules: TransactionRules(.latest),
    transactions: [
      Transaction(
        kind: .legacy, chainID: nil, nonce: 0, maxFeePerGas: 10, gasLimit: 100_000, to: contract)
    ],
    senders: [person])
  private static var state: MemoryState {
    MemoryState([
      AccountAllocation(address: person, balance: 1_000_000_000),
      AccountAllocation(
        address: contract, nonce: 1,
        code: [0x60, 1, 0x54, 0x60, 5, 0x5f, 0x55, 0x60, 0x77, 0x31, 0x00], storage: [1: 2]),
    ])
  }

  private let check = AccessListCheck(memoryLimit: 1 << 20)

  /// What is wrong once `change` has been at the list.
  private func problem(_ change: (inout BlockAccessList) -> Void) throws -> String? {
    let executor = SequentialExecutor()
    executor.emitsAccessLists = true
    var outcome = try executor.execute(Self.block, on: Self.state)
    var list = try #require(outcome.accessList)
    change(&list)
    outcome.accessList = list
    return check.problem(of: outcome, Self.block, on: Self.state)
  }

  @Test func theListOfABlockIsRight() throws {
    #expect(try problem { _ in } == nil)
  }

  @Test func aListWithoutWhatWasAccessedIsWrong() throws {
    let place = try #require(
      SequentialExecutor.list(Self.block, on: Self.state).firstIndex {
        $0.address == Self.contract
      })
    #expect(try problem { $0.accounts[place].storageReads = [] } != nil)
    #expect(try problem { $0.accounts[place].storageChanges = [] } != nil)
    #expect(try problem { $0.accounts[place].storageReads.append(9) } != nil)
    #expect(try problem { $0.accounts.removeAll { $0.address == Address(0x77) } } != nil)
    #expect(try problem { $0.accounts.insert(AccountAccess(Address(1)), at: 0) } != nil)
    #expect(try problem { $0.accounts.reverse() } != nil)
  }

  @Test func ofABlockWithoutAListNothingIsSaid() throws {
    let outcome = try SequentialExecutor().execute(Self.block, on: Self.state)
    #expect(check.problem(of: outcome, Self.block, on: Self.state) == nil)
  }
}

extension SequentialExecutor {
  /// The entries of a block's list.
  fileprivate static func list(
    _ block: ExecutableBlock, on state: MemoryState
  ) throws -> [AccountAccess] {
    let executor = SequentialExecutor()
    executor.emitsAccessLists = true
    return try executor.execute(block, on: state).accessList?.accounts ?? []
  }
}
