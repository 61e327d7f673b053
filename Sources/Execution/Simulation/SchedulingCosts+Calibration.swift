// What bookkeeping costs, found out from runs by one worker.

extension SchedulingCosts {
  /// What a commit takes, as a share of the bookkeeping for an execution: one reads and publishes, the
  /// other compares.
  private static var commitShare: Double { 0.3 }

  /// The costs that make one worker of the simulation take what one worker took: `oneWorker`
  /// nanoseconds for the block of `profile`, and `sequential` without any bookkeeping.
  ///
  /// What the sequential executor takes beside the transactions, to begin and to gather the diff,
  /// stays with one worker; the rest is spread evenly over the transactions.
  public init(profile: BlockProfile, sequential: Double, oneWorker: Double) {
    let transactions = Double(profile.nanoseconds)
    let around = max(sequential - transactions, 0)
    let bookkeeping = max(oneWorker - transactions - around, 0)
    let each = bookkeeping / Double(max(profile.transactions.count, 1))
    self.init(execution: each, commit: each * Self.commitShare, block: around)
  }
}
