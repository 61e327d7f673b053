// Executing generated blocks moves what their transactions say, and nothing else.

import Execution
import Ledger
import Primitives
import State
import Testing
import Workloads

@Suite struct WorkloadExecutionTests {
  /// Executes the workload; answers receipts, and the state before and after.
  private func execute(
    _ workload: Workload
  ) throws -> (receipts: [Receipt], before: MemoryState, after: MemoryState) {
    let before = MemoryState()
    before.apply(workload.genesis)
    let after = MemoryState()
    after.apply(workload.genesis)
    let block = ExecutableBlock(
      workload.block, senders: workload.senders, rules: workload.rules)
    let outcome = try SequentialExecutor().execute(block, on: before)
    after.apply(outcome.diff)
    return (outcome.receipts, before, after)
  }

  @Test func tokensMoveAsTheCallDataSays() throws {
    let workload = Workload.erc20Transfers(300, people: 12, seed: 4)
    let (receipts, before, after) = try execute(workload)
    #expect(receipts.allSatisfy { $0.outcome == .status(true) && $0.logs.count == 1 })

    let token = TokenContract.address
    var balances: [Address: UInt256] = [:]
    for sender in Set(workload.senders) {
      balances[sender] = before.storage(token, TokenContract.balanceSlot(of: sender))
    }
    for (transaction, sender) in zip(workload.block.transactions, workload.senders) {
      let recipient = try #require(Address(bytes: transaction.data[16..<36]))
      let amount = try #require(UInt256(bigEndian: transaction.data[36..<68]))
      balances[sender, default: .zero] = balances[sender, default: .zero] &- amount
      balances[recipient, default: .zero] = balances[recipient, default: .zero] &+ amount
    }
    #expect(balances.count > 1)
    for (holder, balance) in balances {
      #expect(after.storage(token, TokenContract.balanceSlot(of: holder)) == balance)
    }
  }

  @Test func etherMovesAndTheFeesAreBurntButForTheTip() throws {
    let workload = Workload.transfers(200, people: 9, seed: 8)
    let (receipts, before, after) = try execute(workload)
    #expect(receipts.allSatisfy { $0.outcome == .status(true) && $0.logs.isEmpty })

    var supplyBefore = UInt256.zero
    var supplyAfter = UInt256.zero
    before.forEachAccount { _, account in supplyBefore = supplyBefore &+ account.balance }
    after.forEachAccount { _, account in supplyAfter = supplyAfter &+ account.balance }
    let gas = UInt256(21_000 * 200)
    #expect(supplyBefore &- supplyAfter == gas &* UInt256(7))
    let coinbase = workload.block.header.coinbase
    #expect(after.account(coinbase)?.balance == gas)
    for sender in Set(workload.senders) {
      let sent = workload.senders.count { $0 == sender }
      #expect(after.account(sender)?.nonce == UInt64(sent))
    }
  }
}
