// The specification of JSON-RPC's methods.

internal import JSON

/// The methods that an OpenRPC document describes, nothing of which refers to anything else in it.
struct OpenRPC {
  /// The name of the file.
  static let fileName = "openrpc.json"

  /// A method.
  struct Method {
    let name: String
    /// The schema of each parameter.
    let parameters: [JSONSchema]
    /// Parameters as somebody would give them.
    let example: [JSONTree]
    /// What it answers.
    let result: JSONSchema?
  }

  /// The methods by name.
  let methods: [String: Method]

  init(_ bytes: [UInt8]) throws(JSONError) {
    let document = try JSONDocument(parsing: bytes, source: Self.fileName)
    var methods: [String: Method] = [:]
    for method in try document.root.field("methods").elements() {
      let name = try method.field("name").string()
      var parameters: [JSONSchema] = []
      for parameter in try method.field("params").elements() {
        parameters.append(JSONSchema(try parameter.field("schema")))
      }
      let result = try method.optionalField("result")?.optionalField("schema")
      methods[name] = Method(
        name: name, parameters: parameters, example: try Self.example(of: method),
        result: result.map { JSONSchema($0) })
    }
    self.methods = methods
  }

  private static func example(of method: JSONValue) throws(JSONError) -> [JSONTree] {
    guard let examples = try method.optionalField("examples")?.elements() else { return [] }
    for example in examples {
      var values: [JSONTree] = []
      for parameter in try example.field("params").elements() {
        guard let value = try? JSONTree(try parameter.field("value")) else { return [] }
        values.append(value)
      }
      return values
    }
    return []
  }
}
