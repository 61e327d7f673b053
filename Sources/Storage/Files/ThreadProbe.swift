// Whether the system gives threads.

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Asks the system for threads before somebody does who cannot go on without them.
enum ThreadProbe {
  /// Whether so many threads can be started now, all at once.
  static func canStart(_ count: Int) -> Bool {
    let gate = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    pthread_mutex_init(gate, nil)
    // They wait until all are there. None of them may take memory: each would get a heap of its own.
    pthread_mutex_lock(gate)
    var threads: [pthread_t] = []
    threads.reserveCapacity(count)
    while threads.count < count, let thread = start(gate) { threads.append(thread) }
    pthread_mutex_unlock(gate)
    for thread in threads { pthread_join(thread, nil) }
    pthread_mutex_destroy(gate)
    gate.deallocate()
    return threads.count == count
  }

  private static func start(_ gate: UnsafeMutablePointer<pthread_mutex_t>) -> pthread_t? {
    #if canImport(Glibc)
      var thread: pthread_t = 0
    #else
      var thread: pthread_t?
    #endif
    let status = pthread_create(
      &thread, nil,
      { argument in
        #if canImport(Glibc)
          guard let argument else { return nil }
        #endif
        let gate = argument.assumingMemoryBound(to: pthread_mutex_t.self)
        pthread_mutex_lock(gate)
        pthread_mutex_unlock(gate)
        return nil
      }, gate)
    return status == 0 ? thread : nil
  }
}
