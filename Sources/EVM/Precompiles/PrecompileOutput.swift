// Where precompiled contracts write.

/// A region of bytes that grows as needed and serves one precompiled contract after another.
///
/// Owned by whoever makes it, who must `free` it.
public struct PrecompileOutput {
  private var start: UnsafeMutableRawPointer?
  /// How many bytes there is room for.
  private(set) var capacity = 0
  private var count = 0

  /// An output without room yet.
  public init() {}

  /// What was written last; good until the next use.
  public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }

  /// Makes the output empty.
  mutating func clear() { count = 0 }

  /// Makes the output `size` bytes long; they are to be written at the answer.
  mutating func resize(to size: Int) -> UnsafeMutableRawPointer {
    count = size
    if let start, size <= capacity { return start }
    start?.deallocate()
    let wanted = max(256, size)
    let room = UnsafeMutableRawPointer.allocate(byteCount: wanted, alignment: 32)
    start = room
    capacity = wanted
    return room
  }

  /// Makes the output a copy of `bytes`.
  mutating func set(_ bytes: UnsafeRawBufferPointer) {
    let room = resize(to: bytes.count)
    if let source = bytes.baseAddress { room.copyMemory(from: source, byteCount: bytes.count) }
  }

  /// Makes the output a copy of `bytes`.
  mutating func set(_ bytes: [UInt8]) { bytes.withUnsafeBytes { set($0) } }

  /// Gives the memory back.
  public mutating func free() {
    start?.deallocate()
    self = PrecompileOutput()
  }
}
