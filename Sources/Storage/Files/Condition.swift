// A value that threads wait for.

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A value behind a lock, with a place to wait until it has changed.
final class Condition<Value>: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var value: Value

  init(_ value: Value) {
    self.value = value
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Looks at the value or changes it, and wakes who waits.
  func with<Result>(_ body: (inout Value) -> Result) -> Result {
    pthread_mutex_lock(mutex)
    defer {
      pthread_cond_broadcast(condition)
      pthread_mutex_unlock(mutex)
    }
    return body(&value)
  }

  /// Waits until `isDone` holds.
  func wait(until isDone: (Value) -> Bool) {
    pthread_mutex_lock(mutex)
    while !isDone(value) { pthread_cond_wait(condition, mutex) }
    pthread_mutex_unlock(mutex)
  }

  /// Waits until `isDone` holds, for so many milliseconds at most; whether it holds.
  func wait(milliseconds: Int, until isDone: (Value) -> Bool) -> Bool {
    var deadline = timespec()
    clock_gettime(CLOCK_REALTIME, &deadline)
    let nanoseconds = Int(deadline.tv_nsec) + milliseconds % 1000 * 1_000_000
    deadline.tv_sec += milliseconds / 1000 + nanoseconds / 1_000_000_000
    deadline.tv_nsec = nanoseconds % 1_000_000_000
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while !isDone(value) {
      if pthread_cond_timedwait(condition, mutex, &deadline) != 0 { return isDone(value) }
    }
    return true
  }
}

/// A thread that runs one piece of work.
final class BackgroundThread: @unchecked Sendable {
  #if canImport(Glibc)
    private var thread: pthread_t = 0
  #else
    private var thread: pthread_t?
  #endif
  private var isRunning = false

  /// Runs `body` on a new thread; on this one where the system refuses one.
  init(_ body: @escaping @Sendable () -> Void) {
    let box = Unmanaged.passRetained(Box(body))
    let status = pthread_create(
      &thread, nil,
      { argument in
        #if canImport(Glibc)
          guard let argument else { return nil }
        #endif
        Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body()
        return nil
      }, box.toOpaque())
    isRunning = status == 0
    if !isRunning { box.takeRetainedValue().body() }
  }

  /// Waits until the work is done and all that it held is free. To be called once.
  func join() {
    guard isRunning else { return }
    isRunning = false
    #if canImport(Glibc)
      pthread_join(thread, nil)
    #else
      if let thread { pthread_join(thread, nil) }
    #endif
  }

  private final class Box: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
}
