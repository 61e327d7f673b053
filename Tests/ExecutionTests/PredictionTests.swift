// Access lists as predictions: right ones let everything happen at once, wrong ones change nothing.

import Crypto
import EVM
import Execution
import Ledger
import Primitives
import Samples
import State
import Testing

@Suite struct PredictionTests {
  typealias Stage = ParallelStage

  /// 200 calls of a contract by 50 people, each of which depends on the one before, and the list of
  /// what they access.
  private struct Scene {
    var block: ExecutableBlock
    let accounts: [AccountAllocation]
    let expected: Stage.Outcome
    let list: BlockAccessList

    init(_ code: [UInt8]) throws {
      let calls = (0..<200).map {
        ($0 % 50, Stage.transaction(nonce: UInt64($0 / 50), to: Stage.counter))
      }
      block = Stage.block(calls)
      accounts = Stage.people(50) + [Stage.contract(code)]
      let executor = SequentialExecutor()
      executor.emitsAccessLists = true
      list = try #require(
        try executor.execute(block, on: MemoryState(accounts)).accessList)
      expected = Stage.outcome(of: block, on: accounts, by: SequentialExecutor())
    }
  }

  @Test(arguments: [2, 3, 8])
  func `With its access list, a chain is executed once by all at the same time`(
    workers: Int
  ) throws {
    var scene = try Scene(Stage.append)
    scene.block.predictedAccesses = scene.list
    let executor = alwaysParallel(workers: workers)
    for _ in 0..<10 {
      #expect(
        Stage.outcome(of: scene.block, on: scene.accounts, by: executor) == scene.expected)
      #expect(executor.statistics.repeats == 0)
      #expect(executor.statistics.deferrals == 0)
    }
  }

  @Test func `A delegation that ends stores no code, also where a list tells of it`() throws {
    let key: UInt256 = 0x1234_5678
    let authority = try #require(Secp256k1.address(ofPrivateKey: key))
    let end = try #require(
      Authorization(chainID: 1, address: .zero, nonce: 1).signed(by: key))
    let accounts =
      Stage.people(1) + [
        AccountAllocation(
          address: authority, nonce: 1, code: [0xef, 0x01, 0x00] + Stage.counter.bytes)
      ]
    let transaction = Transaction(
      kind: .setCode, chainID: 1, nonce: 0, maxPriorityFeePerGas: 2, maxFeePerGas: 10,
      gasLimit: 100_000, to: Stage.person(0), authorizations: [end])
    var block = Stage.block([(0, transaction)])
    let executor = SequentialExecutor()
    executor.emitsAccessLists = true
    let serial = try executor.execute(block, on: MemoryState(accounts))
    block.predictedAccesses = serial.accessList
    let outcome = try alwaysParallel(workers: 2).execute(block, on: MemoryState(accounts))
    #expect(outcome.diff.accounts.contains { $0.account?.codeHash == Code.emptyHash })
    #expect(serial.diff.codes.isEmpty)
    #expect(outcome.diff == serial.diff)
  }

  @Test func `A list that is wrong in any way changes no outcome`() throws {
    var generator = SeededGenerator(seed: 7)
    for code in [Stage.append, Stage.increment] {
      let scene = try Scene(code)
      let executor = alwaysParallel(workers: 3)
      for _ in 0..<40 {
        var block = scene.block
        block.predictedAccesses = damaged(scene.list, &generator)
        #expect(Stage.outcome(of: block, on: scene.accounts, by: executor) == scene.expected)
      }
    }
  }

  @Test func `A list that nobody could decode is no danger`() throws {
    var scene = try Scene(Stage.append)
    scene.block.predictedAccesses = BlockAccessList([
      AccountAccess(Stage.counter, storageChanges: [SlotAccess(0, [])]),
      AccountAccess(
        Stage.counter,
        storageChanges: [
          SlotAccess(0, [IndexedChange(.max, 1), IndexedChange(0, 2), IndexedChange(5, 3)])
        ], codeChanges: [IndexedChange(3, []), IndexedChange(1, [0xfe])]),
    ])
    let executor = alwaysParallel(workers: 3)
    #expect(Stage.outcome(of: scene.block, on: scene.accounts, by: executor) == scene.expected)
  }

  /// The list with a few things that are not so.
  private func damaged(
    _ list: BlockAccessList, _ generator: inout SeededGenerator
  ) -> BlockAccessList {
    var list = list
    for _ in 0..<Int.random(in: 1...6, using: &generator) {
      guard let index = list.accounts.indices.randomElement(using: &generator) else { break }
      switch Int.random(in: 0..<5, using: &generator) {
      case 0: list.accounts.remove(at: index)
      case 1: list.accounts[index].nonceChanges.append(IndexedChange(7, 99))
      case 2: list.accounts[index].balanceChanges.insert(IndexedChange(0, 3), at: 0)
      case 3: list.accounts[index].codeChanges = [IndexedChange(4, [0x00])]
      default:
        list.accounts[index].storageChanges = list.accounts[index].storageChanges.map { slot in
          SlotAccess(
            slot.slot,
            slot.changes.map { IndexedChange($0.index, $0.value &+ UInt256(UInt64($0.index % 3))) })
        }
      }
    }
    return list
  }

  @Test func `Slots named by transactions' access lists are waited for before they are asked for`()
    throws
  {
    let counter = AccessListEntry(address: Stage.counter, slots: [0])
    let calls = (0..<60).map { number in
      var call = Stage.transaction(to: Stage.counter)
      call.accessList = [counter]
      return (number, call)
    }
    let accounts = Stage.people(60) + [Stage.contract(Stage.append)]
    let expected = Stage.outcome(
      of: Stage.block(calls), on: accounts, by: SequentialExecutor())
    let executor = alwaysParallel(workers: 4)
    for _ in 0..<10 {
      #expect(Stage.outcome(of: Stage.block(calls), on: accounts, by: executor) == expected)
    }
  }
}
