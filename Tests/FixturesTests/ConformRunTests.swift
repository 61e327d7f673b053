// Whole runs: walking, counting, exit status, reports.

import Foundation
import JSON
import Ledger
import Synchronization
import Testing

@testable import Fixtures

private let good =
  #"{"a": {"in": "VALID", "out": "0xc0"}, "b": {"in": "INVALID", "out": "0x8100"}}"#
private let bad = #"{"wrong": {"in": "VALID", "out": "0x8100"}}"#

@Suite struct ConformRunTests {
  private func run(
    _ files: [String: String], _ selection: CaseSelection = CaseSelection()
  ) throws -> ConformReport {
    let folder = try TemporaryFolder()
    for (name, text) in files { _ = try folder.write(name, Array(text.utf8)) }
    return ConformRun(paths: [folder.path], selection: selection, jobs: 3).run()
  }

  @Test func countsAndPasses() throws {
    let report = try run(["x/one.json": good, "y/two.json": good, "notes.txt": "no JSON"])
    #expect(report.total.passed == 4 && report.exitStatus == 0)
    #expect(ConformText.table(report).hasSuffix("\n4 passed, 0 failed, 0 skipped\n"))
  }

  @Test func aFailureIsReportedAndSetsTheStatus() throws {
    let report = try run(["one.json": good, "two.json": bad])
    #expect(report.exitStatus == 1)
    #expect(report.failures.map(\.name) == ["wrong"])
    let table = ConformText.table(report)
    #expect(table.contains("FAILED") && table.contains("two.json"))
    #expect(table.hasSuffix("\n2 passed, 1 failed, 0 skipped\n"))
  }

  @Test func whatWasAskedForIsSaid() throws {
    let folder = try TemporaryFolder()
    _ = try folder.write("one.json", Array(good.utf8))
    let plain = ConformRun(paths: [folder.path]).run()
    let asked = ConformRun(paths: [folder.path], workers: [2, 8], accessLists: true, stores: true)
      .run()
    for what in ["by 2, 8 workers", "EIP-7928", "into a store"] {
      #expect(ConformText.table(asked).contains(what) && !ConformText.table(plain).contains(what))
    }
    for (report, isAsked) in [(plain, false), (asked, true)] {
      let text = ConformText.json(report)
      let root = try JSONDocument(parsing: Array(text.utf8), source: "report").root
      #expect(try root.field("accessLists").boolean == isAsked)
      #expect(try root.field("stores").boolean == isAsked)
      #expect(try Array(root.field("workers").elements()).count == (isAsked ? 2 : 0))
    }
  }

  @Test func whatCannotBeReadSetsTheStatus() throws {
    let cut = try run(["one.json": good, "cut.json": String(good.dropLast())])
    #expect(cut.exitStatus == 2 && cut.errors.count == 1)
    #expect(cut.errors.first?.contains("cut.json") == true)
    let unknown = try run(["one.json": good, "odd.json": #"{"x": 1}"#])
    #expect(unknown.exitStatus == 2)
    #expect(try run(["one.json": good], CaseSelection(filter: "none")).exitStatus == 2)
    #expect(ConformRun(paths: ["/nowhere"]).run().exitStatus == 2)
  }

  @Test func withoutAVerdictTheRunSaysWhy() throws {
    let unfound = try run(["one.json": good], CaseSelection(filter: "none", fork: .cancun))
    #expect(unfound.exitStatus == 2)
    #expect(
      ConformText.table(unfound).contains(
        "no case was found whose file or name contains \"none\" of the fork Cancun"))
    var report = ConformReport()
    let key = SuiteKey(suite: "s", format: .stateTest)
    report.add(CaseResult(name: "a", verdict: .leftOut("x")), to: key, path: "p")
    #expect(report.exitStatus == 2)
    #expect(ConformText.table(report).contains("no case ran to a verdict"))
    report.add(CaseResult(name: "b", verdict: .passed), to: key, path: "p")
    #expect(report.exitStatus == 0)
    report.add(CaseResult(name: "c", verdict: .undecided), to: key, path: "p")
    #expect(report.exitStatus == 2)
    #expect(ConformText.table(report).contains("UNDECIDED p: c"))
  }

  @Test func manyUnreadableFilesAreCutOff() throws {
    var files: [String: String] = [:]
    for number in 0..<23 { files["\(number).json"] = "{" }
    let report = try run(files)
    let complaints = ConformText.complaints(report)
    #expect(complaints.split(separator: "\n").count { $0.hasPrefix("UNREADABLE") } == 21)
    #expect(complaints.hasSuffix("UNREADABLE and 3 more\n"))
    // The table counts them, and leaves the lines to standard error.
    let table = ConformText.table(report)
    #expect(table.contains("23 unreadable\n") && !table.contains("UNREADABLE"))
  }

  @Test func namesCannotMoveTheCursor() throws {
    #expect("a\u{1b}[31mb\nc\r".printable == "a\\u{1B}[31mb\\nc\\r")
    #expect("Ünïcode „quoted“ 漢字".printable == "Ünïcode „quoted“ 漢字")
    #expect(String(repeating: "x", count: 10_000).printable.count == 401)
    let complaints = ConformText.complaints(try run(["\u{1b}[31m.json": "{"]))
    #expect(!complaints.contains("\u{1b}") && complaints.contains("\\u{1B}[31m.json"))
  }

  @Test func pipesAreRefusedAndPassedOver() throws {
    let folder = try TemporaryFolder()
    _ = try folder.write("one.json", Array(good.utf8))
    let pipe = "\(folder.path)/pipe.json"
    #expect(mkfifo(pipe, 0o600) == 0)
    #expect(ConformRun(paths: [folder.path]).run().exitStatus == 0)
    #expect(ConformRun(paths: [pipe]).run().errors.first?.contains("not a regular file") == true)
    #expect(throws: ArchiveError(path: pipe, problem: .notRegular)) { try FileWalk.read(pipe) }
    let file = "\(folder.path)/one.json"
    #expect(throws: ArchiveError(path: file, problem: .entryTooLarge(limit: 3))) {
      try FileWalk.read(file, limit: 3)
    }
    #expect(try FileWalk.read(file) == Array(good.utf8))
  }

  @Test func filtersByName() throws {
    let report = try run(["one.json": good], CaseSelection(filter: "b"))
    #expect(report.total.passed == 1)
  }

  @Test func readsArchivesWithTheirCompanions() throws {
    let folder = try TemporaryFolder()
    var tar = TarFixture()
    tar.add("s/one.json", Array(good.utf8))
    tar.add("s/two.json", Array(bad.utf8))
    tar.end()
    let path = try folder.write("suite.tar.zst", TarFixture.zstd([.raw(tar.bytes)]))
    let report = ConformRun(paths: [path], jobs: 2).run()
    #expect(report.total.passed == 2 && report.total.failed == 1)
    let cut = try folder.write("cut.tar", Array(tar.bytes.prefix(700)))
    #expect(ConformRun(paths: [cut]).run().exitStatus == 2)
  }

  @Test func everyFolderOfAnArchiveHasItsCompanion() throws {
    var companions = Companions()
    for number in 0..<100 {
      try companions.add(Array("{\"n\": \(number)}".utf8), path: "x.tar/\(number)/expected.json")
    }
    for number in 0..<100 {
      let companion = companions.beside("x.tar/\(number)/case.json")
      #expect(try companion?.document.root.field("n").uint64() == UInt64(number))
    }
    #expect(companions.beside("x.tar/case.json") == nil)
  }

  @Test func companionsAreLimitedInBytesAndNumber() throws {
    func add(_ texts: [String], _ limits: Companions.Limits) throws(FixtureError) {
      var companions = Companions(limits: limits)
      for (number, text) in texts.enumerated() {
        try companions.add(Array(text.utf8), path: "\(number)/expected.json")
      }
    }
    try add(["{}", "{}"], Companions.Limits(bytes: 2, totalBytes: 4, count: 2))
    let tooMany = FixtureError.tooManyCompanions("1/expected.json", limit: 3)
    #expect(throws: tooMany) {
      try add(["{}", "{}"], Companions.Limits(bytes: 2, totalBytes: 3, count: 2))
    }
    #expect(throws: FixtureError.self) {
      try add(["{}", "{}"], Companions.Limits(bytes: 2, totalBytes: 4, count: 1))
    }
    #expect(throws: FixtureError.self) {
      try add(["{ }"], Companions.Limits(bytes: 2, totalBytes: 4, count: 2))
    }
  }

  @Test func aCompanionThatIsTooLargeSetsTheStatus() throws {
    let large = "{" + String(repeating: " ", count: Companions.Limits().bytes) + "}"
    let fromFolder = try run(["x/one.json": good, "x/expected.json": large])
    #expect(fromFolder.exitStatus == 2 && fromFolder.total.passed == 2)
    let folder = try TemporaryFolder()
    var tar = TarFixture()
    tar.add("s/one.json", Array(good.utf8))
    tar.add("s/expected.json", Array(large.utf8))
    tar.end()
    let archive = try folder.write("suite.tar", tar.bytes)
    let fromArchive = ConformRun(paths: [archive], jobs: 2).run()
    #expect(fromArchive.exitStatus == 2 && fromArchive.total.passed == 2)
    #expect(fromArchive.errors.count == 1)
  }

  @Test func theReportForMachinesAddsUp() throws {
    let report = try run(["one.json": good, "two.json": bad])
    let root = try JSONDocument(
      parsing: Array(ConformText.json(report).utf8), source: "report"
    ).root
    #expect(try root.field("passed").uint64() == 2)
    var suites = try root.field("suites").elements()
    let first = suites.next()
    let suite = try #require(first)
    #expect(try suite.field("failed").uint64() == 1)
    #expect(try suite.field("skips").kind == .array)
  }

  @Test func filesOfOtherMilestonesAreNamedNotFailed() throws {
    let exchange = #"{"jsonrpc": "2.0", "method": "eth_chainId"}"#
    let report = try run(["one.json": good, "exchange.json": exchange])
    #expect(report.exitStatus == 0 && report.notRun == ["JSON-RPC exchanges": 1])
  }

  @Test func namesSuitesAfterPublishedArchives() {
    #expect(SuiteNames.suite(of: "f/eest-state.tar.zst", under: "f") == "eest-state")
    #expect(
      SuiteNames.suite(of: "/x/legacytests-state/a/b.json", under: "/x") == "legacytests-state")
    #expect(SuiteNames.suite(of: "w/bytecode/a.json", under: "w") == "bench")
    #expect(SuiteNames.suite(of: "mine/a.json", under: "mine") == "mine")
  }

  @Test func theQueueHandsEverythingOutOnce() {
    let queue = WorkQueue<Int>(limit: 10)
    let sum = Mutex(0)
    WorkerThreads.run(4) { index in
      if index == 0 {
        for number in 1...1000 { #expect(queue.push(number, cost: number % 20)) }
        queue.close()
      } else {
        while let number = queue.pop() { sum.withLock { $0 += number } }
      }
    }
    #expect(sum.withLock { $0 } == 500_500)
    #expect(!queue.push(1, cost: 1))
  }

  @Test func workerThreadsHaveDeepStacks() {
    @Sendable func descend(_ depth: Int) -> Int {
      withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 8) { bytes in
        bytes[depth % 4096] = 1
        return depth == 0 ? 0 : descend(depth - 1) + Int(bytes[depth % 4096])
      }
    }
    #expect(WorkerThreads.call { descend(10_000) } == 10_000)
  }
}

@Suite struct CodeRunTests {
  @Test func runsCodeAndMeasures() {
    var run = CodeRun(code: [
      0x60, 0x01, 0x60, 0x02, 0x01, 0x60, 0, 0x52, 0x60, 0x20, 0x60, 0, 0xf3,
    ])
    let once = run.measure()
    #expect(once.succeeded && once.gasUsed == 24 && once.output.last == 3 && once.times.count == 1)
    #expect(run.measure(rounds: 7).times.count == 7)
    run.gas = 20
    #expect(run.measure().failure == "outOfGas")
    #expect(run.measure().gasUsed == 20)
  }

  @Test(arguments: [Int64.max, Int64.max - 1, Int64.max - 2, 100_000] as [Int64])
  func gasIsCountedToTheLastUnit(_ gas: Int64) {
    var failing = CodeRun(code: [0xfe])
    failing.gas = gas
    #expect(failing.measure().gasUsed == UInt64(gas))
    var adding = CodeRun(code: [0x60, 1, 0x60, 2, 0x01])
    adding.gas = gas
    #expect(adding.measure().gasUsed == 9)
  }

  @Test func longOutputIsCutOffForPeople() {
    // 100,000 bytes of memory, returned.
    let measurement = CodeRun(code: [0x62, 1, 0x86, 0xa0, 0x60, 0, 0xf3]).measure()
    #expect(measurement.output.count == 100_000)
    #expect(measurement.text.utf8.count < 4_000)
    #expect(measurement.text.contains("… (100000 bytes; --json for all)"))
    #expect(measurement.json.utf8.count > 200_000)
    #expect(measurement.traceSummary.hasSuffix("\"pass\":true}"))
  }

  @Test func theSummaryOfATraceSaysWhetherItPassed() {
    let measurement = CodeRun(code: [0x60, 1, 0x60, 0, 0xfd]).measure()
    #expect(measurement.traceSummary == #"{"output":"0x00","gasUsed":"0x9","pass":false}"#)
  }

  @Test func failuresHaveNoSpeed() {
    #expect(!CodeRun(code: [0xfe]).measure().text.contains("speed"))
  }

  @Test func everyRoundStartsFromTheSameState() {
    // Stores 1 where 0 stood: 20,000 gas, also the second time.
    let run = CodeRun(code: [0x60, 1, 0x60, 0, 0x55])
    #expect(run.measure(rounds: 1).gasUsed == run.measure(rounds: 3).gasUsed)
  }

  @Test func theMemoryLimitIsNoVerdictOnTheCode() throws {
    // MSTORE far out, with gas for all of it.
    var run = CodeRun(code: [0x60, 1, 0x63, 0x10, 0, 0, 0, 0x52])
    run.gas = .max
    run.memoryLimit = 1 << 20
    let measurement = run.measure()
    #expect(measurement.hitMemoryLimit && !measurement.succeeded)
    let root = try JSONDocument(parsing: Array(measurement.json.utf8), source: "j").root
    #expect(try root.field("success").boolean == false)
    #expect(try root.field("bench").field("runs").uint64() == 1)
  }

  @Test func memoryThatFramesLeftBehindIsNotHeldForever() {
    // Calls itself down to the last depth; on the way back every frame takes 128 KiB: far more than
    // the limit in all, but never two frames at once.
    var run = CodeRun(code: [
      0x60, 0, 0x60, 0, 0x60, 0, 0x60, 0, 0x60, 0, 0x30, 0x5a, 0xf1, 0x50,
      0x60, 1, 0x62, 0x01, 0xff, 0xe0, 0x52,
    ])
    run.gas = .max
    run.memoryLimit = 1 << 20
    let measurement = WorkerThreads.call { [run] in run.measure() }
    #expect(measurement.succeeded)
  }

  @Test func traces() {
    var lines: [String] = []
    let measurement = CodeRun(code: [0x60, 0, 0x50]).measure { lines.append($0) }
    #expect(lines.count == 4)
    #expect(lines.last == measurement.traceSummary)
  }
}
