// What the options of a node are taken for.

import Foundation
import Testing

@testable import cli

@Suite struct NodeSetupTests {
  private func arguments(_ words: String...) throws(UsageError) -> Arguments {
    try Arguments(words, options: Command.node.options, command: "needletail node")
  }

  private func message(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch {
      return (error as? UsageError)?.message
    }
  }

  private func withFile(_ text: String, _ body: (String) throws -> Void) throws {
    let path = NSTemporaryDirectory() + "needletail-config-\(UUID().uuidString).json"
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
  }

  @Test func whatAConsensusClientDoesNotKnowIsRefusedBesideOne() throws {
    for words in [["--accounts", "3"], ["--block-time", "1"], ["--state", "x"]] {
      let arguments = try Arguments(
        ["--network", "sepolia"] + words, options: Command.node.options, command: "needletail node")
      let text = message { _ = try Command.runExecutionClient(arguments) }
      #expect(text?.hasPrefix("\(words[0]) is for a chain of one's own") == true)
    }
  }

  @Test func optionsThatContradictEachOtherAreRefused() {
    for words in [
      ["--in-memory", "--data", "x"], ["--state", "a", "--load-state", "b"],
      ["--genesis", "a", "--hardfork", "cancun"], ["--block-time", "1", "--no-mining"],
    ] {
      let text = message {
        _ = try NodeSetup(
          try Arguments(words, options: Command.node.options, command: "needletail node"))
      }
      #expect(text?.hasSuffix("exclude each other") == true, "\(words)")
    }
    #expect(
      message { _ = try NodeSetup(try arguments("--hardfork", "homestead")) }
        == "--hardfork Homestead: blocks are made by the rules of Byzantium and later forks")
  }

  @Test func aFileSaysWhatTheCommandLineDoesNot() throws {
    try withFile(
      "{\"port\": 9000, \"in-memory\": true, \"no-mining\": false, \"mnemonic\": \"a b\"}"
    ) { path in
      var given = try arguments("--port", "1")
      given.fill(from: try NodeConfiguration.arguments(in: path, of: Command.node.options))
      #expect(given.string("--port") == "1" && given.has("--in-memory"))
      #expect(given.string("--mnemonic") == "a b" && !given.has("--no-mining"))
    }
  }

  @Test func whatIsWrongInAFileIsSaid() throws {
    for text in [
      "", "[]", "{\"prot\": 1}", "{\"port\": []}", "{\"port\": true}", "{\"in-memory\": 5}",
      "{\"config\": \"x\"}", "{\"port\": 1, \"port\": 2}", "{\"port\": \"\"}",
    ] {
      try withFile(text) { path in
        let text = message {
          _ = try NodeConfiguration.arguments(in: path, of: Command.node.options)
        }
        #expect(text?.isEmpty == false, "\(text ?? "")")
      }
    }
    #expect(
      message {
        _ = try NodeConfiguration.arguments(in: "/no/such", of: Command.node.options)
      }?.contains("no such file") == true)
  }

  @Test func theHelpHasGroups() {
    let help = Command.node.help
    #expect(help.contains("\noptions that count when the chain is made:\n  --accounts N"))
    #expect(help.contains("\noptions:\n"))
  }
}
