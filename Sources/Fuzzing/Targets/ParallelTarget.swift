// Whole blocks in parallel, against one transaction after another.

internal import Execution
internal import Samples

/// Blocks of transactions on a few hot accounts and slots, executed by 2, 3, 8 and 16 workers.
final class ParallelTarget: FuzzTarget {
  static let name = "parallel"
  static let summary = "whole blocks: in parallel as one after another, by 2, 3, 8 and 16 workers"

  private let sequential = SequentialExecutor(memoryLimit: 64 << 20)
  private let parallel = [2, 3, 8, 16].map {
    ParallelExecutor(workers: $0, memoryLimit: 64 << 20)
  }

  init() {
    sequential.emitsAccessLists = true
    for executor in parallel {
      executor.emitsAccessLists = true
      executor.executesSmallBlocksSerially = false
    }
  }

  func run(_ generator: inout SeededGenerator) -> Finding? {
    let blockCase = BlockCase(&generator, upTo: generator.oneIn(8) ? 60 : 12, by: sequential)
    for executor in parallel {
      executor.suspectsCounters = generator.oneIn(2)
      let predicted = blockCase.prediction(&generator)
      if let difference = blockCase.difference(by: executor, predicted: predicted) {
        return Finding("\(executor.workerCount) workers, \(difference)")
      }
    }
    return nil
  }
}

/// Small blocks under random interleavings of 2, 3 and 4 workers.
final class SchedulesTarget: FuzzTarget {
  static let name = "schedules"
  static let summary = "small blocks: any interleaving of the workers' steps as one after another"

  /// How many interleavings of each block are tried.
  private static let schedules = 8

  private let sequential = SequentialExecutor(memoryLimit: 64 << 20)
  private let explorers = [2, 3, 4].compactMap {
    ScheduleExplorer(workers: $0, memoryLimit: 64 << 20)
  }

  init() {
    sequential.emitsAccessLists = true
    for explorer in explorers { explorer.emitsAccessLists = true }
  }

  func run(_ generator: inout SeededGenerator) -> Finding? {
    let blockCase = BlockCase(&generator, upTo: 6, by: sequential)
    for _ in 0..<Self.schedules {
      let explorer = generator.pick(explorers)
      explorer.decisions = SeededGenerator(seed: generator.next())
      let predicted = blockCase.prediction(&generator)
      if let difference = blockCase.difference(by: explorer, predicted: predicted) {
        return Finding("\(explorer.workerCount) workers, \(explorer.steps) steps, \(difference)")
      }
    }
    return nil
  }
}
