// Asking the system for memory before something is made that cannot be refused.

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// What memory the system would give.
enum SystemMemory {
  /// So many bytes are always taken without asking.
  private static let smallSize = 1 << 20

  /// Whether there is room for `count` more bytes. An array that the system refuses ends the process.
  static func hasRoom(for count: Int) -> Bool {
    if count <= smallSize { return true }
    // Not `malloc`: the compiler may leave out a pair of calls that only asks.
    let room = mmap(nil, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let room, room != MAP_FAILED else { return false }
    munmap(room, count)
    return true
  }
}
