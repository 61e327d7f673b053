// What bookkeeping costs, found out from runs by one worker.

extension SchedulingCosts {
  /// Of the bookkeeping for a transaction, the share that its commit takes.
  private static var commitShare: Double { 0.25 }

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
    self.init(
      execution: each * (1 - Self.commitShare), commit: each * Self.commitShare, block: around)
  }
}
