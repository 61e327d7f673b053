// Set-code transactions (EIP-7702).

import Crypto
import Execution
import Ledger
import Primitives
import State
import Testing

@Suite struct DelegationTests {
  private static let key: UInt256 = 0x1234_5678

  private func authority() throws -> Address {
    try #require(Secp256k1.address(ofPrivateKey: Self.key))
  }

  private func authorization(
    to address: Address, nonce: UInt64 = 0, chainID: UInt256 = 1
  ) throws -> Authorization {
    try #require(
      Authorization(chainID: chainID, address: address, nonce: nonce).signed(by: Self.key))
  }

  private func transaction(_ authorizations: [Authorization]) -> Transaction {
    Stage.transaction(.setCode) {
      $0.authorizations = authorizations
      $0.gasLimit = 200_000
    }
  }

  private func code(of address: Address, in stage: Stage) -> [UInt8] {
    Array(stage.state.code(of: address).buffer)
  }

  private func designator(of address: Address) -> [UInt8] { [0xef, 0x01, 0x00] + address.bytes }

  @Test(arguments: [0, 1] as [UInt256])
  func writesTheDelegationOfANewAuthority(chainID: UInt256) throws {
    let stage = Stage(.prague)
    let outcome = try stage.execute(
      transaction([try authorization(to: Address(0xdd), chainID: chainID)]))
    #expect(outcome.gasUsed == 21_000 + 25_000)
    #expect(code(of: try authority(), in: stage) == designator(of: Address(0xdd)))
    #expect(stage.state.nonce(of: try authority()) == 1)
  }

  @Test func existingAuthorityGivesHalfBackUpToAFifthOfAll() throws {
    let account = AccountAllocation(address: try authority(), balance: 1)
    let stage = Stage(.prague, [Stage.senderAccount(), account])
    let outcome = try stage.execute(transaction([try authorization(to: Address(0xdd))]))
    #expect(outcome.gasUsed == 46_000 - 46_000 / 5)
  }

  @Test func authorizationsThatDoNotHoldAreSkipped() throws {
    var forged = try authorization(to: Address(0xdd))
    forged.signature.s = Secp256k1.order - forged.signature.s
    for skipped in [
      try authorization(to: Address(0xdd), nonce: 1),
      try authorization(to: Address(0xdd), chainID: 2),
      try authorization(to: Address(0xdd), nonce: .max),
      forged,
    ] {
      let stage = Stage(.prague)
      let outcome = try stage.execute(transaction([skipped]))
      #expect(outcome.succeeded)
      #expect(code(of: try authority(), in: stage).isEmpty)
      #expect(stage.state.accountExists(try authority()) == false)
    }
  }

  @Test func contractsDoNotDelegate() throws {
    let contract = AccountAllocation(address: try authority(), code: [0x00])
    let stage = Stage(.prague, [Stage.senderAccount(), contract])
    _ = try stage.execute(transaction([try authorization(to: Address(0xdd))]))
    #expect(code(of: try authority(), in: stage) == [0x00])
  }

  @Test func theLastOfSeveralAuthorizationsCounts() throws {
    let stage = Stage(.prague)
    _ = try stage.execute(
      transaction([
        try authorization(to: Address(0xd1), nonce: 0),
        try authorization(to: Address(0xd2), nonce: 1),
        try authorization(to: Address(0xd3), nonce: 1),
      ]))
    #expect(code(of: try authority(), in: stage) == designator(of: Address(0xd2)))
    #expect(stage.state.nonce(of: try authority()) == 2)
  }

  @Test func theZeroAddressRemovesADelegation() throws {
    let account = AccountAllocation(address: try authority(), code: designator(of: Address(0xdd)))
    let stage = Stage(.prague, [Stage.senderAccount(), account])
    _ = try stage.execute(transaction([try authorization(to: .zero)]))
    #expect(code(of: try authority(), in: stage).isEmpty)
    #expect(stage.state.codeHash(of: try authority()) == Code.emptyHash)
  }

  @Test func delegationsStayWhenTheTransactionFails() throws {
    let stage = Stage(.prague, [Stage.senderAccount(), Stage.contract([0xfe])])
    let outcome = try stage.execute(transaction([try authorization(to: Address(0xdd))]))
    #expect(outcome.succeeded == false)
    #expect(code(of: try authority(), in: stage) == designator(of: Address(0xdd)))
  }

  @Test func theDelegateRunsOnTheAuthority() throws {
    // SSTORE(0, 1)
    let delegate = AccountAllocation(address: Address(0xdd), code: [0x60, 1, 0x60, 0, 0x55])
    let stage = Stage(.prague, [Stage.senderAccount(), delegate])
    let authority = try authority()
    var transaction = transaction([try authorization(to: Address(0xdd))])
    transaction.to = authority
    #expect(try stage.execute(transaction).succeeded)
    let change = stage.state.diff().accounts.first { $0.address == authority }
    #expect(change?.storage == [SlotChange(slot: 0, value: 1)])
  }
}
