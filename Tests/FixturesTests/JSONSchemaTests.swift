// Values held against schemas.

import JSON
import Testing

@testable import Fixtures

@Suite struct JSONSchemaTests {
  private func problem(_ value: String, _ schema: String) throws -> String? {
    let schema = try JSONDocument(parsing: Array(schema.utf8), source: "schema")
    let value = try JSONDocument(parsing: Array("[\(value)]".utf8), source: "value")
    let first = try #require(Array(try value.root.elements()).first)
    return try JSONSchema(schema.root).problem(with: first)
  }

  @Test func typesAndPatternsHold() throws {
    let quantity = #"{"type":"string","pattern":"^0x(0|[1-9a-f][0-9a-f]*)$"}"#
    #expect(try problem(#""0x1f""#, quantity) == nil)
    for wrong in [#""0x01""#, #""0xg""#, #""""#, "1", "null", "[]", "{}", "true", "1.5"] {
      #expect(try problem(wrong, quantity) != nil, "\(wrong)")
    }
    #expect(try problem("5", #"{"type":["integer","null"],"minimum":5,"maximum":6}"#) == nil)
    #expect(try problem("7", #"{"type":"integer","maximum":6}"#) != nil)
    #expect(try problem("5", "{}") == nil)
    #expect(throws: JSONError.self) { try problem(#""a""#, #"{"pattern":"("}"#) }
    #expect(throws: JSONError.self) { try problem(#"{"a":1}"#, #"{"patternProperties":{"(":{}}}"#) }
  }

  @Test func membersAreTheRequiredOnesAndNoOthers() throws {
    let schema = #"""
      {"type":"object","required":["a"],"properties":{"a":{"type":"string"}},
       "patternProperties":{"^x":{"type":"integer"}},"additionalProperties":false}
      """#
    #expect(try problem(#"{"a":"","xy":1}"#, schema) == nil)
    #expect(try problem(#"{"xy":1}"#, schema) == ": there is no a")
    #expect(try problem(#"{"a":"","b":1}"#, schema) == ": there is a b")
    #expect(try problem(#"{"a":"","x":""}"#, schema) != nil)
    #expect(try problem(#"{"a":5}"#, schema) == "a: a whole number where the schema has string")
  }

  @Test func choicesHold() throws {
    let one = #"{"oneOf":[{"type":"integer"},{"type":"integer","minimum":5},{"const":"a"}]}"#
    #expect(try problem("1", one) == nil)
    #expect(try problem("6", one) != nil)
    #expect(try problem(#""a""#, one) == nil)
    #expect(try problem(#""b""#, one) != nil)
    #expect(try problem("6", #"{"anyOf":[{"type":"integer"},{"type":"string"}]}"#) == nil)
    #expect(try problem("true", #"{"anyOf":[{"type":"integer"},{"type":"string"}]}"#) != nil)
    #expect(try problem(#""b""#, #"{"enum":["a","b"]}"#) == nil)
    #expect(try problem(#""c""#, #"{"enum":["a","b"]}"#) != nil)
    #expect(try problem(#""b""#, #"{"not":{"const":"b"}}"#) != nil)
    #expect(try problem("[1,\"a\"]", #"{"type":"array","items":{"type":"integer"}}"#) != nil)
  }
}
