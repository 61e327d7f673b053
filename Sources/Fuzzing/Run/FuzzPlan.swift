// What a run of fuzzing is to do.

internal import Samples

/// What a run of fuzzing is to do. The same plan tries the same cases, but for where time ends it.
public struct FuzzPlan: Sendable {
  /// Where a run ends.
  public enum End: Sendable, Hashable {
    /// After so many rounds of each target.
    case rounds(UInt64)
    /// After so many seconds.
    case seconds(Double)
  }

  /// The names of the targets.
  public var targets: [String]
  /// From which all cases follow.
  public var seed: UInt64
  /// Where it ends.
  public var end: End
  /// How many processes share the rounds.
  public var jobs: Int
  /// The folder for what was found and for the workers' notes.
  public var folder: String

  /// A plan.
  public init(targets: [String], seed: UInt64, end: End, jobs: Int, folder: String) {
    self.targets = targets
    self.seed = seed
    self.end = end
    self.jobs = jobs
    self.folder = folder
  }

  /// The file in which worker `number` notes what it does.
  func ledgerPath(_ number: Int) -> String { "\(folder)/worker-\(number)" }

  /// Runs one round in this process and answers what it finds; a trap ends the process.
  public static func repeatRound(
    _ target: any FuzzTarget.Type, seed: UInt64, round: UInt64
  ) -> Finding? {
    var generator = SeededGenerator(seed: seed, target: target.name, round: round)
    return target.init().run(&generator)
  }
}

/// A finding with the case that shows it.
public struct FoundCase: Sendable, Hashable {
  /// The target's name.
  public var target: String
  /// The seed.
  public var seed: UInt64
  /// The round.
  public var round: UInt64
  /// What is wrong.
  public var finding: Finding

  /// The command that shows it again.
  public var command: String {
    "needletail fuzz \(target) --seed \(seed) --round \(round)"
  }
}
