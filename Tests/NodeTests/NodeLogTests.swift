// Lines about what happens.

import JSON
import Node
import Synchronization
import Testing

@Suite struct NodeLogTests {
  private final class Lines: Sendable {
    let all = Mutex<[String]>([])
  }

  private func lines(_ level: NodeLog.Level, _ format: NodeLog.Format) -> [String] {
    let lines = Lines()
    let log = NodeLog(level: level, format: format) { line in
      lines.all.withLock { $0.append(line) }
    }
    log.debug("unseen", ["number": 1])
    log.info("block\ncommitted", ["number": 7, "hash": "0xab", "why": "no \"idea\"", "rate": 0.5])
    log.error("ended")
    return lines.all.withLock { $0 }
  }

  @Test func linesForPeopleAreOfOnePiece() throws {
    let text = lines(.info, .text)
    #expect(text.count == 2)
    let first = try #require(text.first)
    #expect(first.hasPrefix("INFO  ["))
    #expect(
      first.hasSuffix(
        "] \"block\\ncommitted\" number=7 hash=0xab why=\"no \\\"idea\\\"\" rate=0.5\n"))
    #expect(text.last?.hasPrefix("ERROR [") == true)
    #expect(lines(.error, .text).count == 1)
    #expect(lines(.debug, .text).count == 3)
  }

  @Test func linesForProgramsAreJSON() throws {
    let line = try #require(lines(.info, .json).first)
    #expect(line.hasSuffix("}\n"))
    let object = try JSONDocument(parsing: Array(line.utf8), source: "line").root
    #expect(try object.field("lvl").string() == "info")
    #expect(try object.field("msg").string() == "block\ncommitted")
    #expect(try object.field("number").wholeNumber == 7)
    #expect(try object.field("t").string().count == 24)
  }

  @Test func levelsHaveTheirNames() {
    #expect(NodeLog.Level("warn") == .warn)
    #expect(NodeLog.Level("loud") == nil)
    #expect(NodeLog.Format(rawValue: "json") == .json)
  }

  @Test(arguments: NodeLog.Format.allCases)
  func whatTerminalsObeyIsEscaped(_ format: NodeLog.Format) throws {
    let lines = Lines()
    let log = NodeLog(format: format) { line in lines.all.withLock { $0.append(line) } }
    let wild = "a\u{7f}b\u{9b}2Jc\u{202e}d\u{2028}e\u{e0041}f\u{85}"
    log.info(wild, ["says": .init(wild), "name": "Zoë ☃"])
    let line = try #require(lines.all.withLock { $0.first })
    let controls: Set<Unicode.GeneralCategory> = [.control, .format, .lineSeparator]
    #expect(
      line.dropLast().unicodeScalars.allSatisfy {
        !controls.contains($0.properties.generalCategory)
      })
    #expect(line.contains("a\\u007fb\\u009b2Jc\\u202ed\\u2028e\\udb40\\udc41f\\u0085"))
    #expect(line.contains("Zoë ☃"))
    log.info("Zoë ☃")
    if format == .text { #expect(lines.all.withLock { $0[1] }.hasSuffix("] Zoë ☃\n")) }
  }
}
