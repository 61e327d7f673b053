// Threads with stacks deep enough for 1,024 nested calls of the interpreter.

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Starts threads with deep stacks.
public enum DeepThread {
  /// Bytes of stack, in order of preference.
  public static let stackSizes: [Int] = [64 << 20, 8 << 20]

  /// Runs `body` on a new thread; false where the system refuses one.
  public static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
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
          Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body()
          return nil
        }, box.toOpaque())
      if status == 0 { return true }
    }
    box.release()
    return false
  }

  private final class Box: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
}
