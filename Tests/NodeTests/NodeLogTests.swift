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
}
