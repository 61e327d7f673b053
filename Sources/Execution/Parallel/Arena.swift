// Memory that lives as long as a block.

import CKernels

/// Hands out raw memory piece by piece and takes it back all at once.
///
/// An arena belongs to one worker; what it hands out may be read by all. Chunks are kept from block
/// to block, up to `kept` bytes.
struct Arena: ~Copyable {
  private static var chunkSize: Int { 256 << 10 }
  /// How far ahead memory is brought near, in bytes.
  private static var lookAhead: Int { 512 }
  private static var kept: Int { 64 << 20 }
  /// A cache line: no two workers write into the same one, and reading a value touches few.
  private static var alignment: Int { 64 }

  private var chunks: [UnsafeMutableRawBufferPointer] = []
  /// The chunk in use.
  private var current = -1
  private var position: UnsafeMutableRawPointer?
  private var left = 0

  init() {}

  deinit { for chunk in chunks { chunk.deallocate() } }

  /// Room for `count` values, not initialised, until `reset`, at the start of a cache line.
  @inline(__always)
  mutating func allocate<Value: ~Copyable>(
    _ type: Value.Type, count: Int = 1
  ) -> UnsafeMutablePointer<Value> {
    // Room for nothing has an address, too.
    let size =
      (MemoryLayout<Value>.stride * max(count, 1) + Self.alignment - 1) & ~(Self.alignment - 1)
    if size > left { nextChunk(atLeast: size) }
    let start = position.unsafelyUnwrapped
    position = start + size
    left -= size
    nt_prefetch_for_writing(start + (size + Self.lookAhead))
    return start.bindMemory(to: Value.self, capacity: count)
  }

  @inline(never)
  private mutating func nextChunk(atLeast size: Int) {
    current += 1
    if current == chunks.count || chunks[current].count < size {
      chunks.insert(
        .allocate(byteCount: max(size, Self.chunkSize), alignment: Self.alignment), at: current)
    }
    position = chunks[current].baseAddress
    left = chunks[current].count
  }

  /// Takes everything back.
  mutating func reset() {
    var bytes = 0
    var count = 0
    while count < chunks.count, bytes + chunks[count].count <= Self.kept {
      bytes += chunks[count].count
      count += 1
    }
    for chunk in chunks[count...] { chunk.deallocate() }
    chunks.removeSubrange(count...)
    current = -1
    position = nil
    left = 0
  }
}
