// The memory of one call depth.

/// A growable region of bytes that outlives the frames that use it, one after another.
struct FrameMemory {
  /// No machine may be allowed more than this: costs are then computed without overflow.
  static let maximumSize: Int = 1 << 36

  /// A first allocation, so that small memories grow once.
  static let smallestSize = 1024

  private(set) var bytes: UnsafeMutableRawPointer?
  private(set) var capacity = 0

  /// Makes room for `size` bytes, keeping the first `used`. The others are not initialised.
  mutating func grow(to size: Int, keeping used: Int) {
    let new = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 32)
    if let old = bytes {
      new.copyMemory(from: old, byteCount: used)
      old.deallocate()
    }
    bytes = new
    capacity = size
  }

  /// Gives the region back.
  mutating func free() {
    bytes?.deallocate()
    bytes = nil
    capacity = 0
  }
}

extension FrameMemory {
  /// Stands for the memory of a frame that has none; nothing is read or written through it.
  nonisolated(unsafe) static let none = UnsafeMutableRawPointer.allocate(
    byteCount: 32, alignment: 32)
}
