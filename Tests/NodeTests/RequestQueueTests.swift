// Threads that answer, and what becomes of those who wait for them.

import Foundation
import Synchronization
import Testing

@testable import Node

@Suite(.serialized) struct RequestQueueTests {
  /// What jobs of a test have come to.
  private final class Notes: Sendable {
    let begun = Atomic(0)
    let answered = Atomic(0)
    let refused = Atomic(0)
    let mayEnd = Atomic(false)

    /// A job that goes on until it may end.
    var endless: RequestQueue.Job {
      { [self] _ in
        begun.add(1, ordering: .relaxed)
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
    for _ in 0..<8 { #expect(queue.add(.ordinary, notes.endless)) }
    let start = ContinuousClock.now
    #expect(queue.add(.ordinary, notes.small))
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
    for _ in 0..<50 { #expect(queue.add(.ordinary, notes.small)) }
    #expect(holds { notes.answered.load(ordering: .relaxed) == 50 })
    queue.look(now: .now + .seconds(60))
    #expect(queue.threadCount == 1)
    for _ in 0..<10 { #expect(queue.add(.ordinary, notes.endless)) }
    for second in 1..<10 { queue.look(now: .now + .seconds(second)) }
    #expect(queue.threadCount == 3)
    notes.mayEnd.store(true, ordering: .relaxed)
    queue.close()
  }

  @Test func largeRequestsTakeOnlyAPartOfTheThreads() throws {
    let queue = try #require(RequestQueue(threads: 2, mostThreads: 32, limit: 100))
    let notes = Notes()
    for _ in 0..<20 { #expect(queue.add(.large, notes.endless)) }
    #expect(
      holds {
        queue.look(now: .now)
        return notes.begun.load(ordering: .relaxed) == 4
      })
    #expect(queue.add(.ordinary, notes.small))
    #expect(
      holds {
        queue.look(now: .now)
        return notes.answered.load(ordering: .relaxed) == 1
      })
    #expect(notes.begun.load(ordering: .relaxed) == 4)
    notes.mayEnd.store(true, ordering: .relaxed)
    queue.close()
  }

  @Test func whatWaitsWhenTheQueueClosesIsRefused() throws {
    let queue = try #require(RequestQueue(threads: 1, mostThreads: 1, limit: 100))
    let notes = Notes()
    let hasBegun = Atomic(false)
    #expect(
      queue.add(.ordinary) { turn in
        hasBegun.store(true, ordering: .relaxed)
        notes.endless(turn)
      })
    #expect(holds { hasBegun.load(ordering: .relaxed) })
    for _ in 0..<20 { #expect(queue.add(.ordinary, notes.small)) }
    let closing = Thread { queue.close() }
    closing.start()
    #expect(holds { !queue.add(.ordinary, { _ in }) })
    notes.mayEnd.store(true, ordering: .relaxed)
    queue.close()
    #expect(notes.refused.load(ordering: .relaxed) == 20)
    #expect(notes.answered.load(ordering: .relaxed) == 0)
  }

  private func weight(_ body: String) -> RequestWeight { RequestWeight(of: Array(body.utf8)) }

  @Test func whatOnlyLooksSomethingUpIsLightAndNothingElsePassesForIt() {
    for body in [
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_getBalance\",\"params\":[]}",
      " \n{ \"method\" :\t\"eth_chainId\" , \"id\" : \"x\" }",
    ] { #expect(weight(body) == .light, "\(body)") }
    for body in [
      "", "{}", "{\"method\"", "{\"method\":", "{\"method\":7}", "{\"method\":\"",
      "{\"method\":\"eth_call\"}", "{\"method\":\"eth_getBalance2\"}",
      "{\"id\":\"eth_getBalance\",\"method\":\"eth_call\"}",
      // Another spelling of the same, another member of the same name, another text of the same words.
      "{\"id\":\"method\",\"x\":\"eth_getBalance\",\"\\u006dethod\":\"eth_call\"}",
      "{\"method\":\"eth_getBalance\",\"params\":[{\"method\":1}],\"method\":\"eth_call\"}",
      "{\"id\":\"method\",\"method\":\"eth_getBalance\"}",
      "{\"\\\"method\":\"eth_getBalance\",\"method\":\"eth_call\"}",
    ] { #expect(weight(body) == .ordinary, "\(body)") }
    let light = "{\"method\":\"eth_getBalance\"}"
    for body in ["[\(light)]", "  [", light + String(repeating: " ", count: 4096)] {
      #expect(weight(body) == .large, "\(body)")
    }
    for method in ["debug_traceCall", "debug_traceBlockByNumber", "anvil_loadState"] {
      let body = "{\"method\":\"\(method)\",\"params\":[\""
      #expect(weight(body + String(repeating: "0", count: 1 << 20) + "\"]}") == .heavy)
    }
  }

  @Test func heavyRequestsAreAnsweredAFewAtATimeWhateverBringsThem() throws {
    let queue = try #require(RequestQueue(threads: 8, mostThreads: 16, limit: 100))
    let notes = Notes()
    for _ in 0..<20 { #expect(queue.add(.heavy, notes.endless)) }
    #expect(queue.add(.ordinary, notes.small))
    #expect(holds { notes.answered.load(ordering: .relaxed) == 1 })
    notes.mayEnd.store(true, ordering: .relaxed)
    queue.close()
    // In batches, too.
    let calls = HeavyCalls()
    let now = Atomic(0)
    let most = Atomic(0)
    let group = DispatchGroup()
    for _ in 0..<8 {
      group.enter()
      Thread {
        for _ in 0..<20 {
          try? calls.pass {
            most.max(now.add(1, ordering: .relaxed).newValue, ordering: .relaxed)
            usleep(200)
            now.subtract(1, ordering: .relaxed)
          }
        }
        group.leave()
      }.start()
    }
    group.wait()
    #expect(most.load(ordering: .relaxed) == HeavyCalls.most)
  }

  @Test(arguments: [1, 2, 4]) func lightRequestsWaitForNobody(_ threads: Int) throws {
    let queue = try #require(RequestQueue(threads: threads, mostThreads: threads, limit: 100))
    let notes = Notes()
    for weight in [RequestWeight.large, .ordinary] {
      for _ in 0..<20 { #expect(queue.add(weight, notes.endless)) }
    }
    let answered = DispatchSemaphore(value: 0)
    for _ in 0..<50 {
      #expect(queue.add(.light) { _ in answered.signal() })
      #expect(answered.wait(timeout: .now() + 10) == .success)
    }
    notes.mayEnd.store(true, ordering: .relaxed)
    queue.close()
    #expect(!queue.add(.light, notes.small))
  }

  @Test func eachLineIsBounded() throws {
    let queue = try #require(RequestQueue(threads: 1, mostThreads: 1, limit: 10))
    let notes = Notes()
    var count = 0
    while queue.add(.large, notes.endless) { count += 1 }
    #expect((10...11).contains(count))
    #expect(queue.add(.ordinary, notes.endless))
    notes.mayEnd.store(true, ordering: .relaxed)
    queue.close()
  }

  @Test func noLightRequestIsLeftBehindLargeOnesThatComeTogetherWithIt() throws {
    let queue = try #require(RequestQueue(threads: 4, mostThreads: 4, limit: 100))
    for _ in 0..<300 {
      let isOver = DispatchSemaphore(value: 0)
      let (answered, ended) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
      for place in 0..<8 {
        if place == 2 {
          #expect(queue.add(.light) { _ in answered.signal() })
        } else {
          #expect(
            queue.add(.large) { _ in
              isOver.wait()
              ended.signal()
            })
        }
      }
      #expect(answered.wait(timeout: .now() + 10) == .success)
      for _ in 0..<7 { isOver.signal() }
      for _ in 0..<7 { ended.wait() }
    }
    queue.close()
  }

  /// A job that waits, and is stood in for meanwhile.
  private func waitingJob(
    _ queue: RequestQueue, _ waiting: DispatchSemaphore
  ) -> RequestQueue.Job {
    { _ in
      let isStoodInFor = queue.standIn()
      waiting.wait()
      if isStoodInFor { queue.standDown() }
    }
  }

  @Test func largeRequestsThatWaitLeaveTheirPlaceToOthers() throws {
    let queue = try #require(RequestQueue(threads: 1, mostThreads: 1, limit: 100))
    let notes = Notes()
    let waiting = DispatchSemaphore(value: 0)
    let job = waitingJob(queue, waiting)
    for _ in 0..<9 { #expect(queue.add(.large, job)) }
    #expect(queue.add(.large, notes.small))
    #expect(holds { notes.answered.load(ordering: .relaxed) == 1 })
    for _ in 0..<9 { waiting.signal() }
    #expect(holds { queue.threadCount == 1 })
    // The places are there again, and no more than there were.
    for _ in 0..<3 { #expect(queue.add(.large, notes.endless)) }
    #expect(holds { notes.begun.load(ordering: .relaxed) == 1 })
    notes.mayEnd.store(true, ordering: .relaxed)
    queue.close()
  }

  @Test func whoWaitsIsStoodInFor() throws {
    let queue = try #require(RequestQueue(threads: 1, mostThreads: 1, limit: 100))
    let notes = Notes()
    let waiting = DispatchSemaphore(value: 0)
    let job = waitingJob(queue, waiting)
    #expect(queue.add(.ordinary, job))
    #expect(queue.add(.ordinary, notes.small))
    #expect(holds { notes.answered.load(ordering: .relaxed) == 1 })
    #expect(queue.threadCount == 2)
    waiting.signal()
    #expect(holds { queue.threadCount == 1 })
    queue.close()
  }
}
