// Commutative storage: what the bounds of a counter promise.

import EVM
import Execution
import Ledger
import Primitives
import Samples
import State
import Testing

@Suite struct CounterTests {
  private static let contract = Address(0xc0)
  private static let other = Address(0xc1)

  /// What one execution of `code` came to.
  private struct Run {
    let outcome: TransactionOutcome
    let output: [UInt8]
    let state: TransactionState

    var slots: [SlotEntry] {
      state.slotEntries.filter { $0.generation != SlotEntry.neverRead }
    }
  }

  private func run(
    _ code: [UInt8], _ words: [UInt256: UInt256], fork: Fork = .latest, contended: Bool
  ) throws -> Run {
    let accounts = [
      AccountAllocation(
        address: Stage.sender, nonce: 0, balance: Stage.wealth),
      AccountAllocation(address: Self.contract, nonce: 1, code: code, storage: words),
      // Calls the first with what it is called with.
      AccountAllocation(
        address: Self.other, nonce: 1,
        code: [0x5f, 0x5f, 0x5f, 0x5f, 0x60, 0xc0, 0x5a, 0xf4, 0x00], storage: words),
    ]
    let executor = TransactionExecutor()
    executor.begin(
      BlockEnvironment(coinbase: Stage.coinbase, number: 100, timestamp: 1_000_000),
      rules: TransactionRules(fork), on: ContendedView(MemoryState(accounts), contended))
    let outcome = try executor.execute(
      Transaction(
        kind: .legacy, chainID: 1, nonce: 0, maxFeePerGas: 10, gasLimit: 300_000,
        to: Self.contract), from: Stage.sender)
    return Run(outcome: outcome, output: Array(executor.output), state: executor.state)
  }

  /// Whether the exact word of slot 0 mattered, and else its bounds.
  private func bounds(_ code: [UInt8], _ word: UInt256) throws -> CounterBounds? {
    let run = try run(code, [0: word], contended: true)
    let slot = try #require(run.slots.first { $0.slot.isZero })
    return slot.isExact ? nil : run.state.bounds(of: slot)
  }

  @Test func `Adding to a word and storing it leaves it open what it was`() throws {
    let bounds = try #require(try bounds(ParallelStage.increment, 1000))
    // It may neither be zero, which would cost more, nor wrap.
    #expect(bounds.down == 999)
    #expect(bounds.up == UInt256.max &- 1001)
  }

  @Test func `A checked payment bounds the balance from below`() throws {
    // SLOAD(0); revert if less than 300; SSTORE(0, that - 300)
    let code: [UInt8] = [
      0x61, 1, 44, 0x5f, 0x54, 0x81, 0x81, 0x10, 0x60, 14, 0x57, 0x03, 0x5f, 0x55, 0x5b, 0x00,
    ]
    let bounds = try #require(try bounds(code, 1000))
    #expect(bounds.down == 699)
    #expect(bounds.contain(400, insteadOf: 1000))
    #expect(!bounds.contain(300, insteadOf: 1000))
  }

  @Test(
    arguments: [
      // RETURN, LOG, MUL, a key, a jump, a call's value, storing elsewhere: all use the word itself.
      [0x5f, 0x54, 0x5f, 0x52, 0x60, 32, 0x5f, 0xf3],
      [0x5f, 0x54, 0x5f, 0x5f, 0xa1, 0x00],
      [0x5f, 0x54, 0x60, 2, 0x02, 0x5f, 0x55, 0x00],
      [0x60, 1, 0x5f, 0x54, 0x55, 0x00],
      [0x5f, 0x54, 0x56],
      [0x5f, 0x5f, 0x5f, 0x5f, 0x5f, 0x54, 0x60, 9, 0x5a, 0xf1, 0x00],
      [0x5f, 0x54, 0x60, 1, 0x55, 0x00],
      [0x5f, 0x54, 0x60, 9, 0x03, 0x5f, 0x55, 0x00],
    ] as [[UInt8]])
  func `Whatever else is made of a word makes it matter exactly`(code: [UInt8]) throws {
    #expect(try bounds(code, 1000) == nil)
  }

  @Test func `A word that was zero matters exactly where it is stored`() throws {
    #expect(try bounds(ParallelStage.increment, 0) == nil)
  }

  /// A program whose words are mostly sums of counters.
  private func program(_ generator: inout SeededGenerator) -> [UInt8] {
    var code: [UInt8] = []
    func pick<T>(_ list: [T]) -> T { list[Int.random(in: 0..<list.count, using: &generator)] }
    for _ in 0..<Int.random(in: 3...24, using: &generator) {
      switch Int.random(in: 0..<14, using: &generator) {
      case 0, 1, 2: code += [pick([0x5f, 0x30, 0x58]), 0x50, pick([0x5f, 0x5f, 0x3d]), 0x54]
      case 3: code += [0x60, UInt8.random(in: 0...255, using: &generator)]
      case 4: code += [0x61, UInt8.random(in: 0...8, using: &generator), 0]
      case 5: code += [0x60, 0, 0x19]
      case 6: code.append(pick([0x01, 0x01, 0x03]))
      case 7: code += [0x80, 0x5f, 0x54, pick([0x10, 0x11, 0x14])]
      case 8: code.append(pick([0x10, 0x11, 0x14, 0x15, 0x12, 0x16, 0x17, 0x02, 0x04]))
      case 9: code.append(UInt8.random(in: 0x80...0x84, using: &generator))
      case 10: code.append(UInt8.random(in: 0x90...0x93, using: &generator))
      case 11: code += [pick([0x5f, 0x60]), 0x55]
      case 12:
        // Over a store, if the word on top is not zero.
        let target = code.count + 9
        guard target < 256 else { continue }
        code += [0x80, 0x60, UInt8(target), 0x57, 0x60, 7, 0x60, pick([0, 1, 2]), 0x55, 0x5b]
      default:
        // The same code with another's storage, once.
        code += pick([[0x36, 0x50], [0x5f, 0x5f, 0x60, 1, 0x5f, 0x60, 0xc1, 0x5a, 0xfa, 0x50]])
      }
    }
    return code + pick([[0x00], [0x5f, 0x52, 0x60, 32, 0x5f, 0xf3], [0x5f, 0x55, 0x00]])
  }

  @Test(arguments: [1 as UInt64, 2, 3, 4])
  func `Within its bounds a counter changes nothing but itself`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    var tried = 0
    for _ in 0..<1500 {
      let code = program(&generator)
      let fork = [Fork.shanghai, .cancun, .latest].randomElement(using: &generator) ?? .latest
      let starts: [UInt256] = [1, 2, 300, 70_000, UInt256.max &- 40, UInt256(1) << 128, 0]
      let words: [UInt256: UInt256] = [
        0: starts.randomElement(using: &generator) ?? 1,
        1: starts.randomElement(using: &generator) ?? 1,
      ]
      let first = try run(code, words, fork: fork, contended: true)
      let plain = try run(code, words, fork: fork, contended: false)
      #expect(first.outcome == plain.outcome && first.output == plain.output)
      for slot in first.slots where slot.isObserved && slot.isCounter {
        let owner = first.state.accountEntries[Int(slot.account)].address
        guard owner == Self.contract, words[slot.slot] != nil else { continue }
        let bounds = first.state.bounds(of: slot)
        let up = min(bounds.up, UInt256.max &- slot.start)
        let down = min(bounds.down, slot.start)
        for now in [slot.start &+ up, slot.start &- down, slot.start &+ (up >> 1)] {
          var others = words
          others[slot.slot] = now
          let again = try run(code, others, fork: fork, contended: false)
          #expect(again.outcome == first.outcome, "\(code) \(slot.start) \(now)")
          #expect(again.output == first.output)
          let after = again.state.presentStorage(Self.contract, slot.slot)
          let before = first.state.presentStorage(Self.contract, slot.slot)
          #expect(after &- before == now &- slot.start, "\(code) \(slot.start) \(now)")
          tried += 1
        }
      }
    }
    #expect(tried > 300)
  }
}

/// A state of which every slot is about to be changed by others.
private final class ContendedView: StateView {
  private let whole: MemoryState
  private let isContended: Bool

  init(_ whole: MemoryState, _ isContended: Bool) {
    self.whole = whole
    self.isContended = isContended
  }

  func account(_ address: Address) throws(StateReadError) -> Account? { whole.account(address) }

  func storage(_ address: Address, _ slot: UInt256) throws(StateReadError) -> UInt256 {
    whole.storage(address, slot)
  }

  func contendedStorage(
    _ address: Address, _ slot: UInt256
  ) throws(StateReadError) -> (word: UInt256, isContended: Bool) {
    (whole.storage(address, slot), isContended)
  }

  func hasStorage(_ address: Address) throws(StateReadError) -> Bool { whole.hasStorage(address) }

  func code(_ hash: Hash256) throws(StateReadError) -> Code { try whole.code(hash) }

  func blockHash(_ number: UInt64) throws(StateReadError) -> Hash256? { whole.blockHash(number) }
}
