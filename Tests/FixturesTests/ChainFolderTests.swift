// Chains in folders and archives.

import Chain
import JSON
import Ledger
import Primitives
import Testing

@testable import Fixtures

@Suite struct ChainFolderTests {
  private func files(_ count: Int) throws -> [String: [UInt8]] {
    let blocks = try EmptyChain.blocks(count)
    let head = try #require(blocks.last)
    let account = """
      {"balance": "1", "nonce": 0, "root": "\(Header.emptyTrieRoot.hex)",
       "codeHash": "\(Code.emptyHash.hex)"}
      """
    let texts = [
      "genesis.json": EmptyChain.genesisText,
      "headblock.json": """
      {"hash": "\(head.hash.hex)", "stateRoot": "\(head.header.stateRoot.hex)"}
      """,
      "headfcu.json": """
      {"method": "engine_forkchoiceUpdatedV2", "params": [{"headBlockHash": "\(head.hash.hex)"}]}
      """,
      "headstate.json": """
      {"root": "\(head.header.stateRoot.hex)",
       "accounts": {"0x00000000000000000000000000000000000000aa": \(account)}}
      """,
      "newpayload.json": "[\(blocks.map(payload).joined(separator: ","))]",
      "accounts.json": "{\"some\": 1}",
    ]
    var files = texts.mapValues { Array($0.utf8) }
    files["chain.rlp"] = Array(blocks.map(\.encoded).joined())
    return files
  }

  private func payload(_ block: Block) -> String {
    let header = block.header
    return """
      {"method": "engine_newPayloadV2", "params": [{
        "parentHash": "\(header.parentHash.hex)", "feeRecipient": "\(header.coinbase.hex)",
        "stateRoot": "\(header.stateRoot.hex)", "receiptsRoot": "\(header.receiptsRoot.hex)",
        "logsBloom": "0x\(String(repeating: "0", count: 512))",
        "prevRandao": "\(header.prevRandao.hex)", "blockNumber": "\(header.number)",
        "gasLimit": "\(header.gasLimit)", "gasUsed": "0", "timestamp": "\(header.timestamp)",
        "extraData": "0x", "baseFeePerGas": "\((header.baseFeePerGas ?? .zero).hex)",
        "blockHash": "\(block.hash.hex)", "transactions": [], "withdrawals": []}]}
      """
  }

  private func report(_ files: [String: [UInt8]], archived: Bool) throws -> ConformReport {
    let folder = try TemporaryFolder()
    guard archived else {
      for (name, bytes) in files { _ = try folder.write("a-chain/\(name)", bytes) }
      return ConformRun(paths: [folder.path], jobs: 2, stores: true).run()
    }
    var tar = TarFixture()
    for (name, bytes) in files.sorted(by: { $0.key > $1.key }) {
      tar.add("a-chain/\(name)", bytes)
    }
    tar.end()
    return ConformRun(paths: [try folder.write("suite.tar", tar.bytes)], jobs: 2).run()
  }

  @Test(arguments: [false, true])
  func aChainIsImportedTwice(archived: Bool) throws {
    let report = try report(files(12), archived: archived)
    #expect(report.errors.isEmpty && report.exitStatus == 0)
    #expect(report.tallies.keys.map(\.format) == [.chain])
    #expect(report.total.passed == 2 && report.total.total == 2)
  }

  @Test(
    arguments: [
      ("headstate.json", "\"balance\": \"1\"", "\"balance\": \"2\""),
      ("headstate.json", "\"nonce\": 0", "\"nonce\": 1"),
      ("headstate.json", "0000aa", "0000ab"),
    ])
  func theEndMustBeAsTheFilesSay(name: String, old: String, new: String) throws {
    var files = try files(3)
    let text = String(decoding: try #require(files[name]), as: UTF8.self)
    files[name] = Array(text.changing(old, to: new).utf8)
    let report = try report(files, archived: false)
    #expect(report.exitStatus == 1 && report.total.failed == 2)
  }

  @Test func aBlockTooFewIsNoticed() throws {
    var files = try files(3)
    files["chain.rlp"] = Array(try EmptyChain.blocks(2).map(\.encoded).joined())
    let report = try report(files, archived: true)
    #expect(report.failures.map(\.name) == ["chain.rlp"])
  }

  @Test func aChainWithoutGenesisIsNamed() throws {
    var files = try files(2)
    files["genesis.json"] = nil
    let report = try report(files, archived: true)
    #expect(report.exitStatus == 2)
    #expect(report.errors.first?.contains("no genesis.json") == true)
  }
}
