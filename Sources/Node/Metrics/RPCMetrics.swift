// How often methods are asked for, and how long they take.

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Figures about requests, by method. Names that are no method's share one entry, so that nobody can make
/// more of them.
final class RPCMetrics: Sendable {
  private final class Method: Sendable {
    let requests = Counter()
    let failures = Counter()
    let durations = DurationHistogram()
  }

  private let methods: [String: Method]
  private let unknown = Counter()

  init(_ names: some Sequence<String>) {
    methods = Dictionary(names.map { ($0, Method()) }, uniquingKeysWith: { first, _ in first })
  }

  /// Does what a method does, and notes how it went.
  func measure(_ name: String, _ body: () throws(RPCError) -> Void) throws(RPCError) {
    guard let method = methods[name] else { return try body() }
    let start = Self.now
    method.requests.add()
    defer { method.durations.add(nanoseconds: Self.now &- start) }
    do throws(RPCError) {
      try body()
    } catch {
      method.failures.add()
      throw error
    }
  }

  /// Does what a method does for so many requests together, and notes how it went.
  func measure(
    _ name: String, times count: Int, _ body: () -> [Result<String, RPCError>]
  ) -> [Result<String, RPCError>] {
    guard let method = methods[name] else { return body() }
    let start = Self.now
    let count = UInt64(clamping: count)
    method.requests.add(count)
    let results = body()
    method.durations.add(nanoseconds: Self.now &- start, sharedBy: count)
    let failures = results.count { if case .failure = $0 { true } else { false } }
    method.failures.add(UInt64(clamping: failures))
    return results
  }

  /// Notes a request for a method that there is not.
  func noteUnknown() { unknown.add() }

  private static var now: UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
  }

  /// Adds them to those of the node. Methods that nobody has asked for are left out.
  func add(to metrics: Metrics) {
    let used: @Sendable () -> [(key: String, value: Method)] = { [methods] in
      methods.filter { $0.value.requests.value > 0 }.sorted { $0.key < $1.key }
    }
    metrics.add("rpc_requests", .counter, "Requests by method.") { [unknown] in
      used().map { .init(Double($0.value.requests.value), [("method", $0.key)]) }
        + [.init(Double(unknown.value), [("method", "unknown")])]
    }
    metrics.add("rpc_failure", .counter, "Requests that were answered with an error, by method.") {
      [unknown] in
      used().map { .init(Double($0.value.failures.value), [("method", $0.key)]) }
        + [.init(Double(unknown.value), [("method", "unknown")])]
    }
    metrics.add("rpc_duration_seconds", .histogram, "How long requests took, by method.") {
      used().flatMap { $0.value.durations.samples([("method", $0.key)]) }
    }
  }
}
