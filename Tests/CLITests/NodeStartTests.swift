// Starting a node on what is there already.

import Foundation
import Node
import Storage
import Testing

@testable import cli

@Suite struct NodeStartTests {
  private func withPlace(_ body: (String) throws -> Void) throws {
    let place = NSTemporaryDirectory() + "needletail-start-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: place) }
    try body(place)
  }

  private func arguments(_ words: [String]) throws -> Arguments {
    try Arguments(
      words + [
        "--port", "0", "--threads", "1", "--cache-size", "16MiB", "--log-format", "json",
        "--log-level", "error",
      ], options: Command.node.options, command: "needletail node")
  }

  private func reason(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch {
      return "\(error)"
    }
  }

  /// Starts what may have to wait until the one before has gone, and ends it.
  private func pass(_ start: () throws -> () throws -> Void) throws {
    for _ in 0..<1000 {
      do {
        return try start()()
      } catch  where "\(error)".contains("another process has this store open") {
        usleep(5_000)
      }
    }
    try start()()
  }

  private func passNode(_ words: [String]) throws {
    try pass { try NodeSetup(try arguments(words)).start().stop }
  }

  @Test func theStateOfAChainThatIsThereIsWrittenAndNotLoaded() throws {
    try withPlace { place in
      let words = ["--data", "\(place)/chain", "--state", "\(place)/state.json"]
      for _ in 0..<2 {
        try passNode(words)
        let text = try String(contentsOfFile: "\(place)/state.json", encoding: .utf8)
        #expect(text.contains("\"best_block_number\":0"))
      }
    }
  }

  @Test func aStoreKeepsAsMuchHistoryAsItWasToldLast() throws {
    try withPlace { place in
      let words = ["--data", "\(place)/chain"]
      func history() throws -> Store.History {
        var kept: Store.History?
        try pass {
          let store = try Store.open(at: "\(place)/chain")
          kept = store.history
          return { try store.close() }
        }
        return try #require(kept)
      }
      try passNode(words)
      #expect(try history() == .archive)
      try passNode(words + ["--history", "50"])
      #expect(try history() == .blocks(50))
      try passNode(words)
      #expect(try history() == .blocks(50))
    }
  }

  @Test func aFileThatIsNoStateIsNotWrittenOver() throws {
    try withPlace { place in
      let file = URL(fileURLWithPath: "\(place)/notes.txt")
      try Data("precious".utf8).write(to: file)
      let words = ["--data", "\(place)/chain", "--state", file.path]
      #expect(
        reason { _ = try NodeSetup(try arguments(words)).start() }?.contains("it is no state")
          == true)
      #expect(!FileManager.default.fileExists(atPath: "\(place)/chain"))
      try passNode(["--data", "\(place)/chain"])
      #expect(
        reason { _ = try NodeSetup(try arguments(words)).start() }?.contains("it is no state")
          == true)
      #expect(try Data(contentsOf: file) == Data("precious".utf8))
    }
  }

  @Test func aStateThatCannotBeWrittenIsToldAndTheStoreIsClosed() throws {
    try withPlace { place in
      let words = ["--data", "\(place)/chain", "--dump-state", "\(place)/gone/state.json"]
      let refusal = reason { try passNode(words) }
      #expect(refusal?.contains("cannot be written to \(place)/gone") == true, "\(refusal ?? "")")
      #expect(!FileManager.default.fileExists(atPath: "\(place)/chain"))
      let folder = "\(place)/gone"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      let text = reason {
        try pass {
          let run = try NodeSetup(try arguments(words)).start()
          try FileManager.default.removeItem(atPath: folder)
          return run.stop
        }
      }
      #expect(
        text?.hasPrefix("the state is not written: \(place)/gone/state.json: ") == true,
        "\(text ?? "")")
      try passNode(["--data", "\(place)/chain"])
    }
  }

  @Test func anExecutionClientGoesOnByTheRulesOfItsChainOnly() throws {
    try withPlace { place in
      func genesis(_ id: Int, cancun: Int) throws -> String {
        let path = "\(place)/genesis-\(id)-\(cancun).json"
        let text = """
          {"config": {"chainId": \(id), "homesteadBlock": 0, "eip150Block": 0, "eip155Block": 0,
            "eip158Block": 0, "byzantiumBlock": 0, "constantinopleBlock": 0, "istanbulBlock": 0,
            "berlinBlock": 0, "londonBlock": 0, "shanghaiTime": 0, "cancunTime": \(cancun),
            "terminalTotalDifficulty": 0,
            "blobSchedule": {"cancun": {"target": 3, "max": 6, "baseFeeUpdateFraction": 3338477}}},
           "difficulty": "0x0", "gasLimit": "0x1c9c380", "timestamp": "0x3e8", "alloc": {}}
          """
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return path
      }
      func start(_ network: String) throws {
        let words = ["--data", "\(place)/chain", "--network", network, "--authrpc.port", "0"]
        try pass { try ExecutionSetup(try arguments(words)).start().stop }
      }
      try start(try genesis(7, cancun: 2000))
      try start(try genesis(7, cancun: 3000))
      let other = reason { try start(try genesis(8, cancun: 3000)) }
      #expect(other?.contains("its chain id is 7, not 8") == true, "\(other ?? "")")
    }
  }

  @Test func aSecretIsMadeWhereThereIsAStoreOnly() throws {
    try withPlace { place in
      let locked = ["--data", "\(place)/chain", "--authrpc.port", "0"]
      try Data("no store".utf8).write(to: URL(fileURLWithPath: "\(place)/chain"))
      #expect(throws: (any Error).self) { try ExecutionSetup(try arguments(locked)).start() }
      #expect(try FileManager.default.contentsOfDirectory(atPath: place) == ["chain"])
      // And no store where the secret is none.
      try Data("short".utf8).write(to: URL(fileURLWithPath: "\(place)/secret"))
      let wrong = ["--data", "\(place)/other", "--authrpc.jwtsecret", "\(place)/secret"]
      #expect(throws: NodeError.self) { try ExecutionSetup(try arguments(wrong)).start() }
      #expect(!FileManager.default.fileExists(atPath: "\(place)/other"))
    }
  }
}
