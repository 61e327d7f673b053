// Replaying recorded blocks: one made for the test, and the same one damaged.

import Crypto
import Execution
import JSON
import Ledger
import Primitives
import State
import Testing

@testable import Fixtures

/// A block with one signed transfer, as JSON-RPC would give it.
struct Recording {
  var block: String
  var state: String

  init(gas: UInt64 = 30_000) throws {
    let key = UInt256(0x4242)
    let sender = try #require(Secp256k1.address(ofPrivateKey: key))
    let recipient = Address(0xbeef)
    let unsigned = Transaction(
      kind: .legacy, chainID: 1, nonce: 7, maxFeePerGas: 100, gasLimit: gas, to: recipient,
      value: 5)
    let transaction = try #require(unsigned.signed(by: key))
    let v = 37 + UInt64(transaction.signature.yParity)
    let receipt = Receipt(
      kind: .legacy, outcome: .status(true), cumulativeGasUsed: 21_000, bloom: Bloom(), logs: [])
    let header = Header(
      parentHash: Hash256(2), ommersHash: .zero, coinbase: Address(0xc01), stateRoot: .zero,
      transactionsRoot: OrderedTrieRoot.of([transaction.encoded]),
      receiptsRoot: OrderedTrieRoot.of([receipt.encoded]), number: 16_000_000,
      gasLimit: 30_000_000, gasUsed: 21_000, timestamp: 0x6391_a8bb, baseFeePerGas: 7)
    block = """
      {"hash": "\(header.hash.hex)", "mixHash": "\(Hash256.zero.hex)", "nonce": "0x0",
        "parentHash": "\(Hash256(2).hex)",
       "sha3Uncles": "\(Hash256.zero.hex)", "miner": "\(Address(0xc01).hex)",
       "stateRoot": "\(Hash256.zero.hex)", "logsBloom": "\(Hex.encode(Bloom().bytes))",
       "transactionsRoot": "\(OrderedTrieRoot.of([transaction.encoded]).hex)",
       "receiptsRoot": "\(OrderedTrieRoot.of([receipt.encoded]).hex)", "difficulty": "0x0",
       "number": "0xf42400", "gasLimit": "0x1c9c380", "gasUsed": "0x5208",
       "timestamp": "0x6391a8bb", "extraData": "0x", "baseFeePerGas": "0x7",
       "transactions": [{"hash": "\(transaction.hash.hex)", "type": "0x0", "nonce": "0x7",
         "from": "\(sender.hex)", "to": "\(recipient.hex)", "value": "0x5", "gasPrice": "0x64",
         "gas": "0x\(String(gas, radix: 16))", "input": "0x", "v": "0x\(String(v, radix: 16))",
         "r": "\(transaction.signature.r.hex)", "s": "\(transaction.signature.s.hex)"}]}
      """
    state = """
      {"blockHashes": {"15999998": "\(Hash256(3).hex)"}, "accounts":
       {"\(sender.hex)": {"balance": "0xffffff", "nonce": "0x7", "code": "0x", "storage": {}}}}
      """
  }

  /// Lets the recipient store a word at 0x8000, which its gas pays for.
  mutating func storeFarAway() {
    state = state.changing(
      "{\"0x",
      to: "{\"\(Address(0xbeef).hex)\": {\"balance\": \"0x0\", \"nonce\": \"0x1\", "
        + "\"code\": \"0x600161800052\", \"storage\": {}}, \"0x")
  }

  func replay() throws -> BlockReplay {
    BlockReplay(try recorded(), rounds: 2, executor: SequentialExecutor())
  }

  func recorded() throws -> RecordedBlock {
    try RecordedBlock(
      block: JSONDocument(parsing: Array(block.utf8), source: "block.json"),
      preState: JSONDocument(parsing: Array(state.utf8), source: "pre_state.json"))
  }
}

@Suite struct ReplayTests {
  @Test func aBlockAsRecordedIsEqual() throws {
    let replay = try Recording().replay()
    #expect(replay.differences == "")
    #expect(replay.gasUsed == 21_000 && replay.transactionCount == 1)
    #expect(replay.fork == .paris && replay.number == 16_000_000)
  }

  @Test func blockHashesCoverTheParent() throws {
    let block = try Recording().recorded()
    #expect(block.blockHashes[15_999_999] == Hash256(2))
    #expect(block.blockHashes[15_999_998] == Hash256(3))
  }

  @Test(arguments: [
    ("\"gasUsed\": \"0x5208\"", "\"gasUsed\": \"0x5209\"", "gas used"),
    ("\"logsBloom\": \"0x00", "\"logsBloom\": \"0x01", "bloom"),
    ("\"transactionsRoot\": \"0x", "\"transactionsRoot\": \"0x0", "transactions root"),
    ("\"stateRoot\": \"0x", "\"stateRoot\": \"0x1", "block hash"),
    ("\"baseFeePerGas\": \"0x7\"", "\"baseFeePerGas\": \"0x8\"", "block hash"),
    ("\"receiptsRoot\": \"0x", "\"receiptsRoot\": \"0x0", "receipts root"),
    ("\"from\": \"0x", "\"from\": \"0x0", "sender"),
    ("[{\"hash\": \"0x", "[{\"hash\": \"0x0", "hash of transaction"),
    ("\"value\": \"0x5\"", "\"value\": \"0x6\"", "sender"),
    ("\"gas\": \"0x7530\"", "\"gas\": \"0x7531\"", "sender"),
  ])
  func aDamagedBlockDiffers(_ old: String, _ new: String, _ what: String) throws {
    var recording = try Recording()
    // Where a digit was put in front, the last of the same number goes.
    let changed = recording.block.changing(old, to: new)
    recording.block =
      new.count == old.count + 1 ? Self.droppingDigit(changed, after: new) : changed
    #expect(try recording.replay().differences.contains(what))
  }

  @Test func withdrawalsAreComparedWithTheirRoot() throws {
    let paid = Withdrawal(index: 3, validatorIndex: 4, address: Address(0xfeed), amount: 5)
    let list = { (amount: String) in
      "\"withdrawals\": [{\"index\": \"0x3\", \"validatorIndex\": \"0x4\", "
        + "\"address\": \"\(Address(0xfeed).hex)\", \"amount\": \(amount)}]"
    }
    func replay(_ withdrawals: String) throws -> String {
      var recording = try Recording()
      let root = OrderedTrieRoot.of([paid.encoded]).hex
      recording.block = recording.block.changing(
        "\"timestamp\": \"0x6391a8bb\"",
        to: "\"timestamp\": \"0x6443e2c0\", \"withdrawalsRoot\": \"\(root)\", \(withdrawals)")
      return try recording.replay().differences
    }
    #expect(try !replay(list("\"0x5\"")).contains("withdrawals"))
    #expect(try replay(list("\"0x6\"")).contains("withdrawals root"))
    #expect(try replay("\"withdrawals\": []").contains("withdrawals root"))
    #expect(throws: JSONError.self) { try replay(list("\"-1\"")) }
    #expect(throws: JSONError.self) { try replay("\"withdrawals\": null") }
  }

  private static func droppingDigit(_ text: String, after start: String) -> String {
    guard let range = text.firstRange(of: start),
      let quote = text[range.upperBound...].firstIndex(of: "\"")
    else { return text }
    var shorter = text
    shorter.remove(at: text.index(before: quote))
    return shorter
  }

  @Test(arguments: ["mixHash", "nonce", "baseFeePerGas"])
  func aFieldThatTheForkDemandsMustBeThere(_ name: String) throws {
    var recording = try Recording()
    recording.block = recording.block.changing("\"\(name)\"", to: "\"other\"")
    #expect(throws: JSONError(source: "block.json", path: name, problem: .missing)) {
      try recording.recorded()
    }
  }

  @Test(arguments: [
    (0x6443_e2c0, "withdrawalsRoot"), (0x65f1_b060, "withdrawalsRoot"),
    (0x681b_3060, "requestsHash"),
  ])
  func laterForksDemandMore(_ timestamp: Int, _ name: String) throws {
    var recording = try Recording()
    let root = "\(Hash256(9).hex)"
    var fields = "\"timestamp\": \"0x\(String(timestamp, radix: 16))\""
    if name == "requestsHash" {
      fields += ", \"withdrawalsRoot\": \"\(root)\", \"parentBeaconBlockRoot\": \"\(root)\""
      fields += ", \"blobGasUsed\": \"0x0\", \"excessBlobGas\": \"0x0\""
    }
    recording.block = recording.block.changing("\"timestamp\": \"0x6391a8bb\"", to: fields)
    #expect(throws: JSONError(source: "block.json", path: name, problem: .missing)) {
      try recording.recorded()
    }
  }

  @Test func aRecordedBlockMayNameItsChain() throws {
    func recorded(_ chain: String) throws -> RecordedBlock {
      var recording = try Recording()
      recording.state = recording.state.changing(
        "{\"blockHashes\"", to: "{\(chain) \"blockHashes\"")
      return try recording.recorded()
    }
    #expect(try recorded("").rules == .mainnet)
    #expect(try recorded(#""chain": {"chainId": "0x1"},"#).rules == .mainnet)
    let own = try recorded(#""chain": {"chainId": "0x539", "fork": "Paris"},"#)
    #expect(own.rules == ChainRules(chainID: 1337, always: .paris))
    // The sender has signed for another chain.
    #expect(BlockReplay(own, executor: SequentialExecutor()).differences.contains("sender"))
    #expect(throws: JSONError.self) { try recorded(#""chain": {"chainId": "0x539"},"#) }
    #expect(throws: JSONError.self) { try recorded(#""chain": {"fork": "Paris"},"#) }
    #expect(throws: JSONError.self) {
      try recorded(#""chain": {"chainId": "0x539", "fork": "Atlantis"},"#)
    }
  }

  @Test(arguments: [
    ("[]", #"pre_state.json: expected an object with "accounts", found an array"#),
    ("{}", "pre_state.json: accounts: is missing"),
    (#"{"accounts": []}"#, "pre_state.json: accounts: expected an object, found an array"),
  ])
  func aStateWithoutAccountsIsToldWhatItLacks(_ state: String, _ reason: String) throws {
    var recording = try Recording()
    recording.state = state
    let error = #expect(throws: JSONError.self) { try recording.recorded() }
    #expect(error?.description == reason)
  }

  @Test func aFieldOfALaterForkIsRefused() throws {
    var recording = try Recording()
    recording.block = recording.block.changing(
      "\"extraData\"", to: "\"blobGasUsed\": \"0x0\", \"extraData\"")
    #expect(throws: JSONError.self) { try recording.recorded() }
  }

  @Test func tooLittleMemoryIsNoVerdict() throws {
    var recording = try Recording()
    recording.storeFarAway()
    let folder = try TemporaryFolder()
    _ = try folder.write("1/block.json", Array(recording.block.utf8))
    _ = try folder.write("1/pre_state.json", Array(recording.state.utf8))
    let report = ReplayRun(paths: [folder.path], memoryLimit: 1024).run()
    #expect(report.exitStatus == 2 && report.blocks.isEmpty)
    let reason = report.errors.first?.description
    #expect(reason?.contains("than the 1024 bytes that it may take; raise --memory-limit") == true)
    #expect(ReplayText.table(report).contains("no block replayed"))
  }

  @Test func anArchiveWithoutBlocksIsNamed() throws {
    let folder = try TemporaryFolder()
    var tar = TarFixture()
    tar.add("m/index.json", Array("{}".utf8))
    tar.end()
    let path = try folder.write("m.tar", tar.bytes)
    let report = ReplayRun(paths: [path]).run()
    #expect(report.exitStatus == 2)
    #expect(report.errors.first?.description.contains("m.tar") == true)
  }

  @Test func aPoorSenderIsADifference() throws {
    var recording = try Recording()
    recording.state = recording.state.changing("0xffffff", to: "0xff")
    #expect(try recording.replay().differences.contains("not executed"))
  }

  @Test func findsBlocksInFoldersAndArchives() throws {
    let recording = try Recording()
    let folder = try TemporaryFolder()
    _ = try folder.write("16000000/block.json", Array(recording.block.utf8))
    _ = try folder.write("16000000/pre_state.json", Array(recording.state.utf8))
    _ = try folder.write("index.json", Array("{}".utf8))
    let fromFolder = ReplayRun(paths: [folder.path]).run()
    #expect(fromFolder.exitStatus == 0 && fromFolder.passedCount == 1)
    var tar = TarFixture()
    tar.add("m/1/pre_state.json", Array(recording.state.utf8))
    tar.add("m/index.json", Array("{}".utf8))
    tar.add("m/1/block.json", Array(recording.block.utf8))
    tar.end()
    let other = try TemporaryFolder()
    let archive = try other.write("m.tar.zst", TarFixture.zstd([.raw(tar.bytes)]))
    let fromArchive = ReplayRun(paths: [archive]).run()
    #expect(fromArchive.exitStatus == 0 && fromArchive.passedCount == 1)
    #expect(ReplayText.table(fromArchive).hasSuffix("1 passed, 0 failed\n"))
    #expect(try parsed(ReplayText.json(fromArchive)).field("passed").uint64() == 1)
  }

  @Test func whatWasAskedForIsSaid() throws {
    let recording = try Recording()
    let folder = try TemporaryFolder()
    _ = try folder.write("1/block.json", Array(recording.block.utf8))
    _ = try folder.write("1/pre_state.json", Array(recording.state.utf8))
    for accessLists in [false, true] {
      let report = ReplayRun(
        paths: [folder.path], rounds: 2, workers: 3, accessLists: accessLists
      ).run()
      #expect(report.exitStatus == 0)
      #expect(ReplayText.table(report).hasPrefix("Executed 2 times, "))
      #expect(ReplayText.table(report).contains("parallel by 3 workers"))
      #expect(ReplayText.table(report).contains("EIP-7928") == accessLists)
      #expect(ReplayText.html(report).contains("EIP-7928") == accessLists)
      let root = try parsed(ReplayText.json(report))
      #expect(try root.field("workers").uint64() == 3 && root.field("rounds").uint64() == 2)
      #expect(try root.field("accessLists").boolean == accessLists)
    }
  }

  @Test func theOneBlockUnderAPathIsFound() throws {
    let recording = try Recording()
    let folder = try TemporaryFolder()
    _ = try folder.write("1/pre_state.json", Array(recording.state.utf8))
    let file = try folder.write("1/block.json", Array(recording.block.utf8))
    var tar = TarFixture()
    tar.add("m/1/block.json", Array(recording.block.utf8))
    tar.add("m/1/pre_state.json", Array(recording.state.utf8))
    tar.end()
    let other = try TemporaryFolder()
    let archive = try other.write("m.tar", tar.bytes)
    for path in [folder.path, "\(folder.path)/1", file, archive, other.path] {
      #expect(try RecordedBlock(under: path).header.number == 16_000_000)
    }
    func reason(_ path: String) -> String? {
      (#expect(throws: FixtureError.self) { try RecordedBlock(under: path) })?.description
    }
    _ = try folder.write("m.tar", tar.bytes)
    #expect(reason(folder.path)?.contains("more than one recorded block") == true)
    #expect(reason("\(folder.path)/1/pre_state.json")?.contains("no recorded block") == true)
    #expect(reason("/nowhere")?.contains("/nowhere") == true)
    var empty = TarFixture()
    empty.end()
    _ = try other.write("m.tar", empty.bytes)
    #expect(reason(archive)?.contains("no recorded block") == true)
  }

  @Test func exitStatusTellsDifferencesFromBadInput() throws {
    var recording = try Recording()
    recording.block = recording.block.changing("0x5208", to: "0x5209")
    let folder = try TemporaryFolder()
    _ = try folder.write("1/block.json", Array(recording.block.utf8))
    _ = try folder.write("1/pre_state.json", Array(recording.state.utf8))
    #expect(ReplayRun(paths: [folder.path]).run().exitStatus == 1)
    _ = try folder.write("2/block.json", Array(recording.block.utf8))
    let lacking = ReplayRun(paths: [folder.path]).run()
    #expect(lacking.exitStatus == 2 && lacking.failedCount == 1)
    #expect(lacking.errors.first?.description.contains("2/pre_state.json") == true)
    #expect(ReplayRun(paths: ["/nowhere"]).run().exitStatus == 2)
    let empty = try TemporaryFolder()
    #expect(ReplayRun(paths: [empty.path]).run().exitStatus == 2)
  }

  @Test func theSpeedUpFollowsFromTheColumnsBesideIt() throws {
    var report = ReplayReport()
    report.blocks = [
      BlockReplay(
        try Recording().recorded(), rounds: 2, executor: SequentialExecutor(),
        parallel: ParallelExecutor(workers: 2))
    ]
    let lines = ReplayText.table(report).split(separator: "\n")
    // Between the block and the sum is a rule.
    let figuresStart = try #require(lines.firstIndex { $0.hasPrefix("---") }) + 1
    for row in [lines[figuresStart], lines[figuresStart + 2]] {
      // … serial ms, parallel ms, speed-up, verdict.
      let cells = row.replacing("all equal", with: "equal").split(separator: " ").suffix(4)
      let figures = cells.compactMap { Double($0.replacing("×", with: "")) }
      try #require(figures.count == 3 && cells.last == "equal")
      let (serial, parallel) = (figures[0], figures[1])
      try #require(serial > 0.0006 && parallel > 0.0006)
      // Within what rounding to a microsecond and to a hundredth does.
      #expect(figures[2] >= (serial - 0.0006) / (parallel + 0.0006) - 0.006)
      #expect(figures[2] <= (serial + 0.0006) / (parallel - 0.0006) + 0.006)
    }
  }

  @Test func gasBeyond64BitsInAllIsStillSummed() throws {
    // Two blocks with a transaction each that fails at ADD and loses 2^64 − 1 gas.
    var recording = try Recording(gas: .max)
    recording.block = recording.block.changing("0x1c9c380", to: "0xffffffffffffffff")
    recording.state = recording.state
      .changing("0xffffff", to: "0x" + String(repeating: "f", count: 24))
      .changing(
        "\"storage\": {}", to: "\"storage\": {}}, \"\(Address(0xbeef).hex)\": {\"code\": \"0x01\"")
    let replay = try recording.replay()
    #expect(replay.gasUsed == .max)
    var report = ReplayReport()
    report.blocks = [replay, replay]
    #expect(ReplayText.table(report).contains(" 36893488147419.10 "))
  }

  private func parsed(_ json: String) throws -> JSONValue {
    try JSONDocument(parsing: Array(json.utf8), source: "report").root
  }
}
