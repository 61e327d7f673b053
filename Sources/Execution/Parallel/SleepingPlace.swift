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
    #if canImport(Glibc)
      // Who sleeps until a time must not mind when the system's clock is set.
      let attributes = UnsafeMutablePointer<pthread_condattr_t>.allocate(capacity: 1)
      defer { attributes.deallocate() }
      pthread_condattr_init(attributes)
      pthread_condattr_setclock(attributes, CLOCK_MONOTONIC)
      pthread_cond_init(condition, attributes)
      pthread_condattr_destroy(attributes)
    #else
      pthread_cond_init(condition, nil)
    #endif
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

  /// Lets one of those who sleep here look again.
  public func wakeOne() {
    pthread_mutex_lock(mutex)
    pthread_cond_signal(condition)
    pthread_mutex_unlock(mutex)
  }

  /// Sleeps until `isDone`, which is asked at first and after each `wakeAll`.
  public func wait(until isDone: () -> Bool) {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while !isDone() { pthread_cond_wait(condition, mutex) }
  }

  /// Sleeps until `isDone`, which is asked at first and after each `wakeAll`, for so many seconds at most;
  /// whether it is done.
  public func wait(seconds: Double, until isDone: () -> Bool) -> Bool {
    // More than a year is for ever, and may not be counted in nanoseconds.
    let nanoseconds = Int(min(max(0, seconds), 31_536_000) * 1e9)
    let end = ContinuousClock.now.advanced(by: .nanoseconds(nanoseconds))
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while !isDone() {
      let left = ContinuousClock.now.duration(to: end)
      guard left > .zero else { return false }
      var time = timespec(
        tv_sec: Int(left.components.seconds),
        tv_nsec: Int(left.components.attoseconds / 1_000_000_000))
      #if canImport(Glibc)
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        time.tv_sec += now.tv_sec + (time.tv_nsec + now.tv_nsec) / 1_000_000_000
        time.tv_nsec = (time.tv_nsec + now.tv_nsec) % 1_000_000_000
        pthread_cond_timedwait(condition, mutex, &time)
      #else
        pthread_cond_timedwait_relative_np(condition, mutex, &time)
      #endif
    }
    return true
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
