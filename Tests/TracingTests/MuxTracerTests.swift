// Several tracers in one run.

import EVM
import JSON
import Ledger
import Primitives
import Testing
import Tracing

@Suite struct MuxTracerTests {
  private func tracer(_ options: String) throws -> TracerConfiguration {
    try TracerConfiguration(
      name: "muxTracer",
      options: try JSONDocument(parsing: Array(options.utf8), source: "options").root)
  }

  private var scene: Scene {
    Scene(
      code(call(Scene.second, value: 1), push(7), push(1), op(.sstore)),
      second: code(push(0), push(0), op(.log0), push(2), op(.sload))
    )
  }

  @Test func `Each sees what it would see alone`() throws {
    var difference = PrestateTracerOptions()
    difference.diffMode = true
    let several = try tracer(
      #"{"prestateTracer":{"diffMode":true},"callTracer":{"withLog":true},"#
        + #""4byteTracer":null,"structLogger":{}}"#)
    var call = CallTracerOptions()
    call.withLog = true
    let alone: [(String, TracerConfiguration)] = [
      ("4byteTracer", .fourByte), ("callTracer", .call(call)),
      ("prestateTracer", .prestate(difference)), ("structLogger", .structLogs(StructLogOptions())),
    ]
    let together = try scene.trace(by: several)
    let traces = try alone.map {
      NamedTrace(name: $0, result: try scene.trace(by: $1).result)
    }
    #expect(together.result == .several(traces))
    #expect(together.outcome == (try scene.trace(by: .fourByte)).outcome)
    let text = together.result.json()
    #expect(text.hasPrefix(#"{"4byteTracer":{},"callTracer":{"#))
  }

  @Test func `One may stand inside another, and none is an empty answer`() throws {
    let nested = try scene.trace(
      by: try tracer(#"{"muxTracer":{"4byteTracer":{}},"4byteTracer":{}}"#))
    #expect(nested.result.json() == #"{"4byteTracer":{},"muxTracer":{"4byteTracer":{}}}"#)
    #expect(try scene.trace(by: try tracer("{}")).result.json() == "{}")
    #expect(try scene.trace(by: .several([])).result.json() == "{}")
  }

  @Test func `What is no tracer, or an option of none, is refused`() throws {
    #expect(throws: TracerConfigurationError.unknownTracer("jsTracer")) {
      try tracer(#"{"jsTracer":{}}"#)
    }
    #expect(throws: TracerConfigurationError.unknownTracer("")) { try tracer(#"{"":{}}"#) }
    for options in [
      #"{"callTracer":{"onlyTop":true}}"#, #"{"callTracer":{},"callTracer":{}}"#, "[]", "1",
      #"{"callTracer":[]}"#, #"{"callTracer":1}"#,
    ] {
      #expect(throws: TracerConfigurationError.self, "\(options)") { try tracer(options) }
    }
    // However they are nested.
    var options = #"{"callTracer":{},"4byteTracer":{}}"#
    for _ in 0..<16 { options = #"{"muxTracer":\#(options),"prestateTracer":{}}"# }
    #expect(throws: TracerConfigurationError.tooMany(limit: 16)) { try tracer(options) }
  }

  @Test func `They share what a trace may hold`() throws {
    let logs = StructLogOptions()
    let wanted = TracerConfiguration.several([
      NamedTracer(name: "a", tracer: .structLogs(logs)),
      NamedTracer(name: "b", tracer: .structLogs(logs)),
    ])
    // Enough for one of them alone.
    let limit = 6000
    _ = try scene.trace(by: .structLogs(logs), limit: limit)
    let error = #expect(throws: TraceError.self) { try scene.trace(by: wanted, limit: limit) }
    #expect(error == .tooLarge(tracer: wanted, limit: limit))
    #expect(error?.description.contains("muxTracer") == true)
  }
}
