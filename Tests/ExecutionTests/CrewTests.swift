import Synchronization
import Testing

@testable import Execution

@Suite struct CrewTests {
  /// A crew whose work is a number of tasks, and what they did.
  private final class Tasks: Sendable {
    let left: Atomic<Int>
    let done = Atomic<Int>(0)
    let crew = Mutex<Crew?>(nil)
    let place = SleepingPlace()

    init(_ count: Int) { left = Atomic(count) }

    func take() -> Bool {
      left.wrappingSubtract(1, ordering: .relaxed).oldValue > 0
    }

    func finish(_ count: Int) {
      done.wrappingAdd(count, ordering: .relaxed)
      place.wakeAll()
    }

    func wait(for count: Int) {
      place.wait(until: { self.done.load(ordering: .acquiring) >= count })
    }
  }

  @Test(arguments: [1, 2, 5]) func everyJobOfASharedLoopIsDoneOnce(threads: Int) throws {
    let tasks = Tasks(200)
    let counts = Mutex([Int](repeating: 0, count: 1000))
    let crew = Crew(threads: threads) { worker in
      guard let crew = tasks.crew.withLock({ $0 }), tasks.take() else { return false }
      crew.run(1000, by: worker, isUrgent: worker % 2 == 0) { job, _ in
        counts.withLock { $0[job] += 1 }
      }
      tasks.finish(1)
      return true
    }
    let started = try #require(crew)
    tasks.crew.withLock { $0 = started }
    started.wake()
    tasks.wait(for: 200)
    started.end()
    #expect(counts.withLock { $0.allSatisfy { $0 == 200 } })
    tasks.crew.withLock { $0 = nil }
  }

  @Test func callsWithOneWorkersNumberNeverOverlap() throws {
    let tasks = Tasks(50)
    let isBusy = Mutex([Bool](repeating: false, count: 4))
    let overlaps = Atomic<Int>(0)
    let crew = Crew(threads: 4) { worker in
      guard let crew = tasks.crew.withLock({ $0 }), tasks.take() else { return false }
      crew.run(100, by: worker) { _, worker in
        isBusy.withLock { isBusy in
          if isBusy[worker] { overlaps.wrappingAdd(1, ordering: .relaxed) }
          isBusy[worker] = true
        }
        for _ in 0..<100 { _ = tasks.left.load(ordering: .relaxed) }
        isBusy.withLock { $0[worker] = false }
      }
      tasks.finish(1)
      return true
    }
    let started = try #require(crew)
    tasks.crew.withLock { $0 = started }
    started.wake()
    tasks.wait(for: 50)
    started.end()
    #expect(overlaps.load(ordering: .relaxed) == 0)
    tasks.crew.withLock { $0 = nil }
  }

  @Test func aCrewWithoutWorkEnds() throws {
    let started = Crew(threads: 3) { _ in false }
    let crew = try #require(started)
    crew.end()
    #expect(crew.count == 3)
  }
}
