// How a node is asked.

/// Where a node listens, whom it answers, and what they may ask for.
public struct ServiceOptions: Sendable {
  /// Where it listens, and whom it answers.
  public var server = RPCServer.Options()
  /// What a request may be at most.
  public var requests = RPCHandler.Limits()
  /// What a call may take.
  public var calls = CallLimits()
  /// How long calls may wait.
  public var waits = WaitLimits()
  /// What those who want news are allowed.
  public var events = EventLimits()
  /// Whether figures are to be had at `/metrics`.
  public var hasMetrics = false
  /// A head older than so many seconds means at `/health` that something is wrong; nil where it does not.
  public var healthAgeLimit: Int?

  /// The usual options.
  public init() {}
}
