// Interleavings of the parallel executor: none differs, and what is done wrong on purpose is found.

import EVM
import Ledger
import Primitives
import Samples
import State
import Testing

@testable import Execution

@Suite struct ScheduleExplorerTests {
  typealias Stage = ParallelStage

  /// A block in which each transaction depends on the one before.
  private struct Scene {
    let block: ExecutableBlock
    let accounts: [AccountAllocation]

    /// All count in one slot.
    static var counter: Scene {
      Scene(
        block: Stage.block((0..<4).map { ($0, Stage.transaction(to: Stage.counter)) }),
        accounts: Stage.people(4) + [Stage.contract(Stage.increment)])
    }

    /// Which slot is written depends on what was counted.
    static var list: Scene {
      Scene(
        block: Stage.block((0..<4).map { ($0, Stage.transaction(to: Stage.counter)) }),
        accounts: Stage.people(4) + [Stage.contract(Stage.append)])
    }

    /// All pay out of one purse, which does not hold enough for all.
    static var purse: Scene {
      Scene(
        block: Stage.block((0..<4).map { ($0, Stage.transaction(to: Stage.counter)) }),
        accounts: Stage.people(4) + [
          AccountAllocation(
            address: Stage.counter, nonce: 1, code: Stage.payment, storage: [0: 1000])
        ])
    }

    /// A contract is created where money lies already, and called.
    static var creation: Scene {
      let created = Address.created(by: Stage.person(0), nonce: 0)
      let creation = Stage.transaction(
        to: nil, data: Stage.initcode(of: Stage.increment), gasLimit: 200_000)
      return Scene(
        block: Stage.block(
          [(0, creation)] + (1..<4).map { ($0, Stage.transaction(to: created)) }),
        accounts: Stage.people(4)
          + [AccountAllocation(address: created, nonce: 0, balance: 5)])
    }
  }

  /// The first of `count` interleavings that comes to another outcome; nil when none does.
  private func firstDifference<Point: SchedulingPoint>(
    _ point: Point.Type, _ scene: Scene, workers: Int, schedules count: Int
  ) throws -> Int? {
    let exploration = try #require(Exploration<Point>(workers: workers))
    let expected = Stage.outcome(of: scene.block, on: scene.accounts, by: SequentialExecutor())
    for schedule in 1...count {
      exploration.decisions = SeededGenerator(seed: UInt64(schedule))
      let found = Stage.outcome(of: scene.block, on: scene.accounts, by: exploration)
      if found != expected { return schedule }
    }
    return nil
  }

  @Test(arguments: [2, 3, 4])
  func noInterleavingDiffers(workers: Int) throws {
    for scene in [Scene.counter, .list, .purse, .creation] {
      let difference = try firstDifference(
        Explored.self, scene, workers: workers, schedules: 1_000)
      #expect(difference == nil)
    }
  }

  @Test func interleavingsConflict() throws {
    let explorer = try #require(ScheduleExplorer(workers: 3))
    var repeats = 0
    for seed: UInt64 in 1...50 {
      explorer.decisions = SeededGenerator(seed: seed)
      _ = Stage.outcome(of: Scene.counter.block, on: Scene.counter.accounts, by: explorer)
      repeats += explorer.statistics.repeats
    }
    #expect(repeats > 50)
  }

  @Test func theSameDecisionsTakeTheSameSteps() throws {
    let explorer = try #require(ScheduleExplorer(workers: 3))
    var runs: [[Int]] = []
    for _ in 0..<2 {
      runs.append(
        (1...20).map { (seed: UInt64) -> Int in
          explorer.decisions = SeededGenerator(seed: seed)
          _ = Stage.outcome(of: Scene.list.block, on: Scene.list.accounts, by: explorer)
          return explorer.steps
        })
    }
    #expect(runs[0] == runs[1])
    #expect(Set(runs[0]).count > 10)
  }

  @Test func aMissedValidationIsFoundWithin20Schedules() throws {
    let found = try firstDifference(
      MissedValidation.self, .counter, workers: 3, schedules: 20)
    #expect(found != nil)
  }

  @Test func aDroppedEstimateIsFoundWithin20Schedules() throws {
    let found = try firstDifference(DroppedEstimate.self, .list, workers: 3, schedules: 20)
    #expect(found != nil)
  }

  @Test func aStaleReadOfCodeIsFoundWithin20Schedules() throws {
    let found = try firstDifference(StaleCode.self, .creation, workers: 3, schedules: 20)
    #expect(found != nil)
  }

  @Test func aBrokenBoundIsFoundWithin50Schedules() throws {
    let found = try firstDifference(BrokenBound.self, .purse, workers: 3, schedules: 50)
    #expect(found != nil)
  }

  @Test func aLostSumIsFoundWithin50Schedules() throws {
    let found = try firstDifference(LostSum.self, .purse, workers: 3, schedules: 50)
    #expect(found != nil)
  }
}

/// Interleavings as explored, with something done wrong.
private protocol Faulty: SchedulingPoint {}

extension Faulty {
  static func pass() { Explored.pass() }
  static func rest(_ turns: Int) { Explored.rest(turns) }

  static func view(_ reader: UnsafeMutablePointer<VersionedReader<Self>>) -> any StateView {
    ExploredView(reader)
  }
}

private enum MissedValidation: Faulty {
  static var fault: PlantedFault? { .missedValidation }
}

private enum DroppedEstimate: Faulty {
  static var fault: PlantedFault? { .droppedEstimate }
}

private enum StaleCode: Faulty {
  static var fault: PlantedFault? { .staleCode }
}

private enum BrokenBound: Faulty {
  static var fault: PlantedFault? { .brokenBound }
}

private enum LostSum: Faulty {
  static var fault: PlantedFault? { .lostSum }
}
