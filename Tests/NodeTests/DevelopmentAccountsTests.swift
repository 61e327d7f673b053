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

  /// The vectors of BIP-39: https://github.com/trezor/python-mnemonic/blob/master/vectors.json
  @Test func theVectorsOfTheStandardAreMnemonics() throws {
    let beginnings = [
      "legal winner thank year wave sausage worth useful ",
      "letter advice cage absurd amount doctor acoustic avoid ",
    ]
    func filled(_ words: String, _ count: Int) -> String {
      let words = words.split(separator: " ")
      return (0..<count).map { "\(words[$0 % words.count]) " }.joined()
    }
    let ends = [
      (11, "about", "yellow", "above", "wrong"), (17, "agent", "will", "always", "when"),
      (23, "art", "title", "bless", "vote"),
    ]
    var vectors = [
      "ozone drill grab fiber curtain grace pudding thank cruise elder eight picnic",
      "gravity machine north sort system female filter attitude volume fold club stay feature "
        + "office ecology stable narrow fog",
      "hamster diagram private dutch cause delay private meat slide toddler razor book happy "
        + "fancy gospel tennis maple dilemma loan word shrug inflict delay length",
      DevelopmentAccounts.standardMnemonic,
    ]
    for (count, zeros, first, second, ones) in ends {
      vectors.append(filled("abandon", count) + zeros)
      vectors.append(filled(beginnings[0], count) + first)
      vectors.append(filled(beginnings[1], count) + second)
      vectors.append(filled("zoo", count) + ones)
    }
    for text in vectors {
      #expect(try Mnemonic("  " + text.replacing(" ", with: " \n ")).text == text)
    }
  }

  @Test func whatIsNoMnemonicIsSaid() {
    func problem(_ text: String) -> String? {
      do {
        _ = try Mnemonic(text)
        return nil
      } catch {
        return error.description
      }
    }
    #expect(problem("") == "a mnemonic has 12, 15, 18, 21 or 24 words, not 0")
    #expect(problem(String(repeating: "zoo ", count: 13))?.contains("not 13") == true)
    let capital = DevelopmentAccounts.standardMnemonic.replacing("junk", with: "Junk")
    #expect(problem(capital)?.hasPrefix("word 12 of the mnemonic, \"Junk\", is not in") == true)
    #expect(problem(String(repeating: "zoo ", count: 12))?.contains("checksum") == true)
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
