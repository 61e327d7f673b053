// Making blocks, without a server.

import Chain
import Ledger
import Primitives
import Storage
import Synchronization
import Testing

@testable import Node

@Suite struct ProducerTests {
  private func gwei(_ count: UInt64) -> UInt256 { UInt256(count * 1_000_000_000) }

  @Test func aBaseFeeThatIsSetWhileCandidatesAreChosenIsOfTheBlockAfter() {
    var next = NextBlock(gasLimit: 30_000_000)
    let wishes = next
    (next.baseFee, next.gasLimit) = (gwei(100), 1_000_000)
    let first = next.takeDraft(timestamp: 5, chosenBy: wishes)
    #expect(first.baseFee == nil && first.gasLimit == 30_000_000)
    let second = next.takeDraft(timestamp: 6, chosenBy: next)
    #expect(second.baseFee == gwei(100) && second.gasLimit == 1_000_000)
    let third = next.takeDraft(timestamp: 7, chosenBy: next)
    #expect(third.baseFee == nil)
  }

  @Test func whatDoesNotPayTheBaseFeeWaitsOn() throws {
    let chain = try TestChain()
    #expect(try chain.ingest.add([TestChain.signed(0)]).allSatisfy(\.isTaken))
    let waiting = try #require(chain.pool.all.first)
    var header = Header(number: 1, gasLimit: 30_000_000, timestamp: 1)
    header.baseFeePerGas = gwei(1)
    #expect(waiting.isRefused(by: header))
    header.baseFeePerGas = gwei(100)
    #expect(!waiting.isRefused(by: header))
    header.baseFeePerGas = gwei(1)
    header.gasUsed = 29_950_000
    #expect(!waiting.isRefused(by: header))

    chain.producer.change { $0.baseFee = gwei(100) }
    try chain.producer.mine()
    #expect(chain.pool.counts == (1, 0))
    chain.producer.change { $0.baseFee = gwei(1) }
    try chain.producer.mine()
    #expect(chain.pool.counts == (0, 0))
    let block = try chain.chain.existingBlock(.latest)
    #expect(try chain.chain.decoded(block).hashes == [waiting.hash])
  }

  @Test func whoAsksForABlockThatCannotBeMadeLearnsItAndSoDoesWhoAsksForHealth() throws {
    let chain = try TestChain()
    try chain.producer.mine()
    #expect(chain.producer.failure == nil)
    #expect(StatusPages.Health(of: chain.chain).failure == nil)
    try chain.store.close()
    #expect(StatusPages.Health(of: chain.chain).failure != nil)
    #expect(throws: RPCError.self) { try chain.producer.mine() }
    #expect(chain.producer.failure != nil)
  }

  @Test func newsOfATransactionComeWhenAnAnswerWould() throws {
    let chain = try TestChain()
    let path = chain.folder + "/journal"
    let journal = try TransactionJournal(path, chain.pool)
    let isKept = Mutex<[Bool]>([])
    let ingest = TransactionIngest(
      chain.chain, chain.pool, journal: journal,
      onAdded: { added in
        let kept = (try? JournalRecord.read(path))?.encodings ?? []
        isKept.withLock { $0.append(kept.contains(added.encoding)) }
      })
    #expect(try ingest.add([TestChain.signed(0), TestChain.signed(2)]).allSatisfy(\.isTaken))
    #expect(isKept.withLock { $0 } == [true, true])
    // What was there before and comes back is told of, too.
    #expect(ingest.restore([try TestChain.signed(1)]).taken == 1)
    #expect(isKept.withLock { $0.count } == 3)
  }

  @Test func whatTheJournalDoesNotTakeDrivesNobodyOut() throws {
    var limits = TransactionPool.Limits()
    (limits.globalSlots, limits.globalQueue) = (2, 0)
    let chain = try TestChain(limits: limits)
    let journal = try TransactionJournal(chain.folder + "/journal", chain.pool)
    #expect(journal.start())
    let ingest = TransactionIngest(chain.chain, chain.pool, journal: journal)
    #expect(try ingest.add([TestChain.signed(0), TestChain.signed(1)]).allSatisfy(\.isTaken))
    let before = chain.pool.all.map(\.hash)
    journal.close()
    // The first takes the place of one of the same nonce, and the other that of whoever pays least.
    let others = try [
      TestChain.signed(0, fee: 9_000_000_000), TestChain.signed(0, fee: 20_000_000_000, by: 1),
    ]
    for outcome in ingest.add(others) {
      #expect(outcome.refusal == "the pool's journal: it is closed")
    }
    #expect(chain.pool.all.map(\.hash) == before)
  }

  @Test func whatCannotBeDroppedForGoodWaitsOn() throws {
    let chain = try TestChain()
    let journal = try TransactionJournal(chain.folder + "/journal", chain.pool)
    #expect(journal.start())
    let ingest = TransactionIngest(chain.chain, chain.pool, journal: journal)
    #expect(try ingest.add((0..<3).map { try TestChain.signed($0) }).allSatisfy(\.isTaken))
    let before = chain.pool.all.map(\.hash)
    journal.close()
    #expect(throws: RPCError.self) { try ingest.drop(before) }
    #expect(chain.pool.all.map(\.hash) == before)
    #expect(throws: RPCError.self) { try ingest.replaceAll(by: []) }
    #expect(chain.pool.all.map(\.hash) == before)
    #expect(throws: RPCError.self) { try ingest.forgetMined() }
  }
}
