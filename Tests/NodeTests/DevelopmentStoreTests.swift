// A chain keeps its rules.

import Chain
import Foundation
import JSON
import Ledger
import Node
import Primitives
import Storage
import Testing

@Suite(.serialized) struct DevelopmentStoreTests {
  private func chain(
    _ change: (inout DevelopmentGenesis) -> Void = { _ in }
  ) throws -> Genesis {
    var chain = DevelopmentGenesis(timestamp: 1000)
    change(&chain)
    return try chain.genesis(TestNode.accounts)
  }

  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = NSTemporaryDirectory() + "needletail-rules-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  @Test func everyForkFromTheFirstMakesBlocksAndGoesOnAfterARestart() async throws {
    for fork in Fork.allCases where fork >= DevelopmentGenesis.earliestFork {
      let node = try TestNode(
        genesis: try chain {
          $0.fork = fork
          $0.chainID = 77
        })
      for count in 1...2 {
        #expect(try await node.text("eth_chainId") == "0x4d")
        let (from, to) = (TestNode.accounts[0].address.hex, TestNode.accounts[1].address.hex)
        let hash = try await node.send("\"from\":\"\(from)\",\"to\":\"\(to)\",\"value\":\"0x5\"")
        #expect(try await node.receipt(hash).field("status").string() == "0x1", "\(fork.name)")
        #expect(try await node.text("eth_blockNumber") == "0x\(count)")
        #expect(
          try await node.result("anvil_nodeInfo").field("hardFork").string()
            == fork.name.lowercased())
        if count == 1 { try node.restart() }
      }
      try node.node.stop()
    }
  }

  @Test func forksBeforeTheFirstAreRefused() throws {
    for fork in Fork.allCases where fork < DevelopmentGenesis.earliestFork {
      let genesis = try chain { $0.fork = fork }
      #expect {
        _ = try TestNode(genesis: genesis)
      } throws: { error in
        "\(error)" == "blocks of \(fork.name) cannot be made, only those of byzantium and later"
          || (error as? NodeError)?.description.contains("cannot be made") == true
      }
    }
  }

  @Test func theGenesisIsGivenBackAsItWasWritten() throws {
    try withFolder { folder in
      let genesis = try chain { $0.fork = .shanghai }
      let text = Array(genesis.json().utf8) + [0x0a]
      try DevelopmentStore.create(
        at: folder, genesis: genesis, text: text, options: TestNode.storeOptions
      ).store.close()
      #expect(try Store.chainFile(at: folder) == text)
      let chain = try DevelopmentStore.open(at: folder, options: TestNode.storeOptions)
      #expect(chain.rules == genesis.rules)
      #expect(chain.store.genesisBlock.hash == genesis.hash)
      try chain.store.close()
    }
  }

  @Test func anotherGenesisIsRefused() throws {
    try withFolder { folder in
      try DevelopmentStore.create(
        at: folder, genesis: try chain(), options: TestNode.storeOptions
      ).store.close()
      let others = [
        try chain { $0.chainID = 5 }, try chain { $0.fork = .cancun }, try chain { $0.baseFee = 7 },
      ]
      for other in others {
        #expect(throws: NodeError.self) {
          _ = try DevelopmentStore.open(
            at: folder, genesis: other, options: TestNode.storeOptions)
        }
      }
      try DevelopmentStore.open(
        at: folder, genesis: try chain(), options: TestNode.storeOptions
      ).store.close()
    }
  }

  @Test func aStoreWithoutRulesNeedsItsGenesis() throws {
    try withFolder { folder in
      let genesis = try chain()
      try Store.create(
        at: folder, genesis: genesis.header, allocations: genesis.allocations,
        options: TestNode.storeOptions
      ).close()
      #expect {
        _ = try DevelopmentStore.open(at: folder, options: TestNode.storeOptions)
      } throws: { "\($0)".contains("--genesis FILE") }
      let opened = try DevelopmentStore.open(
        at: folder, genesis: genesis, options: TestNode.storeOptions)
      #expect(opened.rules == genesis.rules)
      try opened.store.close()
    }
  }

  @Test func rulesThatWereChangedByHandAreRefused() throws {
    try withFolder { folder in
      try DevelopmentStore.create(
        at: folder, genesis: try chain(), options: TestNode.storeOptions
      ).store.close()
      let file = URL(fileURLWithPath: folder + "/genesis.json")
      let text = try String(contentsOf: file, encoding: .utf8)
      let changed = text.replacingOccurrences(of: "31337", with: "99")
      #expect(changed != text)
      try Data(changed.utf8).write(to: file)
      #expect {
        _ = try DevelopmentStore.open(at: folder, options: TestNode.storeOptions)
      } throws: { "\($0)".contains("checksum") }
      try Data(text.utf8).write(to: file)
      try DevelopmentStore.open(at: folder, options: TestNode.storeOptions).store.close()
    }
  }

  @Test func damagedRulesAreAnErrorWithTheNameOfTheFile() throws {
    try withFolder { folder in
      try DevelopmentStore.create(
        at: folder, genesis: try chain(), options: TestNode.storeOptions
      ).store.close()
      // Stores that were made before there was a checksum have none.
      try FileManager.default.removeItem(atPath: folder + "/genesis.keccak")
      for text in ["", "{", "[]", "{\"config\":{}}", "{\"config\":{\"chainId\":-1}}"] {
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/genesis.json"))
        #expect {
          _ = try DevelopmentStore.open(at: folder, options: TestNode.storeOptions)
        } throws: { "\($0)".contains("genesis.json") }
      }
    }
  }
}
