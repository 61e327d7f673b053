// A node that is killed, by the program that was built with these tests.

import Foundation
import Testing

@testable import Load

struct NodeCrashTests {
  /// The program beside the tests, where it was built.
  private static let executable: String? = {
    let tests = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    let path = tests.deletingLastPathComponent().appendingPathComponent("needletail").path
    return FileManager.default.isExecutableFile(atPath: path) ? path : nil
  }()

  @Test(.enabled(if: executable != nil))
  func whatAKilledNodeHasAnsweredForIsThereWhenItStartsAgain() throws {
    let folder = NSTemporaryDirectory() + "needletail-crash-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var run = NodeCrashRun(
      executable: try #require(Self.executable), folder: folder, seed: .random(in: 0 ... .max),
      longest: 300)
    let report = run.run(count: 3) { _ in }
    #expect(report.problem == nil)
    #expect(report.crashes == 3)
  }
}
