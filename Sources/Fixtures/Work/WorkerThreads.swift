// Threads with stacks deep enough for 1024 nested calls of the interpreter.

internal import Foundation

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Runs one function on several threads at once.
public enum WorkerThreads {
  /// Bytes of stack of each thread, in order of preference.
  static let stackSizes: [Int] = [64 << 20, 8 << 20]

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
      let isRunning = start {
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

  /// Starts a thread; false where the system refuses.
  private static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
    let box = Unmanaged.passRetained(Box(body))
    let attributes = UnsafeMutablePointer<pthread_attr_t>.allocate(capacity: 1)
    defer { attributes.deallocate() }
    for stackSize in stackSizes {
      guard pthread_attr_init(attributes) == 0 else { continue }
      defer { pthread_attr_destroy(attributes) }
      pthread_attr_setstacksize(attributes, stackSize)
      pthread_attr_setdetachstate(attributes, CInt(PTHREAD_CREATE_DETACHED))
      #if canImport(Glibc)
        var thread: pthread_t = 0
      #else
        var thread: pthread_t?
      #endif
      let status = pthread_create(
        &thread, attributes,
        { argument in
          #if canImport(Glibc)
            guard let argument else { return nil }
          #endif
          Unmanaged<Box<@Sendable () -> Void>>.fromOpaque(argument).takeRetainedValue().value()
          return nil
        }, box.toOpaque())
      if status == 0 { return true }
    }
    box.release()
    return false
  }

  private final class Box<Value>: @unchecked Sendable {
    var value: Value
    init(_ value: Value) { self.value = value }
  }
}
