// Threads that answer, and what becomes of those who wait for them.

import Foundation
import Synchronization
import Testing

@testable import Node

@Suite(.serialized) struct RequestQueueTests {
  /// What jobs of a test have come to.
  private final class Notes: Sendable {
    let answered = Atomic(0)
    let refused = Atomic(0)
    let mayEnd = Atomic(false)

    /// A job that goes on until it may end.
    var endless: RequestQueue.Job {
      { [self] _ in
        while !mayEnd.load(ordering: .relaxed) { usleep(1000) }
      }
    }

    /// A job that is done at once.
    var small: RequestQueue.Job {
      { [self] turn in
        switch turn {
        case .answered: answered.add(1, ordering: .relaxed)
        case .refused: refused.add(1, ordering: .relaxed)
        }
      }
    }
  }

  /// Waits until something holds; false where it never does.
  private func holds(_ isDone: () -> Bool) -> Bool {
    for _ in 0..<5000 {
      if isDone() { return true }
      usleep(1000)
    }
    return false
  }

  @Test func endlessRequestsDoNotKeepSmallOnesWaiting() throws {
    let queue = try #require(RequestQueue(threads: 4, mostThreads: 64, limit: 100))
    let notes = Notes()
    for _ in 0..<8 { #expect(queue.add(requestOf: 100, notes.endless)) }
    let start = ContinuousClock.now
    #expect(queue.add(requestOf: 100, notes.small))
    #expect(
      holds {
        queue.look(now: .now)
        return notes.answered.load(ordering: .relaxed) == 1
      })
    #expect(ContinuousClock.now - start < .seconds(2))
    #expect(queue.threadCount >= 8)
    notes.mayEnd.store(true, ordering: .relaxed)
    // What is not needed any more ends.
    #expect(holds { queue.threadCount == 4 })
    queue.close()
    #expect(queue.threadCount == 0)
  }

  @Test func threadsAreNotStartedBeyondTheLimitNorWithoutNeed() throws {
    let queue = try #require(RequestQueue(threads: 1, mostThreads: 3, limit: 100))
    let notes = Notes()
    for _ in 0..<50 { #expect(queue.add(requestOf: 100, notes.small)) }
    #expect(holds { notes.answered.load(ordering: .relaxed) == 50 })
    queue.look(now: .now + .seconds(60))
    #expect(queue.threadCount == 1)
    for _ in 0..<10 { #expect(queue.add(requestOf: 100, notes.endless)) }
    for second in 1..<10 { queue.look(now: .now + .seconds(second)) }
    #expect(queue.threadCount == 3)
    notes.mayEnd.store(true, ordering: .relaxed)
    queue.close()
  }

  @Test func largeRequestsTakeOnlyAPartOfTheThreads() throws {
    let queue = try #require(RequestQueue(threads: 2, mostThreads: 32, limit: 100))
    let notes = Notes()
    for _ in 0..<20 { #expect(queue.add(requestOf: 100_000, notes.endless)) }
    for second in 1..<10 { queue.look(now: .now + .seconds(second)) }
    #expect(holds { queue.threadCount == 4 })
    #expect(queue.add(requestOf: 100, notes.small))
    #expect(
      holds {
        queue.look(now: .now)
        return notes.answered.load(ordering: .relaxed) == 1
      })
    notes.mayEnd.store(true, ordering: .relaxed)
    queue.close()
  }

  @Test func whatWaitsWhenTheQueueClosesIsRefused() throws {
    let queue = try #require(RequestQueue(threads: 1, mostThreads: 1, limit: 100))
    let notes = Notes()
    let hasBegun = Atomic(false)
    #expect(
      queue.add(requestOf: 100) { turn in
        hasBegun.store(true, ordering: .relaxed)
        notes.endless(turn)
      })
    #expect(holds { hasBegun.load(ordering: .relaxed) })
    for _ in 0..<20 { #expect(queue.add(requestOf: 100, notes.small)) }
    let closing = Thread { queue.close() }
    closing.start()
    #expect(holds { !queue.add(requestOf: 100, { _ in }) })
    notes.mayEnd.store(true, ordering: .relaxed)
    queue.close()
    #expect(notes.refused.load(ordering: .relaxed) == 20)
    #expect(notes.answered.load(ordering: .relaxed) == 0)
  }
}
