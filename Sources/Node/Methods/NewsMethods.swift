// eth_ methods about news: subscriptions and filters.

extension RPCHandler {
  /// The methods about news.
  static func newsMethods(
    _ events: ChainEvents, _ chain: ChainReader, limits: EventLimits, metrics: Metrics
  ) -> [String: RPCMethod] {
    let subscriptions = Subscriptions(events, chain, limits: limits)
    let filters = Filters(events, chain, limits: limits)
    metrics.add("rpc_subscriptions", .gauge, "Subscriptions.") { Double(subscriptions.count) }
    metrics.add("rpc_filters", .gauge, "Filters.") { Double(filters.count) }
    return subscriptions.methods.merging(filters.methods) { first, _ in first }
  }
}
