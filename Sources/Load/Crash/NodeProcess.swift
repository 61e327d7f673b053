// A node of our own.

internal import Foundation

/// A node in a process of its own, which makes a block every second.
final class NodeProcess: @unchecked Sendable {
  /// Where what it prints is kept.
  static let logName = "node.log"
  /// Milliseconds until it must listen.
  private static let patience = 30_000

  private let process = Process()
  /// Where it listens.
  let url: String

  /// Starts the node `executable` on the chain in `folder`, and waits until it listens.
  init(_ executable: String, _ folder: String) throws(LoadError) {
    let log = folder + "/" + Self.logName
    guard FileManager.default.createFile(atPath: log, contents: nil),
      let output = FileHandle(forWritingAtPath: log)
    else { throw LoadError(description: "cannot write \(log)") }
    process.executableURL = URL(fileURLWithPath: executable)
    process.arguments = [
      "node", "--data", folder + "/chain", "--port", "0", "--block-time", "1", "--gas-limit",
      "1000000000",
    ]
    process.standardOutput = output
    do {
      try process.run()
    } catch {
      throw LoadError(description: "cannot start \(executable): \(error)")
    }
    for _ in 0..<Self.patience / 5 {
      let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      if let line = lines.first(where: { $0.hasPrefix("Listening on ") }) {
        url = "http://" + line.dropFirst("Listening on ".count)
        return
      }
      if !process.isRunning { break }
      usleep(5000)
    }
    Foundation.kill(process.processIdentifier, SIGKILL)
    throw LoadError(description: "the node does not start; see \(log)")
  }

  /// Ends it at once.
  func kill() { if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) } }

  /// Waits for its end; whether that was our doing.
  func wasKilled() -> Bool {
    process.waitUntilExit()
    return process.terminationReason == .uncaughtSignal && process.terminationStatus == SIGKILL
  }
}
