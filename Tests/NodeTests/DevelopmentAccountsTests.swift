// Keys from a mnemonic, as other tools derive them.

import Crypto
import Node
import Primitives
import Testing

@Suite struct DevelopmentAccountsTests {
  @Test func theStandardMnemonicGivesTheAccountsThatEverybodyKnows() throws {
    let accounts = DevelopmentAccounts.derive(3, from: DevelopmentAccounts.standardMnemonic)
    #expect(
      accounts.map(\.address.checksummed) == [
        "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266", "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
        "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC",
      ])
    let first = try #require(accounts.first)
    #expect(
      first.privateKey.hex == "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80")
  }

  @Test func spacesBetweenWordsDoNotMatterAndOtherWordsGiveOtherKeys() {
    let words = DevelopmentAccounts.standardMnemonic
    let spaced = "  " + words.replacing(" ", with: " \n ")
    #expect(
      DevelopmentAccounts.derive(2, from: spaced) == DevelopmentAccounts.derive(2, from: words))
    #expect(
      DevelopmentAccounts.derive(1, from: "legal winner thank year wave")
        != DevelopmentAccounts.derive(1, from: words))
    #expect(DevelopmentAccounts.derive(0, from: words).isEmpty)
  }
}
