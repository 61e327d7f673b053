// Pages for those who look after a node.

internal import JSON
internal import Ledger
internal import Storage

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Pages beside JSON-RPC: `/health`, and `/metrics` where figures are to be had.
struct StatusPages: Sendable {
  /// How a node is.
  struct Health {
    /// The number of the head and its time, in seconds since 1970; nil where it cannot be read.
    var head: (number: UInt64, timestamp: UInt64)?
    /// Why it does not work any more.
    var failure: String?
    /// Whether it waits for blocks up to the head that others name; nil where nobody names one.
    var isSyncing: Bool?

    /// How the node of this chain is, of which it is known already why it does not work, if so.
    init(of chain: ChainReader, failure: String? = nil, isSyncing: Bool? = nil) {
      self.isSyncing = isSyncing
      head = ((try? chain.block(.latest))?.header).map { ($0.number, $0.timestamp) }
      self.failure = failure ?? chain.store.problem.map { "\($0)" }
    }
  }

  /// A head older than so many seconds means that something is wrong; nil where it does not.
  var ageLimit: Int?
  let metrics: Metrics?
  let health: @Sendable () -> Health

  /// The answer; nil where it is about none of the pages.
  func answer(_ request: HTTPRequest) -> HTTPResponse? {
    guard request.method == "GET" || request.method == "HEAD" else { return nil }
    switch request.path {
    case "/health": return answerHealth()
    case "/metrics":
      guard let metrics else { return nil }
      return HTTPResponse(
        status: 200, headers: [("Content-Type", "text/plain; version=0.0.4; charset=utf-8")],
        body: Array(metrics.text.utf8))
    default: return nil
    }
  }

  private func answerHealth() -> HTTPResponse {
    let health = health()
    var isWell = health.head != nil && health.failure == nil && health.isSyncing != true
    var writer = JSONWriter(.compact)
    writer.object { object in
      if let head = health.head {
        // A chain of one's own may be ahead of the clock.
        let age = UInt64(clamping: time(nil)).subtractingReportingOverflow(head.timestamp)
        let seconds = age.overflow ? 0 : age.partialValue
        if let ageLimit, seconds > UInt64(clamping: ageLimit) { isWell = false }
        object.member("head", head.number)
        object.member("age", seconds)
      }
      if let isSyncing = health.isSyncing { object.member("syncing", isSyncing) }
      if let failure = health.failure { object.member("failure", failure) }
      object.member("ok", isWell)
    }
    return .json(writer.text, status: isWell ? 200 : 503)
  }
}
