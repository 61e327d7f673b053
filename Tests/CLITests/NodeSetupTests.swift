// What the options of a node are taken for.

import Foundation
import Node
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

  @Test func wordsThatAreNoMnemonicAreRefused() {
    for (words, reason) in [
      ("test junk", "--mnemonic: a mnemonic has 12, 15, 18, 21 or 24 words, not 2"),
      (
        String(repeating: "test ", count: 11) + "jnuk",
        "--mnemonic: word 12 of the mnemonic, \"jnuk\", is not in the English list of BIP-39"
      ),
      (String(repeating: "test ", count: 12), "--mnemonic: the checksum of the mnemonic is wrong"),
    ] {
      let text = message { _ = try NodeSetup(try arguments("--mnemonic", words)) }
      #expect(text?.hasPrefix(reason) == true, "\(text ?? "")")
    }
  }

  @Test func blocksMayBeLessThanASecondApart() throws {
    #expect(try NodeSetup(try arguments("--block-time", "0.25")).options.blockTime == 0.25)
    for text in ["0", "-1", "nan", "inf", "1e9", "two"] {
      let text = message { _ = try NodeSetup(try arguments("--block-time", text)) }
      #expect(text?.hasPrefix("--block-time needs a number from 0.001 to 86400, not") == true)
    }
    try withFile("{\"block-time\": 0.5}") { path in
      let read = try NodeConfiguration.arguments(in: path, of: Command.node.options)
      #expect(try NodeSetup(read).options.blockTime == 0.5)
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

  @Test func aFileMayHaveListsAsArrays() throws {
    try withFile("{\"vhosts\": [\"a.org\", \"b.org\"], \"cors-origin\": []}") { path in
      let read = try NodeConfiguration.arguments(in: path, of: Command.node.options)
      #expect(read.list("--vhosts") == ["a.org", "b.org"] && !read.has("--cors-origin"))
    }
    try withFile("{\"header\": [\"a: b, c\", \"d: e\"]}") { path in
      let read = try NodeConfiguration.arguments(in: path, of: [.repeated("--header", "LINE", "")])
      #expect(read.strings("--header") == ["a: b, c", "d: e"])
    }
    for text in [
      "{\"vhosts\": [1]}", "{\"vhosts\": [\"\"]}", "{\"vhosts\": [\"a,b\"]}",
      "{\"vhosts\": [[\"a\"]]}", "{\"port\": [\"9\"]}", "{\"in-memory\": [true]}",
    ] {
      try withFile(text) { path in
        #expect(throws: UsageError.self) {
          try NodeConfiguration.arguments(in: path, of: Command.node.options)
        }
      }
    }
  }

  @Test func addressesAreTakenAsPeopleWriteThem() throws {
    for (text, host) in [
      ("[::1]", "::1"), ("::", "::"), ("localhost", "127.0.0.1"), ("0.0.0.0", "0.0.0.0"),
    ] {
      let setup = try NodeSetup(try arguments("--host", text))
      #expect(setup.options.service.server.host == host)
    }
    #expect(NodeBanner.place("::1", 8545) == "[::1]:8545")
    #expect(NodeBanner.place("127.0.0.1", 1) == "127.0.0.1:1")
  }

  @Test func twoFilesOfAFirstBlockAreNamedBoth() throws {
    try withFile("{}") { path in
      let text = message {
        _ = try ExecutionSetup(try arguments("--network", path, "--genesis", "g.json"))
      }
      #expect(text?.contains("both name the first block") == true, "\(text ?? "")")
      let other = message {
        _ = try ExecutionSetup(try arguments("--network", "sepolai", "--genesis", path))
      }
      #expect(other?.contains("not \"sepolai\"") == true, "\(other ?? "")")
    }
  }

  @Test func whatAFileCallsByAWrongNameIsRefused() throws {
    for (text, reason) in [
      ("{\"no-minning\": false}", "unknown option --no-minning; did you mean --no-mining?"),
      ("{\"\": true, \"port\": 9}", "unknown option --"),
      ("{\"port=9\": true}", "unknown option --port=9"),
      ("{\"port\": false}", "--port is a string or a number, not a boolean"),
      ("{\"in-memory\": \"yes\"}", "--in-memory is true or false, not a string"),
      ("{\"config\": \"x\"}", "there is no configuration within a configuration"),
    ] {
      try withFile(text) { path in
        let text = message {
          _ = try NodeConfiguration.arguments(in: path, of: Command.node.options)
        }
        #expect(text?.hasPrefix("\(path): \(reason)") == true, "\(text ?? "")")
      }
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
    let title = "options of a development chain"
    #expect(help.contains("\n\(title) that count when it is made:\n  --accounts N"))
    #expect(help.contains("\n\(title):\n  --mnemonic WORDS"))
    #expect(help.contains("\noptions:\n"))
  }
}
