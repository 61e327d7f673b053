// JSON documents: values, paths in errors, hostile text.

@testable import JSON
import Primitives
import Samples
import Testing

private func parse(_ text: String) throws(JSONError) -> JSONDocument {
  try JSONDocument(parsing: Array(text.utf8), source: "file.json")
}

private func error(_ body: () throws -> Void) -> JSONError? {
  do {
    try body()
    return nil
  } catch {
    return error as? JSONError
  }
}

@Suite struct JSONDocumentTests {
  @Test func readsEveryKindOfValue() throws {
    let root = try parse(
      #"{"o":{},"a":[1],"s":"x\u00e9\n","i":-5,"u":18446744073709551615,"d":1.5,"t":true,"n":null}"#
    ).root
    #expect(try root.field("o").kind == .object)
    #expect(try root.field("a").kind == .array)
    #expect(try root.field("s").string() == "xé\n")
    #expect(try root.field("i").kind == .integer)
    #expect(try root.field("i").wholeNumber == nil)
    #expect(try root.field("u").wholeNumber == .max)
    #expect(try root.field("d").kind == .fraction)
    #expect(try root.field("t").boolean == true)
    #expect(try root.optionalField("n") == nil)
    #expect(try root.optionalField("absent") == nil)
  }

  @Test func valuesKeepTheirDocumentAlive() throws {
    func inner() throws -> JSONValue { try parse(#"{"a":{"b":["x","0x10"]}}"#).root.field("a") }
    let value = try inner()
    var elements = try value.field("b").elements()
    _ = elements.next()
    let second = elements.next()
    #expect(try second?.uint256() == 16)
  }

  @Test func walksMembersAndElementsInOrder() throws {
    let root = try parse(#"{"b":1,"a":[[],[2,[3]],4],"c":{"d":5}}"#).root
    #expect(try root.members().map(\.key.string) == ["b", "a", "c"])
    #expect(try root.field("a").elements().map(\.kind) == [.array, .array, .integer])
    #expect(try root.field("c").members().map { try $0.value.uint64() } == [5])
    #expect(try Array(parse("[]").root.elements()).isEmpty)
    #expect(try Array(parse("{}").root.members()).isEmpty)
  }

  @Test func aNegativeNumberIsNamed() throws {
    let root = try parse(#"{"n":-5}"#).root
    let negative = error { _ = try root.field("n").uint64() }
    #expect(
      negative?.description == "file.json: n: expected a quantity below 2^64, found -5")
  }

  @Test func aFieldMayHaveToBeThereThoughNull() throws {
    let root = try parse(#"{"a":null,"b":1}"#).root
    #expect(try root.nullableField("a") == nil)
    #expect(try root.nullableField("b")?.uint64() == 1)
    let absent = error { _ = try root.nullableField("c") }
    #expect(absent?.path == "c" && absent?.problem == .missing)
  }

  @Test func errorsNameFilePathAndExpectation() throws {
    let root = try parse(#"{"add11":{"post":{"Cancun":[{"hash":"0x12"},{"hash":7}]}}}"#).root
    let cases = try Array(root.field("add11").field("post").field("Cancun").elements())
    let short = error { _ = try cases[0].field("hash").hash() }
    #expect(
      short?.description
        == "file.json: add11.post.Cancun[0].hash: expected a hash of 64 hex digits, found \"0x12\"")
    #expect(error { _ = try cases[1].field("hash").string() }?.path == "add11.post.Cancun[1].hash")
    let missing = error { _ = try cases[1].field("logs") }
    #expect(missing?.problem == .missing && missing?.path == "add11.post.Cancun[1].logs")
    let wrong = error { _ = try root.elements() }
    #expect(
      wrong?.path == "" && wrong?.problem == .unexpected(expected: "an array", found: "an object"))
  }

  @Test func refusesAMemberThatStandsTwice() throws {
    let root = try parse(#"{"x":{"a":1,"b":2,"a":1}}"#).root
    let failure = error { _ = try root.field("x").field("a") }
    #expect(failure == JSONError(source: "file.json", path: "x.a", problem: .duplicate))
    #expect(try root.field("x").field("b").uint64() == 2)
  }

  @Test func keepsIntegersBeyond64BitsAsDigits() throws {
    let root = try parse(
      #"{"big":115792089237316195423570985008687907853269984665640564039457584007913129639935,"#
        + "\n"
        + #""s":"\"12345678901234567890123","n":-1}"#
    ).root
    #expect(try root.field("big").uint256() == .max)
    #expect(try root.field("s").string() == "\"12345678901234567890123")
    #expect(throws: JSONError.self) { try root.field("big").uint64() }
    #expect(throws: JSONError.self) {
      // 2^256 does not fit.
      try parse(
        "[115792089237316195423570985008687907853269984665640564039457584007913129639936]"
      ).root.elements().map { try $0.uint256() }
    }
  }

  @Test func refusesEveryTruncation() throws {
    let text = Array(
      #"{"a":[1,2.5e3,{"b":"0xdeadbeef é"},true,null],"big":123456789012345678901234567890,"c":{}}"#
        .utf8)
    _ = try JSONDocument(parsing: text, source: "whole")
    for count in text.indices {
      #expect(throws: JSONError.self) {
        try JSONDocument(parsing: Array(text[..<count]), source: "cut")
      }
    }
  }

  @Test func survivesDamageAtEveryByte() {
    let text = Array(#"{"a":[1,"x\u0041",{"b":"0xdeadbeef"}],"n":123456789012345678901}"#.utf8)
    var generator = SeededGenerator(seed: 1)
    for position in text.indices {
      for _ in 0..<24 {
        var damaged = text
        damaged[position] = UInt8(truncatingIfNeeded: generator.next())
        walk(damaged)
      }
    }
  }

  @Test func survivesRandomBytes() {
    var generator = SeededGenerator(seed: 2)
    let alphabet = Array(#"{}[]",:0123456789.eE+-truefalsn\ u"#.utf8)
    for round in 0..<2000 {
      let count = Int(generator.next() % 64)
      let bytes = (0..<count).map { _ -> UInt8 in
        let word = generator.next()
        return round.isMultiple(of: 2)
          ? UInt8(truncatingIfNeeded: word) : alphabet[Int(word % UInt64(alphabet.count))]
      }
      walk(bytes)
    }
  }

  @Test func boundsDepthAndSize() throws {
    let deep = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
    #expect(error { _ = try parse(deep) }?.problem == .tooDeep(limit: 256))
    let objects = String(repeating: #"{"a":"#, count: 100_000)
    #expect(throws: JSONError.self) { try parse(objects) }
    let limits = JSONDocument.Limits(bytes: 10)
    #expect(
      error {
        _ = try JSONDocument(parsing: Array("[1,2,3,4,5]".utf8), source: "f", limits: limits)
      }
        == JSONError(source: "f", path: "", problem: .tooLarge(bytes: 11, limit: 10)))
    _ = try JSONDocument(parsing: Array("[1,2,3,45]".utf8), source: "f", limits: limits)
  }

  /// Reads everything that can be read; nothing may trap.
  private func walk(_ bytes: [UInt8]) {
    guard let document = try? JSONDocument(parsing: bytes, source: "hostile") else { return }
    visit(document.root)
  }

  private func visit(_ value: JSONValue) {
    _ = (value.path, value.text?.quantity, value.text?.bytes, value.text?.hash, value.wholeNumber)
    _ = try? value.field("a").uint64()
    if let members = try? value.members() { for member in members { visit(member.value) } }
    if let elements = try? value.elements() { for element in elements { visit(element) } }
  }
}

@Suite struct JSONQuantityTests {
  private func text(_ string: String) throws -> JSONText {
    let document = try JSONDocument(parsing: Array("[\"\(string)\"]".utf8), source: "f")
    var elements = try document.root.elements()
    let first = elements.next()
    return try #require(first?.text)
  }

  @Test(
    arguments: [
      ("0x0", 0), ("0x", 0), ("0x00ff", 255), ("0XfF", 255), ("12", 12), ("0x:bigint 0x0100", 256),
    ] as [(String, UInt64)])
  func readsQuantities(_ string: String, _ value: UInt64) throws {
    #expect(try text(string).quantity == UInt256(value))
  }

  @Test(arguments: ["", "x", "0xg", "-1", "1.5", "0x-1", "0x:bigint", "ff", " 1", "0x 1"])
  func refusesOtherText(_ string: String) throws {
    #expect(try text(string).quantity == nil)
  }

  @Test func leadingZerosMakeNoDifference() throws {
    let zeros = String(repeating: "0", count: 200)
    #expect(try text("0x\(zeros)ff").quantity == 255)
    #expect(try text("0x" + String(repeating: "f", count: 64)).quantity == .max)
    #expect(try text("0x1" + String(repeating: "0", count: 64)).quantity == nil)
  }

  @Test func readsBytesStrictly() throws {
    #expect(try text("0x").bytes == [])
    #expect(try text("0x00fF10").bytes == [0, 255, 16])
    #expect(try text("00ff").bytes == [0, 255])
    for wrong in ["0x0", "0x0g", "0xg0", "abc", "0x00 0", "zz"] {
      #expect(try text(wrong).bytes == nil, "\(wrong)")
    }
  }

  @Test func wholeNumbersMayBeNegative() throws {
    let numbers: [(String, Int64?)] = [
      ("-32601", -32601), ("7", 7), ("-9223372036854775808", .min), ("9223372036854775807", .max),
      ("9223372036854775808", nil), ("-1.5", nil), ("\"1\"", nil), ("null", nil),
    ]
    for (text, number) in numbers {
      let root = try JSONDocument(parsing: Array(text.utf8), source: "number").root
      #expect(root.signedNumber == number, "\(text)")
    }
  }

  @Test func addressesAndHashesHaveTheirLength() throws {
    let address = "0x" + String(repeating: "0", count: 38) + "12"
    #expect(try text(address).address == Address(0x12))
    #expect(try text(String(address.dropLast())).address == nil)
    #expect(try text(address + "0").address == nil)
    let hash = "0x" + String(repeating: "0", count: 62) + "12"
    #expect(try text(hash).hash == Hash256(0x12))
    #expect(try text(String(hash.dropLast(2))).hash == nil)
  }
}
