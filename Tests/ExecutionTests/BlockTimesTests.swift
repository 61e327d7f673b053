// What the parallel executor tells of its times.

import Execution
import Ledger
import Primitives
import State
import Synchronization
import Testing

@Suite struct BlockTimesTests {
  typealias Stage = ParallelStage

  /// Tells another time whenever it is asked.
  final class Clock: Sendable {
    let time = Atomic<UInt64>(0)

    var now: UInt64 { time.add(1, ordering: .relaxed).newValue }
  }

  /// Executes transfers by different people.
  private func execute(transfers count: Int, by executor: ParallelExecutor) {
    let transfers = (0..<count).map {
      ($0, Stage.transaction(to: Stage.person(count + $0), value: 1))
    }
    _ = Stage.outcome(
      of: Stage.block(transfers), on: Stage.people(2 * count + 1), by: executor)
  }

  @Test(arguments: [1, 3]) func timesTellHowFarABlockHadCome(workers: Int) {
    let executor = alwaysParallel(workers: workers)
    let clock = Clock()
    executor.clock = { clock.now }
    execute(transfers: 64, by: executor)
    let times = executor.times
    #expect(times.start < times.opened && times.executed < times.end)
    #expect(times.workers.count == workers)
    #expect(times.workers.allSatisfy { times.opened < $0 && $0 < times.executed })
  }

  @Test func anEmptyBlockHasTimesOfItsOwn() {
    let executor = alwaysParallel(workers: 2)
    let clock = Clock()
    executor.clock = { clock.now }
    execute(transfers: 64, by: executor)
    let last = executor.times.end
    execute(transfers: 0, by: executor)
    #expect(executor.times.start > last && executor.times.executed >= executor.times.opened)
  }

  @Test func withoutAClockNobodyAsks() {
    let executor = alwaysParallel(workers: 2)
    execute(transfers: 64, by: executor)
    #expect(executor.times == BlockTimes())
  }
}
