// Arguments: what is understood, and what is said about the rest.

import Foundation
import Ledger
import Testing

@testable import cli

private let options: [Option] = [
  .value("--filter", "TEXT", "a text"), .value("--jobs", "N", "a number"),
  .value("--fork", "FORK", "a fork"), .value("--code", "HEX", "bytes"), .flag("--trace", "a flag"),
  .repeated("--header", "LINE", "lines"),
]

private func parse(_ words: String...) throws(UsageError) -> Arguments {
  try Arguments(words, options: options, command: "needletail test")
}

private func message(_ body: () throws -> Void) -> String? {
  do {
    try body()
    return nil
  } catch {
    return (error as? UsageError)?.message
  }
}

@Suite struct ArgumentsTests {
  @Test func tellsOptionsFromOperands() throws {
    let arguments = try parse("a", "--filter", "x y", "--trace", "b", "--jobs=4", "--", "--c")
    #expect(arguments.operands == ["a", "b", "--c"])
    #expect(arguments.string("--filter") == "x y")
    #expect(arguments.has("--trace") && !arguments.has("--fork"))
    #expect(try arguments.integer("--jobs", in: 1...8) == 4)
    #expect(try parse("-").operands == ["-"])
    #expect(try parse("--filter=a=b").string("--filter") == "a=b")
  }

  @Test func someOptionsMayBeRepeated() throws {
    let arguments = try parse("--header", "a: b", "x", "--header=c: d", "--jobs", "1")
    #expect(arguments.strings("--header") == ["a: b", "c: d"])
    #expect(arguments.operands == ["x"] && arguments.strings("--fork") == [])
    #expect(message { _ = try parse("--header") } == "--header needs a value: --header LINE")
  }

  @Test func unknownOptionsAreNamedWithASuggestion() {
    #expect(
      message { _ = try parse("--fliter", "x") }
        == "unknown option --fliter; did you mean --filter?")
    #expect(
      message { _ = try parse("--xyzzy-option") }
        == "unknown option --xyzzy-option; see needletail test --help")
    #expect(message { _ = try parse("-j") }?.hasPrefix("unknown option -j") == true)
  }

  @Test func valuesAreChecked() throws {
    #expect(message { _ = try parse("--jobs") } == "--jobs needs a value: --jobs N")
    #expect(message { _ = try parse("--filter=") } == "--filter needs a value: --filter TEXT")
    #expect(message { _ = try parse("--trace=yes") } == "--trace takes no value")
    #expect(message { _ = try parse("--trace", "--trace") } == "--trace is given twice")
    for wrong in ["0", "9", "-1", "x", "99999999999999999999", "1.5"] {
      let arguments = try parse("--jobs=\(wrong)")
      #expect(
        message { _ = try arguments.integer("--jobs", in: 1...8) }
          == "--jobs needs a whole number from 1 to 8, not \"\(wrong)\"")
    }
    #expect(try parse("--jobs=0x7fffffffffffffff").integer("--jobs", in: 0...Int.max) == .max)
    for wrong in ["0x", "0x-1", "-0x1", "0x8000000000000000", "9223372036854775808"] {
      let arguments = try parse("--jobs=\(wrong)")
      #expect(
        message { _ = try arguments.integer("--jobs", in: 0...Int.max) }?
          .contains("from 0 to 9223372036854775807") == true)
    }
    #expect(message { _ = try parse("--filter", "--fork") }?.contains("before --fork") == true)
    #expect(try parse("--filter=--fork").string("--filter") == "--fork")
    #expect(try parse("--jobs", "1_000").integer("--jobs", in: 1...2000) == 1000)
    #expect(try parse("--jobs", "1,000").integer("--jobs", in: 1...2000) == 1000)
    for list in ["1,2", "1,,2", ",5", "5,", "1_0", "1000,000", "1,000_000", "0x1,000"] {
      #expect(message { _ = try parse("--jobs", list).integer("--jobs", in: 0...Int.max) } != nil)
    }
  }

  @Test func forksAndBytes() throws {
    #expect(try parse("--fork", "EIP150").fork("--fork") == .tangerineWhistle)
    #expect(try parse("--fork", "cancun").fork("--fork") == .cancun)
    let unknown = try parse("--fork", "Bogus")
    #expect(
      message { _ = try unknown.fork("--fork") }?.contains("there is no fork \"Bogus\"") == true)
    let near = try parse("--fork", "Cancn")
    #expect(
      message { _ = try near.fork("--fork") }
        == "--fork: there is no fork \"Cancn\"; did you mean Cancun?")
    #expect(try parse("--code", "0x60ff").bytes("--code") == [0x60, 0xff])
    #expect(try parse("--code", "60ff").bytes("--code") == [0x60, 0xff])
    let odd = try parse("--code", "60f")
    #expect(
      message { _ = try odd.bytes("--code") }?.hasPrefix("--code needs pairs of hex digits") == true
    )
  }

  @Test func moreThreadsThanHelpAreNotTaken() throws {
    func parse(_ text: String) throws -> Arguments {
      try Arguments(
        ["--threads", text, "--cache-size", text],
        options: [.value("--threads", "N", ""), .value("--cache-size", "BYTES", "")],
        command: "needletail test")
    }
    let limit = 8 * ProcessInfo.processInfo.activeProcessorCount
    #expect(try parse("1").threads() == 1)
    #expect(try parse("\(limit)").threads() == limit)
    #expect(try parse("1024").threads() == min(1024, limit))
    #expect(try parse("1,1024,1023").threadCounts()?.max() == min(1024, limit))
    #expect(try parse("1,2").threadCounts() == [1, 2])
    #expect(throws: UsageError.self) { try parse("0").threads() }
    #expect(throws: UsageError.self) { try parse("1025").threadCounts() }
    #expect(try parse("1000").cacheSize(atLeast: 1000) == 1000)
    #expect(throws: UsageError.self) { try parse("999").cacheSize(atLeast: 1000) }
  }

  @Test func sizesAreTakenAsTheHelpWritesThem() throws {
    for (text, size) in [
      ("512MiB", 512 << 20), ("512 MiB", 512 << 20), ("1gib", 1 << 30), ("4KiB", 4096),
      ("4,096", 4096), ("0x1000", 4096), ("2TiB", 2 << 40),
    ] {
      #expect(try parse("--jobs=\(text)").size("--jobs", in: 0...Int.max) == size, "\(text)")
    }
    for text in [
      "MiB", " MiB", "-1MiB", "1.5GiB", "1 2MiB", "0x1MiB", "9999999999TiB", "512 MB", "5 12",
    ] {
      #expect(
        message { _ = try parse("--jobs=\(text)").size("--jobs", in: 0...Int.max) } != nil,
        "\(text)")
    }
    #expect(
      message { _ = try parse("--jobs=1KiB").size("--jobs", in: 4096...8192) }
        == "--jobs needs a size from 4096 to 8192 bytes, such as 512MiB, not \"1KiB\"")
  }

  @Test func editDistances() {
    #expect(editDistance("", "abc") == 3)
    #expect(editDistance("kitten", "sitting") == 3)
    #expect(editDistance("same", "same") == 0)
  }
}

@Suite struct ToolTests {
  /// Runs the tool with `words`.
  private func run(_ words: String...) -> (status: Int32, out: String, complaints: String) {
    run(words)
  }

  private func run(_ words: [String]) -> (status: Int32, out: String, complaints: String) {
    nonisolated(unsafe) var out = ""
    nonisolated(unsafe) var complaints = ""
    let tool = Tool(
      commands: [
        .conform, .replay, .importChain, .fetch, .evmRun, .benchPrecompiles, .benchRecovery,
        .benchBlocks, .benchFullPath, .bench,
        .fuzz,
      ],
      out: { out += $0 },
      complain: { complaints += $0 })
    return (tool.run(words), out, complaints)
  }

  @Test func versionAndHelp() {
    #expect(run("--version").out == "needletail \(Tool.version)")
    #expect(run("--help").status == 0)
    for name in [
      "conform", "replay", "import", "fetch", "evm run", "bench precompiles", "bench recovery",
    ] {
      #expect(run("--help").out.contains(name))
      let words = name.split(separator: " ").map(String.init)
      let help = words.count == 1 ? run(words[0], "--help") : run(words[0], words[1], "--help")
      #expect(help.status == 0 && help.out.contains("examples:") && help.out.contains("--json"))
    }
    #expect(run("help", "conform").out == run("conform", "--help").out)
    #expect(run().status == 2 && run().complaints.contains("usage:"))
  }

  @Test func unknownCommandsAreNamedWithASuggestion() {
    #expect(
      run("confrom").complaints == "needletail: unknown command \"confrom\"; did you mean conform?")
    #expect(
      run("evm", "rnu").complaints
        == "needletail: unknown command \"evm rnu\"; did you mean evm run?")
    #expect(run("confrom").status == 2)
    #expect(
      run("foo").complaints
        == "needletail: unknown command \"foo\"; see needletail --help")
    #expect(
      run("precompile").complaints
        == "needletail: unknown command \"precompile\"; did you mean bench precompiles?")
  }

  @Test func optionsBeforeACommandAreNamed() {
    #expect(
      run("--jsno", "conform").complaints.hasPrefix(
        "needletail: unknown option --jsno before a command"))
    #expect(run("--jsno").status == 2)
  }

  @Test func argumentsDoNotMoveTheCursor() {
    let complaints = run("conform", "--\u{1b}[2J" + String(repeating: "x", count: 5000)).complaints
    #expect(complaints.hasPrefix("needletail: unknown option --\\u{1B}[2J"))
    #expect(complaints.count < 1100)
  }

  @Test func oneWordOfTwoGivesHelp() {
    let help = run("evm", "run", "--help").out
    #expect(run("evm").complaints == help && run("evm").status == 2)
    #expect(run("evm", "--help").out == help && run("evm", "--help").status == 0)
    #expect(run("help", "evm").out == help)
    #expect(!help.contains(" \n"))
  }

  @Test func aWordOfSeveralCommandsListsThem() {
    nonisolated(unsafe) var (out, complaints) = ("", "")
    let tool = Tool(
      commands: [.benchPrecompiles, .benchBlocks], out: { out += $0 },
      complain: { complaints += $0 })
    #expect(tool.run(["bench", "--help"]) == 0 && tool.run(["bench"]) == 2)
    #expect(out.contains("bench precompiles") && out.contains("bench blocks"))
    #expect(complaints == out)
  }

  @Test func aFlagInACommandsNameMayStandBehindItsOperands() {
    for words in [["bench", "--full-path", "coins"], ["bench", "coins", "--full-path"]] {
      let tool = run(words)
      #expect(tool.status == 2 && tool.complaints.contains("measures raw and erc20"))
    }
  }

  @Test func aCommandOfOneWordSpeaksForItself() {
    let help = run("bench", "--help")
    #expect(help.status == 0 && help.out.contains("bench precompiles --help"))
    #expect(help.out.contains("swap-one-pool") && help.out.contains("--block-size"))
    #expect(run("help", "bench").out == help.out)
    #expect(run("bench", "blocks", "--help").out.contains("block tests"))
  }

  @Test func benchSaysWhatItCannotMeasure() {
    #expect(run("bench", "erc2").complaints.contains("did you mean erc20?"))
    #expect(run("bench", "blcoks").complaints.contains("did you mean blocks?"))
    #expect(run("bench", "raw", "--hot", "1.5").complaints.contains("from 0 to 1"))
    #expect(run("bench", "raw", "--hot", "nan").status == 2)
    for wrong in ["0", "1,,2", "x", "2000", ""] {
      #expect(run("bench", "raw", "--threads=\(wrong)").status == 2)
    }
    #expect(run("bench", "raw", "--filter", "x").complaints.contains("name a PATH"))
    #expect(run("bench", "/nowhere", "--hot", "1").complaints.contains("name a workload"))
    #expect(run("bench", "/nowhere", "--json", "-").status == 2)
  }

  @Test func benchRefusesKnobsThatChangeNothing() {
    for words in [
      ["erc20-airdrop", "--hot", "0.5"], ["erc20-hot", "--chain", "5"], ["raw", "--distance", "2"],
      ["mixed", "erc20-airdrop", "--chain", "5"], ["erc20-hot-sender", "--accounts", "3"],
    ] {
      let result = run(["bench"] + words + ["--rounds", "1", "--block-size", "1"])
      #expect(result.status == 2)
      #expect(
        result.complaints.contains("\(words[words.count - 2]) changes nothing in \(words[0])"))
    }
  }

  @Test func benchWritesItsFigures() throws {
    let path = NSTemporaryDirectory() + "needletail-\(UUID().uuidString).json"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let status = run(
      "bench", "raw", "dao", "--threads", "2,3", "--block-size", "30", "--rounds", "2", "--chain",
      "5", "--json", path
    ).status
    #expect(status == 0)
    let root = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: path)))
    let results = (root as? [String: Any])?["results"] as? [[String: Any]] ?? []
    #expect(results.map { $0["workload"] as? String } == ["raw", "raw", "dao", "dao"])
    #expect(results.map { $0["threads"] as? Int } == [2, 3, 2, 3])
    #expect(results.allSatisfy { $0["transactions"] as? Int == 30 })
  }

  @Test func inputsAreNotOverwritten() throws {
    let path = NSTemporaryDirectory() + "needletail-\(UUID().uuidString).json"
    try Data("{}".utf8).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    for command in [["conform", path], ["replay", path], ["evm", "run", "--workload", path]] {
      let result = run(command + ["--json", path])
      #expect(result.status == 2 && result.complaints.contains("overwrite"))
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data("{}".utf8))
  }

  @Test func aTraceAndJSONDoNotMix() {
    #expect(run("conform", "x", "--trace", "--json", "-").complaints.contains("--trace"))
    #expect(run("evm", "run", "--code", "00", "--trace", "--json=-").complaints.contains("--trace"))
  }

  @Test func badArgumentsEndWithTwo() {
    #expect(run("conform").status == 2)
    #expect(run("replay").status == 2)
    #expect(run("import", "chain.rlp").complaints.contains("--genesis"))
    #expect(run("import", "--genesis", "genesis.json").status == 2)
    #expect(run("evm", "run").status == 2)
    #expect(run("evm", "run", "--code", "00", "--workload", "x").status == 2)
    #expect(run("evm", "run", "--code", "0g").status == 2)
    #expect(run("evm", "run", "--workload", "/nowhere.json").complaints.contains("/nowhere.json"))
    #expect(run("conform", "--jobs", "many", "x").status == 2)
  }

  @Test func fuzzRefusesWhatWouldDoNothing() {
    for words in [
      ["--emit", "state-tests", "rlp"], ["--emit", "state-tests", "--rounds", "1"],
      ["--until", "5"], ["--count", "3"], ["rlp", "--round", "1", "--json", "-"],
    ] {
      #expect(run(["fuzz"] + words).status == 2)
    }
  }

  @Test func oddDigitsAreNamedAsSuch() {
    #expect(run("evm", "run", "--code", "0x0").complaints.contains("number of digits is odd"))
  }

  @Test func aTracerTakesNullForNoOptions() {
    let result = run(
      "evm", "run", "--code", "00", "--tracer", "callTracer", "--tracer-config", "null")
    #expect(result.status == 0)
  }

  @Test func fetchSaysWhatItLacks() {
    #expect(run("fetch").complaints.contains("--rpc URL"))
    #expect(run("fetch", "--rpc", "http://h").complaints.contains("--block N"))
    #expect(run("fetch", "--rpc", "http://h", "--block", "1").complaints.contains("--out DIR"))
    let rest = ["--block", "1", "--out", "/nowhere"]
    #expect(run(["fetch", "--rpc", "h:80"] + rest).complaints.contains("http://"))
    let secret = run(["fetch", "--rpc", "http://h", "--header", "SECRET"] + rest).complaints
    #expect(secret.contains("NAME: VALUE") && !secret.contains("SECRET"))
    #expect(
      run("fetch", "--rpc", "http://h", "--out", "/nowhere", "--block", "latest").complaints
        .contains("\"latest\""))
    #expect(run(["fetch", "--rpc", "http://h", "x"] + rest).complaints.contains("takes no \"x\""))
  }
}
