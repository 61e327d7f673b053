// How long a block would take on so many cores.

/// What came of simulating a block.
public struct SimulatedRun: Sendable, Hashable {
  /// How many workers there were, each on a core of its own.
  public let cores: Int
  /// The time from the beginning of the block to its end.
  public let nanoseconds: Double
  /// How often transactions were executed, repetitions counted.
  public let executions: Int
  /// How often a worker waited for another one, set a transaction aside, or put it off.
  public let waits: Int
  /// What the workers did; empty unless it was asked for.
  public let timeline: BlockTimeline
}

extension BlockProfile {
  /// Simulates the execution of the block by `cores` workers, each on a core of its own.
  ///
  /// A transaction reads everything when it begins: it is right if all that it depends on has then been
  /// executed, and rightly. Transactions are committed in the order of the block, by whichever worker
  /// comes upon one whose turn it is, and those that were not right are executed again there. Cores are
  /// alike, and those of many workers get in each other's way no more than those of a few.
  ///
  /// So no block is faster than its critical path, or than the sum of its costs divided by the cores;
  /// one core takes that sum, and the bookkeeping.
  public func simulate(
    cores: Int, costs: SchedulingCosts = SchedulingCosts(),
    policy: SchedulingPolicy = .executor, recordsTimeline: Bool = false
  ) -> SimulatedRun {
    precondition(cores > 0, "somebody has to work")
    let around = costs.around(workers: cores)
    if policy.conflict == .isPutOff {
      var simulation = BatchSimulation(
        self, cores: cores, costs: costs, recordsTimeline: recordsTimeline)
      simulation.run()
      return SimulatedRun(
        cores: cores, nanoseconds: around + simulation.time,
        executions: simulation.executions, waits: simulation.waits,
        timeline: BlockTimeline(workers: simulation.spans))
    }
    var simulation = ScheduleSimulation(
      self, cores: cores, costs: costs, policy: policy, recordsTimeline: recordsTimeline)
    simulation.run()
    return SimulatedRun(
      cores: cores, nanoseconds: around + simulation.time,
      executions: simulation.executions, waits: simulation.waits,
      timeline: BlockTimeline(workers: simulation.spans))
  }
}
