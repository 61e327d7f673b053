// Blocks made of transactions of which some may not stand in them.

import Execution
import Ledger
import Primitives
import Samples
import State
import Testing

@Suite struct BlockBuilderTests {
  typealias Stage = ParallelStage
  typealias Built = Result<BuiltBlock, BlockExecutionError>

  private static func built(
    _ candidates: ExecutableBlock, on accounts: [AccountAllocation],
    until stop: StopCondition? = nil, by builder: some BlockBuilder
  ) -> Built {
    do throws(BlockExecutionError) {
      return .success(try builder.build(from: candidates, on: MemoryState(accounts), until: stop))
    } catch {
      return .failure(error)
    }
  }

  /// By every builder; answers what they agree on.
  private func build(
    _ candidates: ExecutableBlock, on accounts: [AccountAllocation]
  ) throws -> BuiltBlock {
    let expected = Self.built(candidates, on: accounts, by: SequentialExecutor())
    for workers in [1, 2, 3, 8] {
      let executor = alwaysParallel(workers: workers)
      for _ in 0..<5 { #expect(Self.built(candidates, on: accounts, by: executor) == expected) }
    }
    let explorer = try #require(ScheduleExplorer(workers: 3))
    for seed: UInt64 in 1...50 {
      explorer.decisions = SeededGenerator(seed: seed)
      #expect(Self.built(candidates, on: accounts, by: explorer) == expected)
    }
    return try expected.get()
  }

  @Test func invalidCandidatesAreLeftOutWithTheirReason() throws {
    var candidates = (0..<30).map { number in
      (number % 5, Stage.transaction(nonce: UInt64(number / 5), to: Stage.counter))
    }
    candidates[7].1 = Stage.transaction(nonce: 9, to: Stage.counter)
    candidates[21].1.value = Stage.wealth
    let built = try build(
      Stage.block(candidates), on: Stage.people(5) + [Stage.contract(Stage.increment)])
    // Each leaves a gap in the nonces of its sender.
    #expect(built.skipped.map(\.index) == [7, 12, 17, 21, 22, 26, 27])
    #expect(built.skipped[0].reason == .nonceTooHigh(expected: 1))
    #expect(built.skipped[3].reason == .insufficientFunds)
    #expect(built.considered == 30)
    #expect(built.included.count == 23)
    #expect(built.outcome.receipts.count == 23)
    let counter = try #require(
      built.outcome.diff.accounts.first { $0.address == Stage.counter })
    #expect(counter.storage == [SlotChange(slot: 0, value: 23)])
  }

  @Test func theIncludedOnesMakeABlockWithTheSameOutcome() throws {
    var random = SeededGenerator(seed: 5)
    for _ in 0..<20 {
      let candidates = (0..<40).map { _ in
        (
          random.below(4),
          Stage.transaction(
            nonce: UInt64(random.below(6)), to: Stage.person(random.below(6)),
            value: UInt256(UInt64(random.below(100))))
        )
      }
      let block = Stage.block(candidates, gasLimit: 900_000)
      let built = try build(block, on: Stage.people(4))
      var valid = block
      valid.transactions = built.included.map { block.transactions[$0] }
      valid.senders = built.included.map { block.senders[$0] }
      let outcome = Stage.outcome(of: valid, on: Stage.people(4), by: SequentialExecutor())
      #expect(try outcome.get() == built.outcome)
    }
  }

  @Test func aFullBlockSkipsWhatFindsNoRoom() throws {
    let candidates = (0..<10).map { ($0, Stage.transaction(to: Stage.person(9), value: 1)) }
    let built = try build(Stage.block(candidates, gasLimit: 163_000), on: Stage.people(10))
    #expect(built.included == [0, 1, 2, 3])
    #expect(built.skipped.first?.reason == .gasLimitAboveBlock(available: 79_000))
  }

  @Test func nothingIsBegunOnceItIsCancelled() throws {
    let cancellation = Cancellation()
    cancellation.cancel()
    let stop = StopCondition(cancellation: cancellation)
    let candidates = Stage.block((0..<10).map { ($0, Stage.transaction(to: Stage.counter)) })
    for builder in [SequentialExecutor(), alwaysParallel(workers: 2)] as [any BlockBuilder] {
      let built = try Self.built(
        candidates, on: Stage.people(10), until: stop, by: builder
      ).get()
      #expect(built.considered == 0)
      #expect(built.outcome.receipts.isEmpty)
      #expect(throws: BlockExecutionError.transaction(0, .stopped)) {
        try builder.execute(
          candidates, on: MemoryState(Stage.people(10)), rootAfter: nil, until: stop)
      }
      // The next block is none the worse for it.
      let next = Stage.outcome(of: candidates, on: Stage.people(10), by: builder)
      #expect(
        next == Stage.outcome(of: candidates, on: Stage.people(10), by: SequentialExecutor()))
    }
  }

  @Test func aBlockEndsAtItsDeadlineWithWhatFits() throws {
    let loop: [UInt8] = [0x5b, 0x5f, 0x56]
    let candidates = Stage.block(
      (0..<400).map { ($0, Stage.transaction(to: Stage.counter, gasLimit: 1_000_000)) },
      gasLimit: 1_000_000_000)
    let accounts = Stage.people(400) + [Stage.contract(loop)]
    for builder in [SequentialExecutor(), alwaysParallel(workers: 3)] as [any BlockBuilder] {
      let stop = StopCondition(deadline: .now + .milliseconds(20))
      let built = try Self.built(candidates, on: accounts, until: stop, by: builder).get()
      #expect(built.considered < 400)
      #expect(built.included == Array(0..<built.considered))
      var block = candidates
      block.transactions = Array(block.transactions.prefix(built.considered))
      block.senders = Array(block.senders.prefix(built.considered))
      let outcome = Stage.outcome(of: block, on: accounts, by: SequentialExecutor())
      #expect(try outcome.get() == built.outcome)
    }
  }
}
