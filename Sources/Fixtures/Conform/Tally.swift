// Counts of verdicts, per suite and in all.

/// How many cases came out how.
public struct Tally: Equatable, Sendable {
  /// Cases as the suite says.
  public var passed = 0
  /// Cases that were not.
  public var failed = 0
  /// Cases that reference clients skip too.
  public var skipped = 0
  /// Cases of rules that are not known here.
  public var leftOut = 0
  /// Cases that need more EVM memory than they were allowed.
  public var undecided = 0
  /// Thread time, in nanoseconds.
  public var nanoseconds: UInt64 = 0

  /// No case.
  public init() {}

  /// Cases of any verdict.
  public var total: Int { passed + failed + skipped + leftOut + undecided }

  /// Cases with a verdict.
  public var judged: Int { passed + failed }

  /// Counts one more.
  public mutating func count(_ verdict: Verdict) {
    switch verdict {
    case .passed: passed += 1
    case .failed: failed += 1
    case .skipped: skipped += 1
    case .leftOut: leftOut += 1
    case .undecided: undecided += 1
    }
  }

  /// Both together.
  public static func + (a: Tally, b: Tally) -> Tally {
    var sum = a
    sum.passed += b.passed
    sum.failed += b.failed
    sum.skipped += b.skipped
    sum.leftOut += b.leftOut
    sum.undecided += b.undecided
    sum.nanoseconds += b.nanoseconds
    return sum
  }
}
