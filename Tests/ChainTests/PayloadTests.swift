// Payloads of the Engine API as blocks.

import Chain
import Ledger
import Primitives
import State
import Testing

@Suite struct PayloadTests {
  private let mint: Mint
  private let block: Block

  init() throws {
    mint = try Mint(.osaka, contracts: SystemContracts.allocations)
    let transfer = Mint.transfer(nonce: 0, to: Address(1000))
    block = try mint.finish(mint.draft(after: mint.chain.genesis, [transfer]))
  }

  private func call(_ change: (inout NewPayload) -> Void = { _ in }) -> NewPayload {
    var header = block.header
    header.transactionsRoot = Header.emptyTrieRoot
    header.withdrawalsRoot = nil
    header.parentBeaconBlockRoot = nil
    header.requestsHash = nil
    var call = NewPayload(
      version: 4,
      payload: ExecutionPayload(
        header: header, blockHash: block.hash, transactions: block.transactions.map(\.encoded),
        withdrawals: block.withdrawals),
      versionedHashes: [], parentBeaconBlockRoot: .zero, requests: [])
    change(&call)
    return call
  }

  private func refusal(_ change: (inout NewPayload) -> Void) -> InvalidPayload? {
    do throws(InvalidPayload) {
      _ = try call(change).block(rules: mint.rules)
      return nil
    } catch {
      return error
    }
  }

  @Test func givesTheBlock() throws {
    #expect(try call().block(rules: mint.rules) == block)
  }

  @Test func namesWhatIsWrongWithThePayload() {
    #expect(refusal { $0.payload.blockHash = .zero } == .wrongBlockHash(expected: block.hash))
    #expect(refusal { $0.versionedHashes = [.zero] } == .wrongVersionedHashes)
    let malformed = refusal { $0.payload.transactions = [[0xc0]] }
    guard case .malformedTransaction(index: 0, _) = malformed else {
      Issue.record("\(malformed.map { "\($0)" } ?? "accepted")")
      return
    }
    #expect(malformed?.errorCode == nil)
  }

  @Test func refusesCallsThatAreNotOfTheVersion() {
    let changes: [(inout NewPayload) -> Void] = [
      { $0.version = 0 }, { $0.version = 5 }, { $0.requests = nil }, { $0.versionedHashes = nil },
      { $0.parentBeaconBlockRoot = nil }, { $0.payload.withdrawals = nil },
      { $0.payload.header.blobGasUsed = nil }, { $0.requests = [[1]] },
      { $0.requests = [[2, 0], [1, 0]] }, { $0.requests = [[1, 0], [1, 0]] },
    ]
    for (index, change) in changes.enumerated() {
      #expect(refusal(change)?.errorCode == -32602, "change \(index)")
    }
    let old = refusal {
      $0.version = 3
      $0.requests = nil
    }
    #expect(old == .unsupportedFork(.osaka) && old?.errorCode == -38005)
  }
}
