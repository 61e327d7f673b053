// The memory of one call depth.

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A growable region of bytes that outlives the frames that use it, one after another.
struct FrameMemory {
  /// No machine may be allowed more than this: costs are then computed without overflow.
  static let maximumSize: Int = 1 << 36

  /// A first allocation, so that small memories grow once.
  static let smallestSize = 1024

  private(set) var bytes: UnsafeMutableRawPointer?
  private(set) var capacity = 0

  /// Makes room for `size` bytes, keeping what is there; false where the system has no more. What is
  /// new is not initialised.
  ///
  /// The system moves large regions without a copy, so that old and new never count twice.
  mutating func grow(to size: Int) -> Bool {
    guard let new = realloc(bytes, size) else { return false }
    bytes = new
    capacity = size
    return true
  }

  /// Gives the region back.
  mutating func free() {
    release(bytes)
    bytes = nil
    capacity = 0
  }
}

/// The system's `free`, by a name that no method has.
private func release(_ bytes: UnsafeMutableRawPointer?) { free(bytes) }

extension FrameMemory {
  /// Stands for the memory of a frame that has none; nothing is read or written through it.
  nonisolated(unsafe) static let none = UnsafeMutableRawPointer.allocate(
    byteCount: 32, alignment: 32)
}
