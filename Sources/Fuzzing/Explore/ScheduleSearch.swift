// Interleavings of one block beside one transaction after another.

internal import Execution

/// Executes blocks with every decision who goes on made by random numbers.
protocol ExploringExecutor: BlockExecutor {
  var decisions: any RandomNumberGenerator { get set }
}

extension ScheduleExplorer: ExploringExecutor {}

/// Compares interleavings of blocks with the serial outcome, and makes small what differs.
final class ScheduleSearch {
  /// How many interleavings are tried of each smaller candidate.
  private static let schedules = 32
  /// How many candidates are tried.
  private static let candidates = 400

  let sequential: SequentialExecutor
  private let make: (_ workers: Int) -> (any ExploringExecutor)?
  private var executors: [Int: any ExploringExecutor] = [:]

  /// A search by executors that `make` gives for a number of workers, where there is memory.
  init(memoryLimit: Int, _ make: @escaping (_ workers: Int) -> (any ExploringExecutor)?) {
    sequential = SequentialExecutor(memoryLimit: memoryLimit)
    self.make = make
  }

  /// Where the block comes to something else under `schedule`; nil where it does not.
  func difference(_ blockCase: BlockCase, _ schedule: Schedule) throws(FuzzError) -> String? {
    let executor = try executor(workers: schedule.workers)
    executor.decisions = schedule.decisions
    return blockCase.difference(by: executor)
  }

  private func executor(workers: Int) throws(FuzzError) -> any ExploringExecutor {
    if let known = executors[workers] { return known }
    guard let made = make(workers) else {
      throw FuzzError(message: "no memory for the stacks of \(workers) workers")
    }
    executors[workers] = made
    return made
  }

  // MARK: - Making small

  /// A case as small as is found that differs, as `found` does: with fewer transactions, without
  /// withdrawals, with fewer accounts. Answers with it what differs.
  ///
  /// Other transactions take other steps, so that the same decisions lead elsewhere: of each candidate
  /// some other interleavings are tried, too.
  func smallest(
    _ found: ExploredCase
  ) throws(FuzzError) -> (case: ExploredCase, difference: String) {
    var best = found
    var attempts = Self.candidates
    // Every number of workers that comes up has its executor by now.
    let fails = { [self] (scene: BlockScene) -> Bool in
      guard let schedule = try? differingSchedule(of: scene, first: best.schedule) else {
        return false
      }
      (best.scene, best.schedule) = (scene, schedule)
      return true
    }
    let whole = found.scene
    _ = Shrinker.fewest(Array(whole.block.transactions.indices), attempts: &attempts) {
      fails(whole.keeping($0))
    }
    var scene = best.scene
    scene.block.withdrawals = []
    if !best.scene.block.withdrawals.isEmpty { _ = fails(scene) }
    scene = best.scene
    _ = Shrinker.fewest(scene.accounts, attempts: &attempts) { accounts in
      scene.accounts = accounts
      return fails(scene)
    }
    let difference = try difference(BlockCase(best.scene, by: sequential), best.schedule)
    return (best, difference ?? "the difference comes only now and then")
  }

  /// An interleaving of the block that differs, looked for among a few.
  private func differingSchedule(
    of scene: BlockScene, first: Schedule
  ) throws(FuzzError) -> Schedule? {
    let blockCase = BlockCase(scene, by: sequential)
    var random = first.decisions
    var schedule = first
    for _ in 0..<Self.schedules {
      if try difference(blockCase, schedule) != nil { return schedule }
      schedule.seed = random.next()
    }
    return nil
  }
}
