// Measuring blocks in parallel: what is compared, what is told, and what the numbers mean.

import Execution
import JSON
import Ledger
import Primitives
import State
import Testing

@testable import Fixtures

@Suite struct ParallelBenchTests {
  private func bench(_ subject: BenchSubject, threads: [Int] = [1, 2]) -> BenchReport {
    var report = BenchReport(rounds: 6)
    report.add(ParallelBench(threads: threads, rounds: 6).measure(subject))
    return report
  }

  private func recorded(_ change: (inout Recording) -> Void = { _ in }) throws -> BenchSubject {
    var recording = try Recording()
    change(&recording)
    return BenchSubject(try recording.recorded())
  }

  @Test func everyNumberOfThreadsHasItsFigures() throws {
    let report = bench(try recorded(), threads: [3, 1, 2, 2])
    #expect(report.exitStatus == 0)
    #expect(report.results.map(\.threads) == [1, 2, 3])
    for result in report.results {
      #expect(result.name == "block 16000000" && result.transactions == 1)
      #expect(result.gasUsed == 21_000 && result.parallel.seconds.values.count == 6)
      #expect(result.executionsPerTransaction >= 1)
      #expect(result.speedup.median > 0 && result.speedup.medianInterval != nil)
    }
    let root = try JSONDocument(parsing: Array(report.json.utf8), source: "report").root
    var results = try root.field("results").elements()
    let next = results.next()
    let first = try #require(next)
    #expect(try first.field("workload").string() == "block 16000000")
    #expect(try first.field("transactions").uint64() == 1)
    for name in [
      "threads", "sequentialSeconds", "parallelSeconds", "speedup", "cpuSeconds",
      "executionsPerTransaction",
    ] {
      #expect(try first.optionalField(name) != nil)
    }
  }

  @Test func aBlockThatIsNotAsRecordedIsWrong() throws {
    let subject = try recorded { $0.block = $0.block.changing("0x5208", to: "0x5209") }
    let report = bench(subject)
    #expect(report.exitStatus == 1 && report.results.isEmpty)
    #expect(report.text.contains("WRONG block 16000000: 21000 gas was used"))
  }

  @Test func aBlockThatCannotBeExecutedIsWrong() throws {
    let report = bench(try recorded { $0.state = $0.state.changing("0xffffff", to: "0xff") })
    #expect(report.exitStatus == 1)
    #expect(report.problems.first?.contains("cannot execute it") == true)
  }

  @Test(arguments: [0, 1024])
  func tooLittleMemoryIsNoVerdict(limit: Int) throws {
    var recording = try Recording()
    recording.storeFarAway()
    let subject = BenchSubject(try recording.recorded())
    var report = BenchReport(rounds: 1)
    report.add(ParallelBench(threads: [2], rounds: 1, memoryLimit: limit).measure(subject))
    #expect(report.exitStatus == 2 && report.problems.isEmpty && report.results.isEmpty)
    #expect(
      report.unusable == [
        "block 16000000: transaction 0 needs more EVM memory than the \(limit) bytes that it may take; "
          + "raise --memory-limit"
      ])
    #expect(report.json.contains("raise --memory-limit"))
    // A wrong outcome weighs more.
    report.add(.wrong(["x"]))
    #expect(report.exitStatus == 1)
  }

  @Test func anotherOutcomeIsWrong() throws {
    let subject = try recorded()
    let side = BenchSide(SequentialExecutor())
    let outcome = try side.execute(subject)
    try side.check(outcome, outcome)
    var other = outcome
    other.receipts[0].cumulativeGasUsed += 1
    #expect(throws: BenchProblem.self) { try side.check(other, outcome) }
    other = outcome
    other.diff = StateDiff()
    #expect(throws: BenchProblem.self) { try side.check(other, outcome) }
  }

  @Test func whoIsToldOfAccessesIsSaid() throws {
    for accessLists in [false, true] {
      let bench = ParallelBench(threads: [2], rounds: 1, foretelling: accessLists)
      var report = BenchReport(rounds: 1, accessLists: accessLists)
      report.add(bench.measure(try recorded()))
      #expect(report.exitStatus == 0)
      #expect(report.text.contains("EIP-7928") == accessLists)
      #expect(report.html.contains("EIP-7928") == accessLists)
      let root = try JSONDocument(parsing: Array(report.json.utf8), source: "report").root
      #expect(try root.field("accessLists").boolean == accessLists)
    }
  }

  @Test func nothingMeasuredIsBadInput() {
    var report = BenchReport(rounds: 1)
    #expect(report.exitStatus == 2)
    #expect(report.text == "nothing was measured\n")
    report.add(errors: ["x"])
    #expect(report.complaints == "UNREADABLE x\n" && report.text == "")
    report.add(.unusable("y"))
    #expect(report.complaints == "UNREADABLE x\nUNUSABLE y\n" && report.text == "")
  }

  @Test func findsRecordedBlocksAndWorkloadsInFoldersAndArchives() throws {
    let recording = try Recording()
    let workload = """
      {"name": "pair", "fork": "Cancun", "env": {"number": "0x1", "timestamp": "0x1",
        "gasLimit": "0xffffff", "coinbase": "0x00000000000000000000000000000000000000c0"},
       "pre": {"0x00000000000000000000000000000000000000aa":
         {"balance": "0xff", "nonce": "0x0", "code": "0x", "storage": {}}},
       "txs": [{"from": "0x00000000000000000000000000000000000000aa",
         "to": "0x00000000000000000000000000000000000000bb", "data": "0x", "value": "0x1",
         "gas": "0x5208", "nonce": "0x0"}]}
      """
    let folder = try TemporaryFolder()
    _ = try folder.write("1/block.json", Array(recording.block.utf8))
    _ = try folder.write("1/pre_state.json", Array(recording.state.utf8))
    _ = try folder.write("blocks/pair.json", Array(workload.utf8))
    #expect(names(folder.path) == ["block 16000000", "pair"])
    #expect(names(folder.path, filter: "blocks/") == ["pair"])

    var tar = TarFixture()
    tar.add("m/1/pre_state.json", Array(recording.state.utf8))
    tar.add("m/pair.json", Array(workload.utf8))
    tar.add("m/1/block.json", Array(recording.block.utf8))
    tar.end()
    let other = try TemporaryFolder()
    let archive = try other.write("m.tar", tar.bytes)
    #expect(names(archive) == ["pair", "block 16000000"])

    var files = BenchFiles(filter: "nothing")
    files.forEach(under: archive) { _ in }
    files.forEach(under: "/nowhere") { _ in }
    #expect(files.found == 0 && files.errors.count == 2)
    _ = try folder.write("2/block.json", Array("[".utf8))
    files = BenchFiles()
    files.forEach(under: "\(folder.path)/2") { _ in }
    #expect(files.errors.count == 1 && files.errors[0].contains("2/pre_state.json"))
  }

  private func names(_ path: String, filter: String? = nil) -> [String] {
    var names: [String] = []
    var files = BenchFiles(filter: filter)
    files.forEach(under: path) { subject in
      names.append(subject.name)
      #expect(bench(subject, threads: [2]).exitStatus == 0)
    }
    #expect(files.errors == [])
    return names
  }

  @Test func sumsAreOfRecordedBlocksAlone() throws {
    var report = BenchReport(rounds: 6)
    let (recorded, other) = (try recorded(), try recorded())
    let generated = BenchSubject(
      name: "generated", block: other.block, state: other.state, problems: other.problems)
    let bench = ParallelBench(threads: [2], rounds: 6)
    for subject in [recorded, generated, other] { report.add(bench.measure(subject)) }
    let sum = try #require(report.sums.first)
    #expect(report.sums.count == 1 && sum.blocks.count == 2)
    #expect(sum.slowest == nil && sum.smallBlockLoss != nil)
    #expect(report.text.contains("2 recorded blocks, 2 threads"))
  }
}

@Suite struct SeriesTests {
  @Test func theMedianAndTheMiddleHalf() {
    #expect(Series([3, 1, 2]).median == 2)
    #expect(Series([4, 1, 2, 3]).median == 2.5)
    #expect(Series([5, 1, 2, 3, 4]).middleHalf == 2...4)
    #expect(Series([5, 1, 2, 3, 4]).spread == 2.0 / 3)
    #expect(Series().median == 0 && Series().spread == 0)
  }

  @Test func theIntervalOfTheMedianIsThatOfTheSignTest() {
    // Tabled: of 30 values the 10th and the 21st, of 6 the outermost, of 5 none.
    #expect(Series((1...30).map(Double.init)).medianInterval == 10...21)
    #expect(Series((1...10).map(Double.init)).medianInterval == 2...9)
    #expect(Series((1...6).map(Double.init)).medianInterval == 1...6)
    #expect(Series((1...5).map(Double.init)).medianInterval == nil)
    #expect(Series().medianInterval == nil)
  }

  @Test func quotientsAreThoseOfEachRound() {
    #expect((Series([6, 8]) / Series([2, 0])).values == [3, 0])
  }
}

extension ParallelBenchTests {
  @Test func aWrongOutcomeUnderContentionIsWrong() {
    var contention = BenchContention(name: "x")
    contention.add(.wrong(["x: another outcome"]), share: 0.5)
    var report = BenchReport(rounds: 1)
    report.add(contention)
    #expect(report.exitStatus == 1 && report.problems == ["x: another outcome"])
  }
}
