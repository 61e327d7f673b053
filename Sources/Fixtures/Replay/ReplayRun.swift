// A run over recorded blocks.

internal import EVM
internal import Execution
internal import Foundation

/// What a replay found.
public struct ReplayReport: Sendable {
  /// The blocks, by number.
  public internal(set) var blocks: [BlockReplay] = []
  /// What could not be read, and what needs more memory than it was allowed.
  public internal(set) var errors: [FixtureError] = []

  /// How often each block was executed.
  public internal(set) var rounds = 1
  /// How many workers executed in parallel.
  public internal(set) var workers = 1
  /// Whether block access lists were made and checked.
  public internal(set) var accessLists = false

  /// What a closer look at the blocks found, where one was asked for.
  public var studies: [BlockStudy] { blocks.compactMap(\.study) }
  /// How many blocks were as recorded.
  public var passedCount: Int { blocks.count { $0.differences.isEmpty } }
  /// How many were not.
  public var failedCount: Int { blocks.count - passedCount }

  /// 0 when all is well, 1 when a block differs, 2 when something could not be read or there was no
  /// block.
  public var exitStatus: Int32 {
    if !errors.isEmpty || blocks.isEmpty { return 2 }
    return failedCount > 0 ? 1 : 0
  }
}

/// Finds recorded blocks in folders and archives and replays them, one after another.
public final class ReplayRun: @unchecked Sendable {
  private let paths: [String]
  private let rounds: Int
  private let memoryLimit: Int?
  private let workers: Int
  private let accessLists: Bool
  private let studySettings: StudySettings?
  private let lock = NSLock()
  private var report = ReplayReport()
  private var found = 0

  /// A run over `paths` that executes each block `rounds` times, one transaction after another and by
  /// so many workers in parallel. With `accessLists`, the block access lists of blocks from Cancun on
  /// are made and checked; the times are then no measure. With settings for a `study`, it looks closer
  /// at each.
  public init(
    paths: [String], rounds: Int = 1, memoryLimit: Int? = nil,
    workers: Int = WorkerThreads.coreCount, accessLists: Bool = false, study: StudySettings? = nil
  ) {
    self.workers = workers
    self.accessLists = accessLists
    studySettings = study
    self.paths = paths
    self.rounds = rounds
    self.memoryLimit = memoryLimit
    (report.rounds, report.workers, report.accessLists) = (max(1, rounds), workers, accessLists)
  }

  /// Blocks done and blocks found so far; may be asked from another thread.
  public var progress: (done: Int, found: Int) { lock.withLock { (report.blocks.count, found) } }

  /// Replays everything.
  public func run() -> ReplayReport {
    WorkerThreads.run(1) { [self] _ in
      let memoryLimit = memoryLimit ?? EVM.defaultMemoryLimit
      let executor = Executors(
        sequential: SequentialExecutor(memoryLimit: memoryLimit),
        parallel: ParallelExecutor(workers: workers, memoryLimit: memoryLimit),
        lists: accessLists ? AccessListCheck(memoryLimit: memoryLimit) : nil,
        examiner: studySettings.map { BlockExaminer($0, memoryLimit: memoryLimit) })
      executor.sequential.emitsAccessLists = accessLists
      executor.parallel.emitsAccessLists = accessLists
      for path in paths {
        do throws(FixtureError) {
          try replay(under: path, executor)
        } catch {
          fail(error)
        }
      }
    }
    report.blocks.sort { $0.number < $1.number }
    return report
  }

  private struct Executors {
    let sequential: SequentialExecutor
    let parallel: ParallelExecutor
    let lists: AccessListCheck?
    let examiner: BlockExaminer?
  }

  private func replay(
    under path: String, _ executor: Executors
  ) throws(FixtureError) {
    var folders: [String] = []
    var archives: [String] = []
    do throws(ArchiveError) {
      for item in try FileWalk.items(under: path) {
        switch item {
        case .archive(let path): archives.append(path)
        case .file(let path):
          if RecordedBlockHalves.isBlock(path) {
            folders.append(RecordedBlockHalves.folder(of: path))
          }
        case .unreadable(let error): fail(.archive(error))
        }
      }
    } catch {
      throw .archive(error)
    }
    guard !folders.isEmpty || !archives.isEmpty else {
      throw .incomplete("\(path): no block.json with a pre_state.json and no archive in there")
    }
    lock.withLock { found += folders.count }
    for folder in folders {
      do throws(FixtureError) {
        try replay(
          folder, block: try RecordedBlock.read("\(folder)/block.json"),
          preState: try RecordedBlock.read("\(folder)/pre_state.json"), executor)
      } catch {
        fail(error)
      }
    }
    for archive in archives {
      do throws(FixtureError) {
        try replay(archive: archive, executor)
      } catch {
        fail(error)
      }
    }
  }

  /// Both halves of a block lie in one folder of the archive, in any order.
  private func replay(
    archive path: String, _ executor: Executors
  ) throws(FixtureError) {
    var halves = RecordedBlockHalves()
    var isEmpty = true
    do throws(ArchiveError) {
      let wants = { RecordedBlockHalves.isBlock($0) || RecordedBlockHalves.isState($0) }
      try ArchiveReader(path: path).forEachFile(where: wants) { file in
        isEmpty = false
        guard let pair = halves.take(file) else { return !halves.isOverfull }
        lock.withLock { found += 1 }
        do throws(FixtureError) {
          try replay(pair.folder, block: pair.block, preState: pair.preState, executor)
        } catch {
          fail(error)
        }
        return true
      }
    } catch {
      throw .archive(error)
    }
    if isEmpty { throw .incomplete("\(path): no block.json and no pre_state.json in there") }
    if halves.isOverfull {
      throw .incomplete("\(path): too many blocks without their pre_state.json")
    }
    halves.problems.forEach(fail)
  }

  private func replay(
    _ folder: String, block: [UInt8], preState: [UInt8], _ executor: Executors
  ) throws(FixtureError) {
    let recorded = try RecordedBlock(folder: folder, block: block, preState: preState)
    let replay = BlockReplay(
      recorded, rounds: rounds, executor: executor.sequential, parallel: executor.parallel,
      lists: executor.lists, examiner: executor.examiner)
    guard !replay.hitMemoryLimit else {
      throw .incomplete(
        "\(folder): needs more EVM memory than the \(memoryLimit ?? EVM.defaultMemoryLimit) bytes that "
          + "it may take; raise --memory-limit")
    }
    lock.withLock { report.blocks.append(replay) }
  }

  private func fail(_ error: FixtureError) { lock.withLock { report.errors.append(error) } }
}
