// Threads with stacks deep enough for 1024 nested calls of the interpreter.

internal import Execution
internal import Foundation

/// Runs one function on several threads at once.
public enum WorkerThreads {
  /// How many cores this machine lets us use.
  public static var coreCount: Int { ProcessInfo.processInfo.activeProcessorCount }

  /// Calls `body` with 0 to `count − 1`, each on its own thread, and waits for all of them.
  ///
  /// Where the system gives fewer threads, the numbers that got none are left out, but for the first
  /// `minimum`: those the calling thread sees to, one after another.
  public static func run(
    _ count: Int, atLeast minimum: Int = 1, _ body: @escaping @Sendable (Int) -> Void
  ) {
    let group = DispatchGroup()
    var started = 0
    while started < count {
      group.enter()
      let index = started
      let isRunning = DeepThread.start {
        body(index)
        group.leave()
      }
      guard isRunning else {
        group.leave()
        break
      }
      started += 1
    }
    for index in started..<max(started, min(minimum, count)) { body(index) }
    group.wait()
  }

  /// Calls `body` on one thread with a deep stack and answers what it answers.
  public static func call<Result: Sendable>(_ body: @escaping @Sendable () -> Result) -> Result {
    let box = Box<Result?>(nil)
    run(1) { _ in box.value = body() }
    // `run` calls it at least once, on this thread where the system gives none.
    guard let value = box.value else { preconditionFailure("the function has run") }
    return value
  }

  private final class Box<Value>: @unchecked Sendable {
    var value: Value
    init(_ value: Value) { self.value = value }
  }
}
