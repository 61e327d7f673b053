// Tracers as requests ask for them.

import JSON
import Node
import Primitives
import Testing

@Suite(.serialized) struct TraceMethodTests {
  private var from: String { TestNode.accounts[0].address.hex }

  @Test func severalTracersSeeOneRun() async throws {
    let node = try TestNode()
    let hash = try await node.send("\"from\":\"\(from)\",\"to\":\"\(from)\",\"value\":\"0x1\"")
    let number = try await node.receipt(hash).field("blockNumber").string()
    let tracers = #"{"callTracer":{"withLog":true},"prestateTracer":{}}"#
    let options = "{\"tracer\":\"muxTracer\",\"tracerConfig\":\(tracers)}"
    let trace = try await node.result("debug_traceTransaction", "[\"\(hash)\",\(options)]")
    #expect(try trace.field("callTracer").field("type").string() == "CALL")
    #expect(try trace.field("prestateTracer").optionalField(from) != nil)
    let block = try await node.result("debug_traceBlockByNumber", "[\"\(number)\",\(options)]")
    let entries = Array(try block.elements())
    #expect(try entries[0].field("result").field("callTracer").field("from").string() == from)
    let call = try await node.result(
      "debug_traceCall", "[{\"from\":\"\(from)\",\"to\":\"\(from)\"},\"latest\",\(options)]")
    #expect(try call.field("callTracer").field("from").string() == from)
    #expect(
      try await node.refusal(
        "debug_traceTransaction",
        "[\"\(hash)\",{\"tracer\":\"muxTracer\",\"tracerConfig\":{\"jsTracer\":{}}}]"
      ).contains("there is no tracer \"jsTracer\""))
    try node.node.stop()
  }
}
