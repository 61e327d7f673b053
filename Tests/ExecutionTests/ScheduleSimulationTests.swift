// Laws of simulated schedules.

import Execution
import Primitives
import Samples
import Testing

@Suite struct ScheduleSimulationTests {
  static let policies: [SchedulingPolicy] =
    [.executor]
    + [SchedulingPolicy.Conflict.repeats, .waits, .isSetAside].flatMap {
      [SchedulingPolicy($0), SchedulingPolicy($0, window: 1), SchedulingPolicy($0, window: 5)]
    }
  static let costs = SchedulingCosts(execution: 7, commit: 3, block: 50)

  /// A block of transactions that take these times and need these others.
  static func profile(_ transactions: [(time: UInt64, writers: [Int])]) -> BlockProfile {
    BlockProfile(
      transactions: transactions.map { transaction in
        // They call nothing in common.
        let function = CalledFunction(contract: nil, selector: nil)
        return TransactionProfile(
          sender: Address(2), function: function, gasUsed: 21_000, gasLimit: 30_000,
          nanoseconds: transaction.time,
          dependencies: transaction.writers.map {
            Dependency(
              on: $0, location: .slot(StorageKey(address: Address(1), slot: 0)), function: function)
          })
      })
  }

  static func randomProfile(_ random: inout SeededGenerator) -> BlockProfile {
    let density = random.below(4)
    return profile(
      (0..<random.below(60)).map { index in
        let count = index == 0 ? 0 : random.below(density + 1)
        return (UInt64(random.below(500)), (0..<count).map { _ in random.below(index) })
      })
  }

  @Test(arguments: policies) func oneCoreTakesTheSumOfCosts(_ policy: SchedulingPolicy) {
    var random = SeededGenerator(seed: 1)
    for _ in 0..<100 {
      let profile = Self.randomProfile(&random)
      let run = profile.simulate(cores: 1, costs: Self.costs, policy: policy)
      // The executor commits nothing that it executes in its turn.
      let each = policy == .executor ? 7.0 : 10
      #expect(
        run.nanoseconds
          == 50 + Double(profile.nanoseconds) + each * Double(profile.transactions.count))
      #expect(run.executions == profile.transactions.count)
      #expect(run.waits == 0)
    }
  }

  @Test(arguments: policies) func noBlockIsFasterThanItsBounds(_ policy: SchedulingPolicy) {
    var random = SeededGenerator(seed: 2)
    for _ in 0..<100 {
      let profile = Self.randomProfile(&random)
      for cores in [2, 3, 8, 64] {
        let time = profile.simulate(cores: cores, policy: policy).nanoseconds
        #expect(time >= Double(profile.criticalPath().nanoseconds))
        #expect(time * Double(cores) >= Double(profile.nanoseconds))
      }
    }
  }

  @Test(arguments: [4, 16]) func callsThatConflictedOnceAreNotSerialForEver(cores: Int) {
    let function = CalledFunction(contract: Address(9), selector: 1)
    let location = ProfiledLocation.slot(StorageKey(address: Address(9), slot: 0))
    // Of many calls of one function, thirty in a row depend on each other.
    let profile = BlockProfile(
      transactions: (0..<2000).map { index in
        TransactionProfile(
          sender: Address(UInt64(index)), function: function, gasUsed: 50_000, gasLimit: 100_000,
          nanoseconds: 10_000,
          dependencies: 11..<40 ~= index
            ? [Dependency(on: index - 1, location: location, function: function)] : [])
      })
    let time = profile.simulate(cores: cores, costs: Self.costs).nanoseconds
    #expect(Double(profile.nanoseconds) / time > Double(cores) / 2)
  }

  @Test(arguments: policies) func theSameBlockTakesTheSameTime(_ policy: SchedulingPolicy) {
    var random = SeededGenerator(seed: 3)
    for _ in 0..<20 {
      let profile = Self.randomProfile(&random)
      func run() -> SimulatedRun {
        profile.simulate(cores: 4, costs: Self.costs, policy: policy, recordsTimeline: true)
      }
      #expect(run() == run())
    }
  }

  @Test(arguments: policies) func aTimelineHoldsEachExecutionOnce(_ policy: SchedulingPolicy) {
    var random = SeededGenerator(seed: 4)
    for _ in 0..<50 {
      let profile = Self.randomProfile(&random)
      let run = profile.simulate(
        cores: 3, costs: Self.costs, policy: policy, recordsTimeline: true)
      let spans = run.timeline.workers.flatMap { $0 }
      let all = Array(profile.transactions.indices)
      #expect(spans.filter { $0.activity == .execution }.map(\.transaction).sorted() == all)
      // Commits come in the order of the block, and never two at once.
      let commits = spans.filter { $0.activity == .commit }.sorted {
        $0.transaction < $1.transaction
      }
      if policy != .executor { #expect(commits.map(\.transaction) == all) }
      #expect(zip(commits, commits.dropFirst()).allSatisfy { $0.end <= $1.start })
      let repeats = spans.count { $0.activity == .repetition }
      #expect(run.executions == all.count + repeats)
      for worker in run.timeline.workers {
        #expect(zip(worker, worker.dropFirst()).allSatisfy { $0.end <= $1.start })
      }
      #expect(run.timeline.end + Self.costs.block == run.nanoseconds)
    }
  }

  @Test func costsMakeSimulationsTakeWhatRealRunsTook() {
    var random = SeededGenerator(seed: 5)
    for _ in 0..<20 {
      let profile = Self.profile((0..<400).map { _ in (UInt64(500 + random.below(500)), []) })
      let sum = Double(profile.nanoseconds)
      let alone = MeasuredRun(
        workers: 1, total: sum * 1.4, transactions: sum * 1.1, gathering: sum * 0.2, waking: 0)
      let pair = MeasuredRun(
        workers: 2, total: sum * 0.9, transactions: sum * 0.7, gathering: sum * 0.15, waking: 300)
      let costs = SchedulingCosts(profile: profile, alone: alone, several: pair)
      for run in [alone, pair] {
        let time = profile.simulate(cores: run.workers, costs: costs).nanoseconds
        #expect(abs(time / run.total - 1) < 0.02)
      }
      // Half of the gathering is done by both, and the other half has to be done by one.
      #expect(abs(costs.spread - sum * 0.1) < 1 && abs(costs.sharedBlock - sum * 0.15) < 1)
      #expect(costs.sharedExecution > costs.execution)
    }
  }

  @Test func whoWakesUpLateTakesLess() {
    let profile = Self.profile((0..<400).map { _ in (1000, []) })
    let costs = SchedulingCosts(waking: 100_000)
    let late = profile.simulate(cores: 4, costs: costs).nanoseconds
    #expect(late >= 100_000 + 300_000 / 4 && late < 1.1 * (100_000 + 300_000 / 4))
  }

  @Test func independentTransactionsScale() {
    let profile = Self.profile((0..<64).map { _ in (1000, []) })
    #expect(profile.simulate(cores: 16, policy: SchedulingPolicy(.repeats)).nanoseconds == 4000)
    #expect(profile.simulate(cores: 128, policy: SchedulingPolicy(.repeats)).nanoseconds == 1000)
    #expect(profile.bestSpeedUp() == 64)
  }

  @Test func whatReadTooEarlyIsExecutedAgain() {
    let pair = Self.profile([(100, []), (100, [0])])
    let optimistic = pair.simulate(cores: 2, policy: SchedulingPolicy(.repeats))
    #expect(optimistic.executions == 3)
    #expect(optimistic.nanoseconds == 200)
    let waiting = pair.simulate(cores: 2, policy: SchedulingPolicy(.waits))
    #expect(waiting.executions == 2)
    #expect(waiting.waits == 1)
    #expect(waiting.nanoseconds == 200)
  }

  @Test func theExecutorLearnsFromTheFirstInVain() {
    // A chain among as many others: at first some are executed in vain, then the chain is put off.
    let profile = Self.profile((0..<400).map { (1000, $0 % 4 == 0 && $0 > 0 ? [$0 - 4] : []) })
    let run = profile.simulate(cores: 4)
    #expect(run.executions > 400 && run.executions < 560)
    #expect(run.waits > 0)
    let independent = Self.profile((0..<400).map { _ in (1000, []) }).simulate(cores: 4)
    #expect(independent.executions == 400 && independent.waits == 0)
    #expect(independent.nanoseconds < 1.1 * 100_000)
  }

  @Test func whoWaitsInAQueueKeepsOthersWaiting() {
    // A chain of three, then three others: a waiting worker takes none of them.
    let profile = Self.profile(
      [(100, []), (100, [0]), (100, [1]), (100, []), (100, []), (100, [])])
    #expect(profile.simulate(cores: 2, policy: SchedulingPolicy(.isSetAside)).nanoseconds == 300)
    #expect(profile.simulate(cores: 2, policy: SchedulingPolicy(.waits)).nanoseconds == 400)
  }

  @Test(arguments: policies) func hostileBlocksComeToAnEnd(_ policy: SchedulingPolicy) {
    let everybodyNeedsAll = Self.profile((0..<150).map { (.max, Array(0..<$0)) })
    let everybodyNeedsTheFirst = Self.profile((0..<3000).map { (0, $0 == 0 ? [] : [0]) })
    let chain = Self.profile((0..<3000).map { (5, $0 == 0 ? [] : [$0 - 1]) })
    for profile in [everybodyNeedsAll, everybodyNeedsTheFirst, chain, Self.profile([])] {
      let run = profile.simulate(cores: 128, policy: policy)
      #expect(run.executions >= profile.transactions.count)
    }
    #expect(SchedulingCosts(execution: .nan, commit: -.infinity) == SchedulingCosts())
  }

  @Test func theCriticalPathIsTheChainThatTakesLongest() {
    let profile = Self.profile([(10, []), (50, []), (10, [0]), (10, [0, 2]), (45, [1])])
    let path = profile.criticalPath()
    #expect(path.transactions == [1, 4])
    #expect(path.nanoseconds == 95)
    #expect(path.gasUsed == 42_000)
    #expect(profile.levels == [0, 0, 1, 2, 1])
    #expect(Self.profile([]).criticalPath() == CriticalPath())
    #expect(Self.profile([]).bestSpeedUp() == 1)
  }
}
