// What the writer writes, the reader reads.

@testable import JSON
import Testing

@Suite struct JSONWriterTests {
  @Test func writesNestedValues() throws {
    var writer = JSONWriter()
    writer.object { root in
      root.member("text", "a \"quoted\" \\ line\n\u{1}é")
      root.member("number", 42)
      root.member("truth", true)
      root.member("fraction", 1.25)
      root.member("nothing", Double.nan)
      root.key("list")
      root.array { list in
        list.value(1)
        list.object { _ in }
        list.array { _ in }
      }
    }
    let root = try JSONDocument(parsing: Array(writer.text.utf8), source: "written").root
    #expect(try root.field("text").string() == "a \"quoted\" \\ line\n\u{1}é")
    #expect(try root.field("number").uint64() == 42)
    #expect(try root.field("truth").boolean == true)
    #expect(try root.field("fraction").kind == .fraction)
    #expect(try root.optionalField("nothing") == nil)
    #expect(try root.field("list").elements().map(\.kind) == [.integer, .object, .array])
  }

  @Test func laysOutWithIndentation() {
    var writer = JSONWriter()
    writer.object {
      $0.member("a", 1)
      $0.member("b", "c")
    }
    #expect(writer.text == "{\n  \"a\": 1,\n  \"b\": \"c\"\n}\n")
  }

  @Test func laysOutWithoutSpaces() {
    var writer = JSONWriter(.compact)
    writer.object {
      $0.member("a", 1)
      $0.key("b")
      $0.array { list in
        list.value("c d")
        list.value(true)
        list.object { _ in }
      }
    }
    #expect(writer.text == #"{"a":1,"b":["c d",true,{}]}"#)
  }
}
