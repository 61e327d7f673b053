// What bookkeeping costs, found out from real runs.

/// How long the parts of a parallel execution took, in nanoseconds.
public struct MeasuredRun: Sendable, Hashable {
  /// How many workers there were.
  public var workers: Int
  /// From the beginning to the end, with all that comes around.
  public var total: Double
  /// From when the workers were set going to when the last had left.
  public var transactions: Double
  /// From then on until the outcome was there.
  public var gathering: Double
  /// Until the last worker had begun.
  public var waking: Double

  /// A run with these times.
  public init(
    workers: Int, total: Double, transactions: Double, gathering: Double, waking: Double
  ) {
    self.workers = workers
    self.total = total
    self.transactions = transactions
    self.gathering = gathering
    self.waking = waking
  }
}

extension SchedulingCosts {
  /// What checking an access takes: 15 to 50 ns, measured inside the executor over generated and
  /// recorded blocks on an AMD EPYC. It matters only where workers are many.
  private static var usualCommit: Double { 35 }

  /// The costs with which simulations take what real runs of the block took: one by a worker alone,
  /// and one by `several` workers where there is one. What is known of several holds for any number.
  public init(profile: BlockProfile, alone: MeasuredRun, several: MeasuredRun? = nil) {
    let transactions = Double(profile.nanoseconds)
    let accesses = Double(max(profile.transactions.reduce(0) { $0 + $1.accesses }, 1))
    self.init(
      execution: (alone.transactions - transactions) / accesses, commit: Self.usualCommit,
      block: alone.total - alone.transactions)
    guard let several, several.workers > 1 else { return }
    let workers = Double(several.workers)
    let gain = (alone.gathering - several.gathering) * workers / (workers - 1)
    spread = min(max(gain, 0), alone.gathering)
    sharedBlock = max(several.total - several.transactions - spread / workers, 0)
    waking = several.waking
    sharedExecution = sharedExecution(
      fitting: profile, to: several, most: 4 * transactions / accesses)
  }

  /// What executions by several workers must cost for a simulation to take as long as the run did, to
  /// be found between −`most` and `most`.
  private func sharedExecution(
    fitting profile: BlockProfile, to run: MeasuredRun, most: Double
  ) -> Double {
    var (low, high) = (-most, most)
    var costs = self
    for _ in 0..<Self.steps {
      costs.sharedExecution = (low + high) / 2
      let simulated = profile.simulate(cores: run.workers, costs: costs).nanoseconds
      if simulated < run.total { low = costs.sharedExecution } else { high = costs.sharedExecution }
    }
    return (low + high) / 2
  }

  /// How many times the range is halved.
  private static var steps: Int { 16 }
}
