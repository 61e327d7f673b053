// The memory of one call depth.

/// A growable region of bytes that outlives the frames that use it, one after another.
struct FrameMemory {
  /// No machine may be allowed more than this: costs are then computed without overflow.
  static let maximumSize: Int = 1 << 36

  private(set) var bytes: UnsafeMutableRawPointer?
  private(set) var capacity = 0

  /// Makes room for `size` bytes, keeping the first `used`, taking at most `limit` in all.
  /// Bytes beyond `used` are not initialised.
  mutating func grow(to size: Int, keeping used: Int, limit: Int) {
    let wanted = max(size, min(size + size / 2, limit), 1024)
    let new = UnsafeMutableRawPointer.allocate(byteCount: wanted, alignment: 32)
    if let old = bytes {
      new.copyMemory(from: old, byteCount: used)
      old.deallocate()
    }
    bytes = new
    capacity = wanted
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
