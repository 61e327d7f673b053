// What a block changed, gathered by several workers in several parts.

import EVM
import Execution
import Ledger
import Primitives
import Samples
import State
import Testing

@Suite struct BlockDiffTests {
  /// SSTORE(CALLDATA[0], CALLDATA[32]).
  private static let store: [UInt8] = [0x60, 0x20, 0x35, 0x60, 0x00, 0x35, 0x55]

  /// Stores into slots all over the range and into the first few, by contracts all over the range, and
  /// transfers to accounts that are there or not.
  private func scene(_ random: inout SeededGenerator) -> (ExecutableBlock, MemoryState) {
    var addresses: [Address] { (0..<12).map { _ in Address(truncating: random.uniformWord()) } }
    let contracts = addresses
    let strangers = addresses
    let state = MemoryState(
      ParallelStage.people(40)
        + contracts.map {
          AccountAllocation(address: $0, nonce: 1, code: Self.store, storage: [0: 1, 1: 2])
        })
    var nonces = [UInt64](repeating: 0, count: 40)
    let transactions = (0..<120).map { _ in
      let sender = random.below(40)
      defer { nonces[sender] += 1 }
      if random.oneIn(3) {
        let recipient =
          random.flip() ? ParallelStage.person(random.below(40)) : random.pick(strangers)
        let transfer = ParallelStage.legacy(
          nonce: nonces[sender], to: recipient, value: UInt256(UInt64(random.below(100))))
        return (sender, transfer)
      }
      let slot = random.flip() ? UInt256(UInt64(random.below(4))) : random.uniformWord()
      return (
        sender,
        ParallelStage.legacy(
          nonce: nonces[sender], to: contracts[random.below(random.flip() ? 2 : 12)],
          data: slot.bigEndianBytes + UInt256(UInt64(random.below(3))).bigEndianBytes)
      )
    }
    // Who earns the fees may be somebody whose slots change, too.
    let coinbase = random.flip() ? contracts[0] : strangers[0]
    return (
      ParallelStage.block(transactions, fork: .berlin, coinbase: coinbase), state
    )
  }

  @Test(arguments: [1, 2, 3, 16, 20])
  func itIsTheSerialOneHoweverManyPartsItIsGatheredIn(workers: Int) throws {
    var random = SeededGenerator(seed: UInt64(workers))
    let parallel = alwaysParallel(workers: workers)
    for _ in 0..<12 {
      let (block, state) = scene(&random)
      let serial = try SequentialExecutor().execute(block, on: state)
      #expect(serial.diff.accounts.count > 20)
      #expect(try parallel.execute(block, on: state) == serial)
    }
  }
}
