// A chain goes on by the rules that it was made with.

import Chain
import Foundation
import JSON
import Ledger
import Node
import Primitives
import Storage
import Testing

@Suite(.serialized) struct RulesRecordTests {
  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = NSTemporaryDirectory() + "needletail-record-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  /// A chain that begins at time 1000 with the rules of Paris, and has those of Shanghai from 1000 on.
  private func genesis(_ change: (inout ChainRules) -> Void = { _ in }) throws -> Genesis {
    var genesis = DevelopmentGenesis(timestamp: 1000)
    genesis.fork = .shanghai
    var made = try genesis.genesis([])
    change(&made.rules)
    return made
  }

  /// Keeps rules in a store, which is made where there is none.
  private func keep(_ genesis: Genesis, in folder: String) throws {
    let store =
      try Store.exists(at: folder)
      ? Store.open(at: folder, options: TestNode.storeOptions)
      : Store.create(
        at: folder, genesis: genesis.header, allocations: genesis.allocations,
        options: TestNode.storeOptions)
    defer { try? store.close() }
    try RulesRecord.keep(genesis.rules, in: store)
  }

  private func reason(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test func anotherChainIdIsRefused() throws {
    try withFolder { folder in
      try keep(try genesis(), in: folder)
      let text = reason { try keep(try genesis { $0.chainID = 5 }, in: folder) }
      #expect(text?.contains("its chain id is 31337, not 5") == true, "\(text ?? "")")
      #expect(text?.contains("use another folder") == true)
      try keep(try genesis(), in: folder)
    }
  }

  @Test func forksThatHaveBegunMustBeTheSame() throws {
    try withFolder { folder in
      try keep(try genesis { $0.activations[.cancun] = .timestamp(1000) }, in: folder)
      let late = reason {
        try keep(try genesis { $0.activations[.cancun] = .timestamp(1001) }, in: folder)
      }
      #expect(
        late?.contains("block 0 has the rules of Cancun, not of Shanghai") == true, "\(late ?? "")")
      #expect(reason { try keep(try genesis(), in: folder) } != nil)
    }
  }

  @Test func forksThatBeginBehindTheHeadMayChange() throws {
    try withFolder { folder in
      try keep(try genesis { $0.activations[.cancun] = .timestamp(2000) }, in: folder)
      try keep(try genesis { $0.activations[.cancun] = .timestamp(3000) }, in: folder)
      try keep(try genesis(), in: folder)
      // The record is that of the last time.
      let store = try Store.open(at: folder, options: TestNode.storeOptions)
      defer { try? store.close() }
      #expect(throws: StoreError.self) {
        try RulesRecord.check(
          try genesis { $0.activations[.cancun] = .timestamp(1000) }.rules, of: store)
      }
    }
  }

  @Test func rulesThatSayTheSameInOtherWordsAreTheSame() throws {
    try withFolder { folder in
      try keep(try genesis(), in: folder)
      try keep(
        try genesis {
          $0.activations = [.shanghai: .block(0)]
          $0.terminalTotalDifficulty = nil
        }, in: folder)
    }
  }

  @Test func whatIsNoForkMustBeTheSameToo() throws {
    func cancun(_ change: (inout ChainRules) -> Void = { _ in }) throws -> Genesis {
      try genesis {
        $0.activations[.cancun] = .timestamp(1000)
        $0.activations[.prague] = .timestamp(1000)
        $0.blobSchedule[1000] = .prague
        change(&$0)
      }
    }
    let changes: [(ChainRules) -> (ChainRules, String)] = [
      { rules in
        var other = rules
        other.blobSchedule[1000] = .bpo1
        return (other, "parameters of blobs")
      },
      { rules in
        var other = rules
        other.depositContract = Address(truncating: 7)
        return (other, "deposit contract")
      },
      { rules in
        var other = rules
        other.daoFork = DAOForkRule(block: 0)
        return (other, "DAO")
      },
      { rules in
        var other = rules
        other.terminalTotalDifficulty = UInt256(1)
        return (other, "total difficulty")
      },
    ]
    try withFolder { folder in
      try keep(try cancun(), in: folder)
      for change in changes {
        var other = try cancun()
        let words: String
        (other.rules, words) = change(other.rules)
        let text = reason { try keep(other, in: folder) }
        #expect(text?.contains(words) == true, "\(text ?? words)")
      }
    }
  }

  @Test(arguments: [ChainRules.mainnet, .sepolia, .holesky, .hoodi])
  func theRulesOfPublicNetworksAreKeptAsTheyAre(_ rules: ChainRules) throws {
    try withFolder { folder in
      var made = try genesis()
      made.rules = rules
      try keep(made, in: folder)
      let text = try String(contentsOfFile: folder + "/rules.json", encoding: .utf8)
      try keep(made, in: folder)
      #expect(try String(contentsOfFile: folder + "/rules.json", encoding: .utf8) == text)
      // Whatever is not read as it was written would be written again.
      let number = { (path: String) in
        try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int
      }
      let before = try number(folder + "/rules.json")
      try keep(made, in: folder)
      #expect(try number(folder + "/rules.json") == before)
    }
  }

  @Test func aChainOfOnesOwnKeepsItsRulesWhoeverGoesOnWithIt() throws {
    try withFolder { folder in
      let genesis = try genesis()
      try DevelopmentStore.create(at: folder, genesis: genesis, options: TestNode.storeOptions)
        .store.close()
      let text = reason { try keep(try self.genesis { $0.chainID = 5 }, in: folder) }
      #expect(text?.contains("its chain id is 31337, not 5") == true, "\(text ?? "")")
      try keep(genesis, in: folder)
      try DevelopmentStore.open(at: folder, options: TestNode.storeOptions).store.close()
      // As if another program had gone on by other rules.
      let file = URL(fileURLWithPath: folder + "/rules.json")
      let record = try String(contentsOf: file, encoding: .utf8)
      try Data(record.replacingOccurrences(of: "31337", with: "9").utf8).write(to: file)
      #expect {
        _ = try DevelopmentStore.open(at: folder, options: TestNode.storeOptions)
      } throws: { "\($0)".contains("its chain id is 9, not 31337") }
    }
  }

  @Test func aDamagedRecordIsAnErrorWithTheNameOfTheFile() throws {
    try withFolder { folder in
      try keep(try genesis(), in: folder)
      for text in [
        "", "{", "[]", "{\"chainId\":-1}", "{\"chainId\":1,\"forks\":{\"Nowhere\":{\"block\":1}}}",
        "{\"chainId\":1,\"forks\":{\"London\":{}}}",
      ] {
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/rules.json"))
        #expect(
          reason { try keep(try genesis(), in: folder) }?.contains("rules.json") == true, "\(text)")
      }
    }
  }
}
