// What came of a run of exploration.

internal import Execution
internal import Fixtures
internal import JSON

/// What came of a run of exploration, or has come of it so far.
public struct ExploreReport: Sendable {
  /// A block that came to another outcome, made small.
  public struct Difference: Sendable {
    /// Where the outcomes differ.
    public var problem: String
    /// How many transactions the block has.
    public var transactions: Int
    /// The interleaving.
    public var schedule: Schedule
    /// The file that repeats it, where one was written.
    public var file: String?

    init(_ explored: ExploredCase, problem: String) {
      self.problem = problem
      transactions = explored.scene.block.transactions.count
      schedule = explored.schedule
    }
  }

  /// From which the interleavings follow.
  public var seed: UInt64 = 0
  /// How many interleavings were run, those for making blocks small left out.
  public var schedules = 0
  /// What came to another outcome.
  public var differences: [Difference] = []
  /// Why one transaction after another does not come to the end of a block that is replayed, where so:
  /// the interleaving must come to the same.
  public var refusal: String?
  /// How long it took.
  public var seconds = 0.0
  /// Whether it was ended before its plan was done.
  public var isStopped = false

  /// Exit status: 0 when nothing differs.
  public var exitStatus: Int32 { differences.isEmpty ? 0 : 1 }

  /// The differences, and one last plain line.
  public var text: String {
    var text = ""
    for difference in differences {
      let schedule = difference.schedule
      text += "\(difference.problem)\n"
      let (count, workers) = (difference.transactions, schedule.workers)
      text += "  \(count.counted("transaction")) \(count == 1 ? "shows" : "show") it, "
      text += "\(workers.counted("worker")), "
      text += "schedule seed \(schedule.seed)\n"
      if let file = difference.file { text += "  needletail explore --replay \(file)\n" }
    }
    if let refusal { text += "one transaction after another, the block is refused: \(refusal)\n" }
    if isStopped { text += "stopped\n" }
    text += "\(schedules.counted("schedule")) run, "
    return text + "\(differences.count.counted("difference"))\n"
  }

  /// The same as JSON.
  public var json: String {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("seed", seed)
      writer.member("schedules", schedules)
      writer.member("seconds", seconds)
      writer.member("stopped", isStopped)
      if let refusal { writer.member("refusal", refusal) }
      writer.objects("differences", of: differences) { writer, difference in
        writer.member("problem", difference.problem)
        writer.member("transactions", difference.transactions)
        writer.member("workers", difference.schedule.workers)
        writer.member("scheduleSeed", "\(difference.schedule.seed)")
        if let file = difference.file { writer.member("file", file) }
      }
    }
    return writer.text
  }
}
