// What a node says on standard output, from its start to its end.

internal import Foundation
internal import Node

/// Lines and longer texts, which never hold up the node: whoever reads them may be slow, or have gone.
struct NodeVoice {
  /// What happens.
  let log: NodeLog
  private let queue: LogQueue

  /// Says what matters at least as much as `level`.
  init(level: NodeLog.Level, format: NodeLog.Format) {
    let queue = LogQueue(format) { StandardOutput.deliver($0) }
    self.queue = queue
    log = NodeLog(level: level, format: format) { queue.add($0) }
  }

  /// Says text for people as it is; elsewhere, what `line` logs.
  func say(_ text: @autoclosure () -> String, or line: (NodeLog) -> Void) {
    if log.format == .text { queue.add(text()) } else { line(log) }
  }

  /// Starts something that runs until the process is asked to stop; `start` returns what ends it. The exit status.
  func run(_ start: () throws -> () throws -> Void) -> Int32 {
    Interruption.watch()
    do {
      let stop = try start()
      Interruption.wait()
      say("stopping\n") { $0.info("Stopping") }
      try stop()
      queue.finish()
      return 0
    } catch {
      queue.finish()
      // Whoever has stopped reading standard output may be who should read this.
      let complaints = LogQueue { bytes in
        writeToStandardError(String(decoding: bytes, as: UTF8.self))
        return true
      }
      complaints.add("needletail: \(error)\n")
      complaints.finish()
      return Tool.badInput
    }
  }
}
