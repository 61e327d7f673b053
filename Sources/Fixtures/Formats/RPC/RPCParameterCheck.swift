// Asking methods for what they cannot answer.

internal import JSON
internal import Node

/// Gives every parameter of a method values of every wrong kind, and odd ones of the right kind. A wrong kind
/// must be refused, and everything answered in the form that answers have.
struct RPCParameterCheck {
  let handler: RPCHandler

  /// Values of each kind, the odd ones among them.
  private static let values: [(kind: JSONValue.Kind, text: String)] = [
    (.object, "{}"), (.object, #"{"a":[{"b":null}]}"#), (.object, #"{"blockHash":5}"#),
    (.array, "[]"), (.array, "[[[[[[[[]]]]]]]]"), (.array, #"[null,true,-1,{}]"#),
    (.string, #""""#), (.string, #""0x""#), (.string, #""zz""#), (.string, #""0xzz""#),
    (.string, #""0x0000000000000000000000000000000000000001 ""#),
    (.string, "\"0x\(String(repeating: "f", count: 64))\""),
    (.string, "\"0x\(String(repeating: "f", count: 1 << 16))\""), (.string, #""\u0000""#),
    (.string, #""0xffffffffffffffff""#), (.string, #""-0x1""#), (.string, #""pending""#),
    (.integer, "0"), (.integer, "-1"), (.integer, "18446744073709551615"),
    (.integer, "-9223372036854775808"), (.fraction, "1.5"), (.fraction, "-1e308"),
    (.boolean, "true"), (.boolean, "false"),
  ]

  /// Parameters by their places that may be numbers, as in geth, where the specification has text alone.
  private static let numbers = ["eth_feeHistory": 0]

  /// What a method answers wrongly; nil where it answers everything as it should.
  func problem(with method: OpenRPC.Method) throws(JSONError) -> String? {
    for (place, schema) in method.parameters.enumerated() {
      let kinds = try schema.kinds()
      for (kind, text) in Self.values {
        let isNumber = kind == .integer && Self.numbers[method.name] == place
        let isWrong = !isNumber && kinds.map { !$0.contains(kind) } ?? false
        if let problem = try problem(
          with: method, place, text, mustBeRefused: isWrong, inside: nil)
        {
          return problem
        }
      }
      guard place < method.example.count else { continue }
      for path in method.example[place].memberPaths {
        for (_, text) in Self.values {
          if let problem = try problem(
            with: method, place, text, mustBeRefused: false, inside: path)
          {
            return problem
          }
        }
      }
    }
    return nil
  }

  private func problem(
    with method: OpenRPC.Method, _ place: Int, _ text: String, mustBeRefused: Bool,
    inside path: [String]?
  ) throws(JSONError) -> String? {
    var parameters: [String] = []
    for index in 0..<max(place + 1, method.example.count) {
      let example = index < method.example.count ? method.example[index].text : "null"
      parameters.append(index == place ? text : example)
    }
    if let path { parameters[place] = method.example[place].text(replacing: path[...], by: text) }
    let request =
      #"{"jsonrpc":"2.0","id":1,"method":"\#(method.name)","params":["#
      + parameters.joined(separator: ",") + "]}"
    let about =
      "parameter \(place)\(path.map { ", \($0.joined(separator: "."))" } ?? "") "
      + "\(text.prefix(80))"
    guard let answer = handler.answer(Array(request.utf8)) else { return "\(about): no answer" }
    let root = try JSONDocument(
      parsing: Array(answer.utf8), source: "answer", limits: JSONDocument.Limits(depth: 4096)
    ).root
    guard let error = try root.optionalField("error") else {
      let hasResult = try root.members().contains { $0.key.string == "result" }
      if !hasResult { return "\(about): neither result nor error" }
      return mustBeRefused ? "\(about): it is answered" : nil
    }
    guard try error.field("code").signedNumber != nil,
      !(try error.field("message").string()).isEmpty
    else { return "\(about): the error has no code or no message" }
    if mustBeRefused, try error.field("code").signedNumber != -32602 {
      return "\(about): the error is \(answer.prefix(160))"
    }
    return nil
  }
}

extension JSONTree {
  /// The ways to all members of objects in it, through the first elements of arrays.
  fileprivate var memberPaths: [[String]] {
    switch self {
    case .object(let members):
      members.sorted { $0.key < $1.key }
        .flatMap { name, value in [[name]] + value.memberPaths.map { [name] + $0 } }
    case .array(let elements):
      elements.first.map { first in [["0"]] + first.memberPaths.map { ["0"] + $0 } } ?? []
    default: []
    }
  }
}
