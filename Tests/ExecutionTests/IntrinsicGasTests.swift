// What a transaction costs before its first instruction, fork by fork.

import Execution
import Ledger
import Primitives
import Testing

@Suite struct IntrinsicGasTests {
  private func cost(_ fork: Fork, _ change: (inout Transaction) -> Void) -> UInt64 {
    IntrinsicGas(fork).cost(of: Stage.transaction(.legacy, change)).intrinsic
  }

  @Test(arguments: Fork.allCases)
  func callsWithData(fork: Fork) {
    let perByte: UInt64 = fork >= .istanbul ? 16 : 68
    #expect(cost(fork) { _ in } == 21_000)
    #expect(cost(fork) { $0.data = [0, 1, 0, 255, 0] } == 21_000 + 3 * 4 + 2 * perByte)
  }

  @Test(arguments: Fork.allCases)
  func creations(fork: Fork) {
    let creation: UInt64 = fork >= .homestead ? 32_000 : 0
    let word: UInt64 = fork >= .shanghai ? 2 : 0
    for (count, words) in [(0, 0), (1, 1), (32, 1), (33, 2)] as [(Int, UInt64)] {
      let gas = cost(fork) {
        $0.to = nil
        $0.data = Array(repeating: 0, count: count)
      }
      #expect(gas == 21_000 + creation + 4 * UInt64(count) + words * word)
    }
  }

  @Test func accessLists() {
    let gas = cost(.berlin) {
      $0.accessList = [
        AccessListEntry(address: Address(1), slots: [0, 0, 1]),
        AccessListEntry(address: Address(1)),
      ]
    }
    #expect(gas == 21_000 + 2 * 2_400 + 3 * 1_900)
  }

  @Test func authorizations() {
    let one = Authorization(chainID: 1, address: .zero, nonce: 0)
    #expect(cost(.prague) { $0.authorizations = [one, one] } == 21_000 + 2 * 25_000)
  }

  @Test(arguments: Fork.allCases)
  func floor(fork: Fork) {
    let transaction = Stage.transaction { $0.data = [0, 1, 2] }
    let floor = IntrinsicGas(fork).cost(of: transaction).floor
    #expect(floor == (fork >= .prague ? 21_000 + 10 * (1 + 2 * 4) : 0))
  }
}
