// Where waiting transactions outlive a node.

import Testing

@testable import cli

struct PoolJournalTests {
  @Test func waitingTransactionsLieWithTheChainUnlessAFileIsNamed() throws {
    func journal(_ words: [String], in folder: String?) throws -> String? {
      try Arguments(words, options: Command.node.options, command: "needletail node")
        .poolJournal(in: folder)
    }
    #expect(try journal([], in: "data") == "data/transactions.journal")
    #expect(try journal([], in: nil) == nil)
    #expect(try journal(["--network", "dev", "--txpool.journal", "here"], in: nil) == "here")
  }
}
