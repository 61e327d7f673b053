import Foundation
import FullPath
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
}
