import Foundation
import FullPath
import Synchronization
import Testing
import Workloads

@Suite struct FullPathTests {
  private func plan(_ asset: TransferStream.Asset) -> FullPathPlan {
    var plan = FullPathPlan(asset, threads: 2)
    plan.accounts = 300
    plan.blockSize = 100
    plan.warmUp = 200
    plan.transactions = 1500
    plan.cacheSize = 64 << 20
    return plan
  }

  @Test(arguments: TransferStream.Asset.allCases) func everythingComesOutRight(
    asset: TransferStream.Asset
  ) throws {
    let folder = TestFolder()
    var chained = plan(asset)
    chained.contention = .chain
    for plan in [plan(asset), chained] {
      let result = try FullPathRun(plan, folder: folder.path) { _, _, _ in }.run()
      #expect(result.problems == [])
      #expect(result.transactions == 1500)
      #expect(result.blocks == 15)
      #expect(result.comparedBlocks > 0)
      #expect(result.speed > 0)
    }
  }

  @Test func whatIsPreparedIsUsedAgain() throws {
    let folder = TestFolder()
    let plan = plan(.raw)
    let first = try FullPathRun(plan, folder: folder.path) { _, _, _ in }.run()
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    let second = try FullPathRun(plan, folder: folder.path) { what, _, _ in
      #expect(what == "blocks")
    }.run()
    #expect(first.head == second.head)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == files)
  }

  @Test func aCutOffFileOfBlocksIsTold() throws {
    let folder = TestFolder()
    let plan = plan(.raw)
    _ = try FullPathRun(plan, folder: folder.path) { _, _, _ in }.run()
    let name = try #require(
      try FileManager.default.contentsOfDirectory(atPath: folder.path)
        .first { $0.hasPrefix("blocks-") })
    let file = try #require(FileHandle(forWritingAtPath: "\(folder.path)/\(name)"))
    try file.truncate(atOffset: 20_000)
    #expect(throws: FullPathError.self) {
      try FullPathRun(plan, folder: folder.path) { _, _, _ in }.run()
    }
  }

  @Test func aChangedFileOfPeopleIsTold() throws {
    let folder = TestFolder()
    let plan = plan(.raw)
    _ = try FullPathRun(plan, folder: folder.path) { _, _, _ in }.run()
    let path = "\(folder.path)/people-300-1"
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    bytes[1000] ^= 1
    try bytes.write(to: URL(fileURLWithPath: path))
    #expect {
      try FullPathRun(plan, folder: folder.path) { _, _, _ in }.run()
    } throws: { error in
      "\(error)" == "\(path): is damaged; delete it, so that it is made anew"
    }
  }

  /// Wherever it is stopped, no copy of a store is left behind, and the next run is right.
  @Test func whatIsStoppedLeavesNothingBehind() throws {
    let folder = TestFolder()
    let plan = plan(.erc20)
    for patience in 0..<40 {
      let questions = Atomic(0)
      let run = FullPathRun(
        plan, folder: folder.path,
        isStopped: { questions.wrappingAdd(1, ordering: .relaxed).newValue > 3 * patience }
      ) { _, _, _ in }
      #expect(throws: FullPathError.interrupted) { try run.run() }
      let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(!left.contains { $0.hasPrefix("run-") || $0.hasSuffix(".partial") }, "\(left)")
    }
    #expect(try FullPathRun(plan, folder: folder.path) { _, _, _ in }.run().problems == [])
  }

  @Test func whatKilledRunsLeftBehindGoes() throws {
    let folder = TestFolder()
    // No system gives this number to a process.
    let gone = "\(folder.path)/run-2147483646"
    let alive = "\(folder.path)/run-1"
    let other = "\(folder.path)/run-notes"
    for path in [gone, alive, other] {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    _ = try FullPathRun(plan(.raw), folder: folder.path) { _, _, _ in }.run()
    #expect(!FileManager.default.fileExists(atPath: gone))
    #expect(FileManager.default.fileExists(atPath: alive))
    #expect(FileManager.default.fileExists(atPath: other))
  }
}
