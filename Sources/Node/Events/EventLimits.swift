// What those who want news are allowed.

/// What those who want news are allowed.
public struct EventLimits: Sendable {
  /// The most subscriptions of one client.
  public var subscriptionsPerClient = 1000
  /// The most filters.
  public var filters = 1000
  /// After so many seconds without being asked about, a filter is gone.
  public var filterSeconds = 300
  /// The most transactions that wait for the client of a filter. One for which more came is gone.
  public var newsPerFilter = 100_000
  /// The most bytes of whole transactions that wait so.
  public var newsBytes = 64 << 20

  /// The usual limits.
  public init() {}
}
