// Where threads wait for each other.

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Where threads sleep until something has changed. Whoever changes it wakes them afterwards.
public final class SleepingPlace: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  /// A place where nobody sleeps.
  public init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Lets all who sleep here look again.
  public func wakeAll() {
    pthread_mutex_lock(mutex)
    pthread_cond_broadcast(condition)
    pthread_mutex_unlock(mutex)
  }

  /// Sleeps until `isDone`, which is asked at first and after each `wakeAll`.
  public func wait(until isDone: () -> Bool) {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while !isDone() { pthread_cond_wait(condition, mutex) }
  }

  /// Sleeps until the value is the one that is waited for, and returns it.
  func wait(for value: () -> UInt, until isDone: (UInt) -> Bool) -> UInt {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while true {
      let now = value()
      if isDone(now) { return now }
      pthread_cond_wait(condition, mutex)
    }
  }
}
