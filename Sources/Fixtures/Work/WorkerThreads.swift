// Threads with stacks deep enough for 1024 nested calls of the interpreter.

internal import Foundation

/// Runs one function on several threads at once.
public enum WorkerThreads {
  /// Bytes of stack of each thread.
  public static let stackSize = 64 << 20

  /// How many cores this machine lets us use.
  public static var coreCount: Int { ProcessInfo.processInfo.activeProcessorCount }

  /// Calls `body` with 0 to `count − 1`, each on its own thread, and waits for all of them.
  public static func run(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    let group = DispatchGroup()
    for index in 0..<count {
      group.enter()
      let thread = Thread {
        body(index)
        group.leave()
      }
      thread.stackSize = stackSize
      thread.start()
    }
    group.wait()
  }

  /// Calls `body` on one thread with a deep stack and answers what it answers.
  public static func call<Result: Sendable>(_ body: @escaping @Sendable () -> Result) -> Result {
    let box = ResultBox<Result>()
    run(1) { _ in box.value = body() }
    guard let value = box.value else { preconditionFailure("the thread has run") }
    return value
  }

  private final class ResultBox<Result>: @unchecked Sendable {
    var value: Result?
  }
}
