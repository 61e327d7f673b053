// Lines that nobody may read.

import Foundation
import Synchronization
import Testing

@testable import Node

@Suite struct LogQueueTests {
  /// A reader, who may stop reading.
  private final class Reader: Sendable {
    private let text = Mutex<[UInt8]>([])
    private let turn = DispatchSemaphore(value: 0)
    private let isStuck: Atomic<Bool>
    private let takes = Atomic(0)

    init(isStuck: Bool = false) { self.isStuck = Atomic(isStuck) }

    var lines: [String] {
      String(decoding: text.withLock { $0 }, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    func take(_ bytes: [UInt8]) -> Bool {
      takes.add(1, ordering: .releasing)
      if isStuck.load(ordering: .acquiring) { turn.wait() }
      text.withLock { $0 += bytes }
      return true
    }

    /// Waits until the first lines have come.
    func waitForLines() { while takes.load(ordering: .acquiring) == 0 { sched_yield() } }

    /// Reads again.
    func goOn() {
      isStuck.store(false, ordering: .releasing)
      turn.signal()
    }
  }

  @Test func allLinesComeInTheirOrder() async throws {
    let reader = Reader()
    let queue = LogQueue { reader.take($0) }
    for number in 0..<2000 { queue.add("\(number)\n") }
    #expect(queue.finish(seconds: 60))
    #expect(reader.lines == (0..<2000).map { "\($0)" })
    queue.add("after the end\n")
    #expect(reader.lines.count == 2000)
  }

  @Test func linesOfManyThreadsAreAllThere() throws {
    let reader = Reader()
    let queue = LogQueue { reader.take($0) }
    DispatchQueue.concurrentPerform(iterations: 8) { thread in
      for number in 0..<500 { queue.add("\(thread) \(number)\n") }
    }
    #expect(queue.finish(seconds: 60))
    let lines = reader.lines
    #expect(lines.count == 4000)
    for thread in 0..<8 {
      #expect(
        lines.filter { $0.hasPrefix("\(thread) ") } == (0..<500).map { "\(thread) \($0)" })
    }
  }

  @Test(arguments: NodeLog.Format.allCases)
  func whoeverLogsDoesNotWaitForAReaderThatIsStuck(_ format: NodeLog.Format) throws {
    let reader = Reader(isStuck: true)
    let queue = LogQueue(format, countLimit: 10) { reader.take($0) }
    queue.add("0\n")
    reader.waitForLines()
    for number in 1..<1000 { queue.add("\(number)\n") }
    #expect(!queue.finish(seconds: 0.01))
    reader.goOn()
    #expect(queue.finish(seconds: 60))
    let all = reader.lines
    let (lines, notice) = (Array(all.dropLast()), try #require(all.last))
    #expect(lines == (0...10).map { "\($0)" })
    #expect(notice.contains("Lines of the log were dropped"))
    #expect(notice.hasSuffix(format == .json ? "\"count\":989}" : "count=989"))
  }

  @Test func longLinesAreBoundedAsWell() throws {
    let reader = Reader(isStuck: true)
    let queue = LogQueue(byteLimit: 1000) { reader.take($0) }
    // One that is longer than all may be comes alone.
    let line = String(repeating: "x", count: 5000) + "\n"
    queue.add(line)
    reader.waitForLines()
    for _ in 0..<100 { queue.add(line) }
    reader.goOn()
    #expect(queue.finish(seconds: 60))
    #expect(reader.lines.count == 3)
    #expect(reader.lines.last?.contains("were dropped") == true)
  }

  @Test func linesThatCannotBeWrittenAreCountedAndTheNextOnesCome() throws {
    let reader = Reader()
    let isFull = Atomic(true)
    let tries = Atomic(0)
    let queue = LogQueue { bytes in
      tries.add(1, ordering: .relaxed)
      return !isFull.load(ordering: .acquiring) && reader.take(bytes)
    }
    queue.add("lost\n")
    while tries.load(ordering: .relaxed) < 2 { sched_yield() }
    isFull.store(false, ordering: .releasing)
    queue.add("seen\n")
    #expect(queue.finish(seconds: 60))
    #expect(reader.lines.count == 2 && reader.lines.last == "seen")
    #expect(reader.lines.first?.hasSuffix("count=1") == true)
  }

  @Test func aReaderThatHasGoneHoldsUpNobody() {
    let queue = LogQueue { _ in false }
    for number in 0..<100 { queue.add("\(number)\n") }
    #expect(queue.finish(seconds: 60))
  }

  @Test func whatSaidNothingEndsAtOnce() {
    #expect(LogQueue { _ in true }.finish(seconds: 60))
  }
}
