// Figures.

import Testing

@testable import Node

@Suite struct MetricsTests {
  @Test func eachRequestOfABatchHasItsShareOfTheTime() {
    let (requests, metrics) = (RPCMetrics(["m"]), Metrics())
    requests.add(to: metrics)
    _ = requests.measure("m", times: 5) { Array(repeating: .success("1"), count: 5) }
    _ = requests.measure("m", times: 0) { [] }
    try? requests.measure("m") { () throws(RPCError) in throw .failed("no") }
    let lines = metrics.text.split(separator: "\n")
    for line in [
      "rpc_requests{method=\"m\"} 6", "rpc_duration_seconds_count{method=\"m\"} 6",
      "rpc_duration_seconds_bucket{method=\"m\",le=\"+Inf\"} 6", "rpc_failure{method=\"m\"} 1",
    ] { #expect(lines.contains { $0 == line }, "\(line)") }

    let histogram = DurationHistogram()
    histogram.add(nanoseconds: 40_000_000, sharedBy: 10)
    let samples = histogram.samples([])
    // 4 ms each, and 40 ms together.
    #expect(samples.first { $0.labels.contains { $0.value == "0.005" } }?.value == 10)
    #expect(samples.first { $0.suffix == "_sum" }?.value == 0.04)
  }
}
