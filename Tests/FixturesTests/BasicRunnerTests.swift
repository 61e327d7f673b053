// Genesis, proof of work, difficulty and basic tests.

import JSON
import Testing

@testable import Fixtures

@Suite struct BasicRunnerTests {
  @Test func pathsOfTries() throws {
    let test = """
      {"odd": {"seq": [0, 0, 1, 2, 3, 4, 5], "term": true, "out": "30012345"}}
      """
    #expect(try verdict(test, as: .basicTest) == .passed)
    for (old, new) in [("true", "false"), ("30012345", "30012346"), ("4, 5", "4, 5, 6")] {
      #expect(try verdict(test.changing(old, to: new), as: .basicTest).isFailure)
    }
  }

  @Test func keysAndTheirAddresses() throws {
    let test = """
      [{"seed": "cow",
        "key": "c85ef7d79691fe79573b1a7064c19c1a9819ebdbd1faaab1a8ec92344438aaf4",
        "addr": "cd2a3d9f938e13cd947ec05abc7fe734df8dd826", "sig_of_emptystring": {}}]
      """
    #expect(try verdict(test, as: .basicTest) == .passed)
    for (old, new) in [("cow", "ox"), ("c85e", "c85f"), ("cd2a", "cd2b")] {
      #expect(try verdict(test.changing(old, to: new), as: .basicTest).isFailure)
    }
  }

  @Test func signedTransactions() throws {
    let test = """
      [{"key": "c85ef7d79691fe79573b1a7064c19c1a9819ebdbd1faaab1a8ec92344438aaf4",
        "nonce": 0, "gasprice": 1000000000000, "startgas": 10000,
        "to": "13978aee95f38490e9769c39b2773ed763d9cd5f", "value": 10000000000000000, "data": "",
        "unsigned": "eb8085e8d4a510008227109413978aee95f38490e9769c39b2773ed763d9cd5f872386f26f\
      c1000080808080",
        "signed": "f86b8085e8d4a510008227109413978aee95f38490e9769c39b2773ed763d9cd5f872386f26f\
      c10000801ba0eab47c1a49bf2fe5d40e01d313900e19ca485867d462fe06e139e3a536c6d4f4a014a569d327dcda4b\
      29f74f93c0e9729d2f49ad726e703f9cd90dbb0fbf6649f1"}]
      """
    #expect(try verdict(test, as: .basicTest) == .passed)
    let changes = [
      ("\"startgas\": 10000", "\"startgas\": 10001"), ("c1000080808080", "c1000080808081"),
      ("c85e", "c85f"), ("\"nonce\": 0", "\"nonce\": 1"), ("6649f1", "6649f2"),
    ]
    for (old, new) in changes {
      #expect(try verdict(test.changing(old, to: new), as: .basicTest).isFailure, "\(old)")
    }
  }

  @Test func difficultiesOfNetworks() throws {
    let test = """
      {"one": {"parentTimestamp": "42", "parentDifficulty": "1000000", "currentTimestamp": "60",
        "currentBlockNumber": "42", "currentDifficulty": "999512", "parentUncles":
          "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347"}}
      """
    let path = "BasicTests/difficulty.json"
    #expect(try verdict(test, as: .difficultyTest, path: path) == .passed)
    let wrong = test.changing("999512", to: "999513")
    #expect(try verdict(wrong, as: .difficultyTest, path: path).isFailure)
    // Homestead takes nothing away for eighteen seconds.
    let homestead = "BasicTests/difficultyCustomHomestead.json"
    #expect(try verdict(test, as: .difficultyTest, path: homestead).isFailure)
    let unchanged = test.changing("999512", to: "1000000")
    #expect(try verdict(unchanged, as: .difficultyTest, path: homestead) == .passed)
  }

  @Test func genesisBlocks() throws {
    let test = """
      {"none": {"nonce": "0x42", "alloc": {}, "timestamp": "0x54655307", "extraData": "0x03",
        "gasLimit": "0x1388", "difficulty": "0x400000000", "result": "0xc0"}}
      """
    #expect(try verdict(test, as: .genesisTest).isFailure)
  }

  @Test func whatIsNotRunIsNamed() throws {
    let files = [
      (#"{"aes1": {"decryption_type": "aes_ctr"}}"#, "ciphers of the network protocol"),
      (#"[{"inputs": {}, "result": "f8"}]"#, "genesis blocks of prototypes before Frontier"),
    ]
    for (text, name) in files {
      let document = try JSONDocument(parsing: Array(text.utf8), source: "x.json")
      #expect(FixtureFormat.detect(document, path: "x.json") == .notRun(name))
    }
  }
}
