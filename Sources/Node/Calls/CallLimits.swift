// What a call may take.

/// What a call that changes nothing may take. The defaults are geth's.
public struct CallLimits: Sendable {
  /// The gas that it may have at most, and has unless it says otherwise; zero is no limit.
  public var gas: UInt64 = 50_000_000
  /// How long the calls of a request may take; zero is no limit.
  public var time = Duration.seconds(5)

  /// The usual limits.
  public init() {}
}
