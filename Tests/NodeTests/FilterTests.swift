// Filters by themselves: what they keep, and what one request gets.

import Chain
import Foundation
import JSON
import Ledger
import Primitives
import Storage
import Testing

@testable import Node

@Suite struct FilterTests {
  private func transaction(_ number: UInt64, size: Int = 100, blobs: Int = 0) -> PooledTransaction {
    let sidecar =
      blobs == 0
      ? nil
      : BlobSidecar(
        version: .blobProofs, blobs: Array(repeating: [0], count: blobs), commitments: [],
        proofs: [])
    return PooledTransaction(
      Transaction(
        kind: .dynamicFee, chainID: 1, nonce: number, maxFeePerGas: .zero, gasLimit: 21_000,
        to: .zero),
      hash: Hash256(UInt256(number)), sender: .zero, encoding: [UInt8](repeating: 0, count: size),
      sidecar: sidecar, arrival: number)
  }

  @Test func hashesAloneAreKeptWhereNobodyWantsMore() {
    var news = TransactionNews(limit: 10, byteLimit: 1000)
    weak var gone: PooledTransaction?
    do {
      let added = transaction(1, size: 100_000)
      gone = added
      news.add(added, isWhole: false)
    }
    #expect(gone == nil)
    #expect(news.entries(from: 0)?.map(\.hash) == [Hash256(UInt256(1))])
    news.add(transaction(2, blobs: 3), isWhole: true)
    #expect(news.entries(from: 1)?.first?.transaction?.nonce == 2)
    #expect(news.entries(from: 1)?.first?.transaction?.sidecar == nil)
  }

  @Test func whatCameIsKeptOnceUpToALimit() {
    var news = TransactionNews(limit: 10, byteLimit: 1000)
    for number in 0..<25 as Range<UInt64> { news.add(transaction(number), isWhole: false) }
    #expect(news.end == 25 && news.count == 10)
    #expect(news.isForgotten(14) && news.entries(from: 14) == nil)
    #expect(news.entries(from: 15)?.map(\.hash) == (15..<25).map { Hash256(UInt256(UInt64($0))) })
    #expect(news.entries(from: 25)?.isEmpty == true)
    news.forget(before: 20)
    #expect(news.isForgotten(19) && news.entries(from: 20)?.count == 5)
    // Three of 300 bytes fit.
    for number in 25..<30 as Range<UInt64> {
      news.add(transaction(number, size: 300), isWhole: true)
    }
    #expect(news.count == 3 && news.entries(from: 27)?.count == 3)
    news.forget(before: 30)
    #expect(news.count == 0)
    news.add(transaction(30, size: 5000), isWhole: true)
    #expect(news.isForgotten(30) && news.entries(from: 31)?.isEmpty == true)
  }

  @Test func eachTransactionIsNotedAtTheSamePrice() {
    var news = TransactionNews(limit: 50_000, byteLimit: 64 << 20)
    let all = (0..<100_000).map { transaction($0) }
    let time = ContinuousClock().measure {
      for transaction in all { news.add(transaction, isWhole: true) }
    }
    // Copied for each, they would take minutes.
    #expect(time < .seconds(5))
    #expect(news.count == 50_000)
  }

  private func answer(
    _ filters: Filters, _ method: String, _ parameters: String
  ) throws -> JSONValue {
    let values = try JSONDocument(parsing: Array(parameters.utf8), source: method).root.elements()
    var writer = JSONWriter(.compact)
    let call = try #require(filters.methods[method])
    try call(RPCParameters(Array(values)), &writer)
    return try JSONDocument(parsing: Array(writer.text.utf8), source: method).root
  }

  @Test func logsComeInPartsWhereTheyAreMany() throws {
    let chain = try TestChain()
    var limits = EthLogs.Limits()
    limits.logs = 4
    let filters = Filters(chain.events, chain.chain, limits: EventLimits(), logLimits: limits)
    let name = try answer(filters, "eth_newFilter", "[{\"fromBlock\":\"0x0\"}]").string()
    for nonce in 0..<3 as Range<UInt64> {
      #expect(try chain.ingest.add([TestChain.logging(nonce, times: 3)]).allSatisfy(\.isTaken))
      try chain.producer.mine()
    }
    func changes() throws -> [UInt64] {
      try answer(filters, "eth_getFilterChanges", "[\"\(name)\"]").elements().map {
        try $0.field("blockNumber").uint64()
      }
    }
    #expect(try changes() == [1, 1, 1])
    #expect(try changes() == [2, 2, 2])
    #expect(try changes() == [3, 3, 3])
    #expect(try changes().isEmpty)
    let refusal = #expect(throws: RPCError.self) {
      _ = try answer(filters, "eth_getFilterLogs", "[\"\(name)\"]")
    }
    #expect(refusal?.message.hasPrefix("query returned more than 4 results") == true)
    // One block is told of whole, whatever it has.
    #expect(try chain.ingest.add([TestChain.logging(3, times: 6)]).allSatisfy(\.isTaken))
    try chain.producer.mine()
    #expect(try changes().count == 6)
    limits.time = .zero
    let hurried = Filters(chain.events, chain.chain, limits: EventLimits(), logLimits: limits)
    let all = try answer(hurried, "eth_newFilter", "[{\"fromBlock\":\"0x0\"}]").string()
    let late = #expect(throws: RPCError.self) {
      _ = try answer(hurried, "eth_getFilterLogs", "[\"\(all)\"]")
    }
    #expect(late?.message.hasPrefix("query took more than") == true)
  }

  @Test func logsOfBlocksThatGoAreReadAsFarAsTheyAreKept() throws {
    let chain = try TestChain(logLimit: 2)
    for nonce in 0..<4 as Range<UInt64> {
      #expect(try chain.ingest.add([TestChain.logging(nonce)]).allSatisfy(\.isTaken))
      try chain.producer.mine()
    }
    let start = chain.events.journal.end
    try chain.producer.goBack(to: 0)
    let entries = try #require(chain.events.journal.entries(from: start))
    #expect(entries.map(\.block.number) == [4, 3, 2, 1])
    #expect(entries.map(\.logs.count) == [1, 1, 0, 0])
  }
}

extension TransactionIngest.Outcome {
  /// Whether the pool has it.
  var isTaken: Bool { if case .success = self { true } else { false } }
}
