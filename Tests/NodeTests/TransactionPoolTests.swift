// The pool by itself: what waits, in which order, and what has to go.

import Ledger
import Primitives
import Synchronization
import Testing

@testable import Node

struct TransactionPoolTests {
  private let rich = SenderAccount(nonce: 0, balance: UInt256.max &>> 8)

  private func transaction(
    _ sender: UInt64, _ nonce: UInt64, fee: UInt64 = 100, tip: UInt64? = nil, size: Int = 120,
    in pool: TransactionPool
  ) -> PooledTransaction {
    let transaction = Transaction(
      kind: .dynamicFee, chainID: 1, nonce: nonce,
      maxPriorityFeePerGas: UInt256(tip ?? fee), maxFeePerGas: UInt256(fee), gasLimit: 21_000,
      to: .zero)
    let hash = UInt256(l0: sender, l1: nonce, l2: fee, l3: tip ?? fee)
    return PooledTransaction(
      transaction, hash: Hash256(hash), sender: Address(sender),
      encoding: [UInt8](repeating: 2, count: size), arrival: pool.nextArrival())
  }

  /// Why it was refused.
  @discardableResult private func add(
    _ transaction: PooledTransaction, to pool: TransactionPool, _ account: SenderAccount? = nil
  ) -> String? {
    pool.add([(transaction, account ?? rich)], readIn: pool.generation)?[0].refusal
  }

  private func nonces(_ transactions: [PooledTransaction]) -> [UInt64] { transactions.map(\.nonce) }

  private func candidates(_ pool: TransactionPool, baseFee: UInt64 = 1) -> [PooledTransaction] {
    pool.candidates(baseFee: UInt256(baseFee), blobBaseFee: .zero, gas: .max)
  }

  @Test func aGapKeepsWhatIsBehindItWaiting() {
    let pool = TransactionPool()
    for nonce in [0, 1, 3, 4] as [UInt64] { add(transaction(7, nonce, in: pool), to: pool) }
    #expect(pool.counts == (2, 2))
    #expect(nonces(pool.line(of: Address(7)).queued) == [3, 4])
    #expect(pool.nextNonce(of: Address(7), from: 0) == 2)
    add(transaction(7, 2, in: pool), to: pool)
    #expect(pool.counts == (5, 0))
    #expect(nonces(candidates(pool)) == [0, 1, 2, 3, 4])
    pool.remove(pool.line(of: Address(7)).pending[1].hash)
    #expect(pool.counts == (1, 3))
    #expect(nonces(candidates(pool)) == [0])
  }

  @Test func theVersionTellsOfAReplacementToo() {
    let pool = TransactionPool()
    add(transaction(7, 0, fee: 100, in: pool), to: pool)
    let (version, counts) = (pool.version, pool.counts)
    add(transaction(7, 0, fee: 200, in: pool), to: pool)
    #expect(pool.counts == counts)
    #expect(pool.version != version)
    let replaced = pool.version
    pool.removeAll()
    #expect(pool.version != replaced)
  }

  @Test func blocksAreOfferedNoMoreBytesThanTheyMayHave() {
    let pool = TransactionPool()
    for sender in 1...5 as ClosedRange<UInt64> {
      add(transaction(sender, 0, size: 1000, in: pool), to: pool)
    }
    let offered = pool.candidates(
      baseFee: UInt256(1 as UInt64), blobBaseFee: .zero, gas: .max, bytes: 3100)
    #expect(offered.count == 3)
  }

  @Test func aReplacementThatHasNoRoomLeavesTheOldOneWhereItIs() {
    var limits = TransactionPool.Limits()
    (limits.globalSlots, limits.globalQueue, limits.accountSlots) = (2, 0, 1)
    let pool = TransactionPool(limits: limits)
    let old = transaction(7, 0, fee: 100, in: pool)
    add(old, to: pool)
    add(transaction(8, 0, fee: 500, in: pool), to: pool)
    // Three slots, for which the other pays too much to go.
    let large = transaction(7, 0, fee: 200, size: 90_000, in: pool)
    #expect(add(large, to: pool) != nil)
    #expect(pool.transaction(old.hash) === old)
    #expect(pool.counts == (2, 0))
    #expect(pool.remove(old.hash))
    #expect(pool.counts == (1, 0))
    #expect(add(transaction(9, 0, fee: 100, in: pool), to: pool) == nil)
  }

  @Test func aReplacementRaisesBothFeesByATenth() {
    let pool = TransactionPool()
    add(transaction(7, 0, fee: 100, tip: 10, in: pool), to: pool)
    let refusal = "replacement transaction underpriced"
    #expect(add(transaction(7, 0, fee: 109, tip: 11, in: pool), to: pool) == refusal)
    #expect(add(transaction(7, 0, fee: 200, tip: 10, in: pool), to: pool) == refusal)
    #expect(add(transaction(7, 0, fee: 110, tip: 11, in: pool), to: pool) == nil)
    #expect(pool.counts == (1, 0))
    #expect(candidates(pool).map(\.transaction.maxFeePerGas) == [UInt256(110 as UInt64)])
    #expect(add(transaction(7, 0, fee: 110, tip: 11, in: pool), to: pool) == "already known")
  }

  @Test func whatTheAccountHasSentAlreadyIsRefused() {
    let pool = TransactionPool()
    let account = SenderAccount(nonce: 5, balance: rich.balance)
    #expect(
      add(transaction(7, 4, in: pool), to: pool, account)
        == "nonce too low: next nonce 5, tx nonce 4")
    #expect(add(transaction(7, 5, in: pool), to: pool, account) == nil)
  }

  @Test func allThatWaitsTogetherMustBePaidFor() {
    let pool = TransactionPool()
    let account = SenderAccount(nonce: 0, balance: UInt256(5_000_000 as UInt64))
    #expect(add(transaction(7, 0, in: pool), to: pool, account) == nil)
    #expect(add(transaction(7, 1, in: pool), to: pool, account) == nil)
    #expect(
      add(transaction(7, 2, in: pool), to: pool, account)
        == "insufficient funds for gas * price + value: balance 5000000, queued cost 4200000, "
        + "tx cost 2100000, overshot 1300000")
    #expect(
      add(transaction(7, 0, fee: 500, in: pool), to: pool, account)?.hasPrefix("insufficient funds")
        == true)
    #expect(add(transaction(7, 1, fee: 120, in: pool), to: pool, account) == nil)
  }

  @Test func aBlockTakesWhatItHasAndWhatCannotBePaidAnyMore() {
    let pool = TransactionPool()
    for nonce in 0..<4 as Range<UInt64> {
      add(transaction(7, nonce, fee: nonce == 2 ? 1000 : 100, in: pool), to: pool)
    }
    add(transaction(8, 0, in: pool), to: pool)
    let old = pool.generation
    pool.follow([
      (Address(7), SenderAccount(nonce: 1, balance: UInt256(3_000_000 as UInt64))),
      (Address(9), rich),
    ])
    // The third can no longer be paid for, and the fourth waits for another in its place.
    #expect(nonces(pool.line(of: Address(7)).pending) == [1])
    #expect(nonces(pool.line(of: Address(7)).queued) == [3])
    #expect(pool.counts == (2, 1))
    // Whoever has read accounts before the block reads them again.
    #expect(pool.add([(transaction(7, 1, in: pool), rich)], readIn: old) == nil)
    // An undone block brings nonces back.
    pool.follow([(Address(7), rich)])
    #expect(pool.line(of: Address(7)).pending.isEmpty)
    add(transaction(7, 0, in: pool), to: pool)
    #expect(nonces(pool.line(of: Address(7)).pending) == [0, 1])
  }

  @Test func theBestPaidComeFirstAndEachSendersInOrder() {
    let pool = TransactionPool()
    add(transaction(1, 0, fee: 10, in: pool), to: pool)
    add(transaction(1, 1, fee: 90, in: pool), to: pool)
    add(transaction(2, 0, fee: 50, in: pool), to: pool)
    add(transaction(3, 0, fee: 80, tip: 1, in: pool), to: pool)
    add(transaction(4, 0, fee: 4, in: pool), to: pool)
    let chosen = candidates(pool, baseFee: 5)
    #expect(chosen.map { [$0.sender.word.l0, $0.nonce] } == [[2, 0], [1, 0], [1, 1], [3, 0]])
    let little = pool.candidates(
      baseFee: UInt256(5 as UInt64), blobBaseFee: .zero, gas: 50_000)
    #expect(little.count == 2)
  }

  @Test func aFullPoolLetsTheCheapestGo() {
    var limits = TransactionPool.Limits()
    (limits.globalSlots, limits.globalQueue, limits.accountSlots) = (4, 2, 3)
    let pool = TransactionPool(limits: limits)
    for sender in 1...6 as ClosedRange<UInt64> {
      #expect(add(transaction(sender, 0, fee: 10 * sender, in: pool), to: pool) == nil)
    }
    #expect(add(transaction(7, 0, fee: 10, in: pool), to: pool) == "transaction underpriced")
    #expect(add(transaction(7, 0, fee: 15, in: pool), to: pool) == nil)
    #expect(pool.line(of: Address(1)).pending.isEmpty)
    // One of several slots needs the room of several.
    #expect(add(transaction(8, 0, fee: 500, size: 70_000, in: pool), to: pool) == nil)
    #expect(pool.counts == (4, 0))
    // Nobody fills it alone.
    for nonce in 0..<3 as Range<UInt64> {
      #expect(add(transaction(9, nonce, fee: 900, in: pool), to: pool) == nil)
    }
    #expect(add(transaction(9, 3, fee: 900, in: pool), to: pool) == "txpool is full")
    #expect(pool.all.count == 4)
  }

  @Test func whatDoesNotFitIntoABlockKeepsNobodyElseOut() {
    let pool = TransactionPool()
    // Transactions of 21,000 gas; only the first three fit, whoever comes behind them.
    for sender in 1...5 as ClosedRange<UInt64> {
      add(transaction(sender, 0, fee: 1000 - sender, in: pool), to: pool)
    }
    func chosen(gas: UInt64, gasLimit: UInt64 = .max, bytes: Int = 1 << 20) -> [Address] {
      pool.candidates(
        baseFee: .zero, blobBaseFee: .zero, gas: gas, gasLimit: gasLimit, bytes: bytes
      ).map(\.sender)
    }
    #expect(chosen(gas: 63_000) == [Address(1), Address(2), Address(3)])
    #expect(chosen(gas: 63_000, gasLimit: 20_999).isEmpty)
    // The best paid is too large: those that pay less have their turn.
    add(transaction(9, 0, fee: 5000, size: 70_000, in: pool), to: pool)
    #expect(chosen(gas: .max, bytes: 65_536).count == 5)
    #expect(chosen(gas: .max).first == Address(9))
  }

  @Test func whatWaitsBehindGapsIsBounded() {
    var limits = TransactionPool.Limits()
    (limits.accountQueue, limits.globalQueue) = (2, 3)
    let pool = TransactionPool(limits: limits)
    #expect(add(transaction(1, 5, in: pool), to: pool) == nil)
    #expect(add(transaction(1, 6, in: pool), to: pool) == nil)
    #expect(add(transaction(1, 7, in: pool), to: pool) == "account limit exceeded")
    #expect(add(transaction(2, 5, in: pool), to: pool) == nil)
    #expect(add(transaction(3, 5, in: pool), to: pool) == "txpool is full")
    #expect(add(transaction(3, 0, in: pool), to: pool) == nil)
    #expect(pool.counts == (1, 3))
  }

  @Test func manyTransactionsOfOneSenderAreTakenInAnyOrder() {
    var limits = TransactionPool.Limits()
    limits.accountQueue = 1000
    let pool = TransactionPool(limits: limits)
    for nonce in (0..<500 as Range<UInt64>).shuffled() {
      #expect(add(transaction(1, nonce, in: pool), to: pool) == nil)
    }
    #expect(pool.counts == (500, 0))
    #expect(nonces(candidates(pool)) == Array(0..<500))
  }

  @Test func whoIsRefusedForLackOfRoomDrivesNobodyOut() {
    var limits = TransactionPool.Limits()
    (limits.globalSlots, limits.globalQueue) = (4, 0)
    let pool = TransactionPool(limits: limits)
    for (sender, fee) in [(1, 20), (2, 20), (3, 900), (4, 900)] as [(UInt64, UInt64)] {
      add(transaction(sender, 0, fee: fee, in: pool), to: pool)
    }
    // Four slots: two of them pay more.
    let large = transaction(5, 0, fee: 500, size: 125_000, in: pool)
    #expect(add(large, to: pool) == "transaction underpriced")
    #expect(pool.counts == (4, 0))
    // Those that were looked at are still the first to go.
    #expect(add(transaction(6, 0, fee: 500, size: 60_000, in: pool), to: pool) == nil)
    #expect(Set(pool.senders) == [Address(3), Address(4), Address(6)])
  }

  @Test func whoReplacesNeedsOnlyTheRoomThatIsMore() {
    var limits = TransactionPool.Limits()
    (limits.globalSlots, limits.globalQueue) = (3, 0)
    let pool = TransactionPool(limits: limits)
    add(transaction(1, 0, fee: 100, in: pool), to: pool)
    add(transaction(2, 0, fee: 900, in: pool), to: pool)
    add(transaction(3, 0, fee: 900, in: pool), to: pool)
    #expect(add(transaction(1, 0, fee: 200, in: pool), to: pool) == nil)
    #expect(pool.counts == (3, 0))
  }

  @Test func whatHasGoneIsNotHeld() {
    var limits = TransactionPool.Limits()
    (limits.globalSlots, limits.globalQueue) = (400, 0)
    let pool = TransactionPool(limits: limits)
    // Four slots each: full, then always between half of it and all.
    var senders: [UInt64] = []
    weak var first: PooledTransaction?
    for sender in 1...6000 as ClosedRange<UInt64> {
      let added = transaction(sender, 0, fee: 100 + sender, size: 125_000 / 8, in: pool)
      if sender == 1 { first = added }
      #expect(add(added, to: pool) == nil)
      senders.append(sender)
      if senders.count > 300 {
        let gone = senders.removeFirst()
        pool.follow([(Address(gone), SenderAccount(nonce: 1, balance: rich.balance))])
      }
      if sender == 400 {
        // Once full, so that the cheapest are listed.
        for more in 10_000...10_200 as ClosedRange<UInt64> {
          add(transaction(more, 0, fee: 50_000, in: pool), to: pool)
        }
        for more in 10_000...10_200 as ClosedRange<UInt64> {
          pool.follow([(Address(more), SenderAccount(nonce: 1, balance: rich.balance))])
        }
      }
    }
    #expect(first == nil)
    #expect(pool.contents.withLock { $0.listedCount } <= 2 * 400 + 1024)
  }

  @Test func whatWaitsBehindAGapForLongIsGone() {
    final class Clock: Sendable {
      let now = Mutex(ContinuousClock.now)
      func pass(_ time: Duration) { now.withLock { $0 += time } }
    }
    let clock = Clock()
    var limits = TransactionPool.Limits()
    limits.lifetime = .seconds(600)
    let pool = TransactionPool(limits: limits) { clock.now.withLock { $0 } }
    for nonce in [0, 2, 3] as [UInt64] { add(transaction(1, nonce, in: pool), to: pool) }
    add(transaction(2, 5, in: pool), to: pool)
    clock.pass(.seconds(400))
    // Something of the first sender may stand in a block now: it is not forgotten.
    add(transaction(1, 1, in: pool), to: pool)
    add(transaction(1, 5, in: pool), to: pool)
    #expect(pool.counts == (4, 2))
    clock.pass(.seconds(400))
    pool.follow([])
    #expect(pool.counts == (4, 1) && pool.line(of: Address(2)).queued.isEmpty)
    clock.pass(.seconds(400))
    pool.follow([])
    #expect(pool.counts == (4, 0))
    // What could stand in a block stays, and a gap that comes later has its own time.
    clock.pass(.seconds(10_000))
    pool.remove(pool.line(of: Address(1)).pending[2].hash)
    pool.follow([])
    #expect(pool.counts == (2, 1))
  }
}

extension Result where Failure == RPCError {
  /// Why it was refused; nil where it was not.
  var refusal: String? { if case .failure(let error) = self { error.message } else { nil } }
}
