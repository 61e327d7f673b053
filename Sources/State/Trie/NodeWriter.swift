// Encodes trie nodes, one inside the other, in one growing piece of memory.

internal import Primitives

/// Writes the RLP lists that trie nodes are.
///
/// Open lists stand in a stack: the last one begun is finished first and then leaves the memory,
/// except for the reference that it turned into. The length of a list is known only at its end, so
/// room for the longest header stands before the first item and the header is written backwards.
///
///     ┌────────────┬───────┬───────┬────────────┬───────┬─ ─
///     │ room for 9 │ item  │ item  │ room for 9 │ item  │
///     └────────────┴───────┴───────┴────────────┴───────┴─ ─
///     ▲ outer list                 ▲ inner list          ▲ count
struct NodeWriter: ~Copyable {
  private var memory: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private var count = 0

  private static let headerRoom = 9

  init(capacity: Int = 4096) {
    self.capacity = max(capacity, 64)
    memory = .allocate(capacity: self.capacity)
  }

  deinit { memory.deallocate() }

  /// Begins a list; the result is for the function that finishes it.
  mutating func begin() -> Int {
    let start = count
    reserve(Self.headerRoom)
    count += Self.headerRoom
    return start
  }

  /// Ends the node begun at `start`, forgets it, and returns the reference to it.
  mutating func finishNode(_ start: Int) -> NodeReference {
    NodeReference(toNode: finishList(start))
  }

  /// Ends the list begun at `start` and forgets it. The bytes are good until the next write.
  mutating func finishList(_ start: Int) -> UnsafeRawBufferPointer {
    let payload = start + Self.headerRoom
    let header = writeHeader(base: 0xc0, length: count - payload, endingAt: payload)
    defer { count = start }
    return UnsafeRawBufferPointer(start: memory + header, count: count - header)
  }

  /// Forgets the list begun at `start` and returns what was appended to it, without a header. The
  /// bytes are good until the next write.
  mutating func finishItem(_ start: Int) -> UnsafeRawBufferPointer {
    let payload = start + Self.headerRoom
    defer { count = start }
    return UnsafeRawBufferPointer(start: memory + payload, count: count - payload)
  }

  /// Appends the empty string: no child, or no value.
  mutating func appendEmpty(times: Int = 1) {
    reserve(times)
    (memory + count).update(repeating: 0x80, count: times)
    count += times
  }

  /// Appends a child.
  mutating func append(_ reference: NodeReference) {
    reserve(33)
    if reference.isHash {
      memory[count] = 0xa0
      count += 1
    }
    reference.word.storeBigEndian(at: memory + count)
    count += Int(reference.count)
  }

  /// Appends a string.
  mutating func append(_ string: UnsafeRawBufferPointer) {
    reserve(string.count + Self.headerRoom)
    if string.count != 1 || string[0] >= 0x80 { appendHeader(base: 0x80, length: string.count) }
    UnsafeMutableRawBufferPointer(start: memory + count, count: string.count)
      .copyMemory(from: string)
    count += string.count
  }

  /// Appends a number as the shortest big-endian string.
  mutating func append(_ number: UInt256) {
    reserve(33)
    let length = number.byteCount
    if length != 1 || number.l0 >= 0x80 { appendHeader(base: 0x80, length: length) }
    number.storeBigEndian(at: memory + count)
    (memory + count).update(from: memory + count + 32 - length, count: length)
    count += length
  }

  /// Appends the nibbles `path` of `key` in hex-prefix encoding (Yellow Paper, appendix C): a flag
  /// nibble that tells leaf from extension and odd from even, then the nibbles in pairs.
  mutating func appendPath(
    _ path: Range<Int>, of key: UnsafeBufferPointer<UInt8>, isLeaf: Bool
  ) {
    let length = 1 + path.count / 2
    reserve(length + Self.headerRoom)
    if length > 1 { appendHeader(base: 0x80, length: length) }
    var next = path.lowerBound
    var flags: UInt8 = isLeaf ? 0x20 : 0x00
    if path.count % 2 == 1 {
      flags |= 0x10 | key.nibble(next)
      next += 1
    }
    memory[count] = flags
    if next.isMultiple(of: 2) {
      UnsafeMutableRawBufferPointer(start: memory + count + 1, count: length - 1)
        .copyMemory(
          from: UnsafeRawBufferPointer(
            UnsafeBufferPointer(rebasing: key[next / 2..<path.upperBound / 2])))
    } else {
      for index in 1..<length {
        memory[count + index] = key.nibble(next) << 4 | key.nibble(next + 1)
        next += 2
      }
    }
    count += length
  }

  // MARK: - Headers

  private mutating func appendHeader(base: UInt8, length: Int) {
    guard length > 55 else {
      memory[count] = base + UInt8(length)
      count += 1
      return
    }
    let header = Self.headerLength(length)
    count += header
    _ = writeHeader(base: base, length: length, endingAt: count)
  }

  /// Writes a header so that it ends before `end`; returns where it begins.
  private func writeHeader(base: UInt8, length: Int, endingAt end: Int) -> Int {
    guard length > 55 else {
      memory[end - 1] = base + UInt8(length)
      return end - 1
    }
    var position = end
    var rest = length
    while rest > 0 {
      position -= 1
      memory[position] = UInt8(truncatingIfNeeded: rest)
      rest >>= 8
    }
    memory[position - 1] = base + 55 + UInt8(end - position)
    return position - 1
  }

  private static func headerLength(_ length: Int) -> Int {
    1 + (Int.bitWidth - length.leadingZeroBitCount + 7) / 8
  }

  // MARK: - Memory

  @inline(__always)
  private mutating func reserve(_ more: Int) {
    // 32 more than asked, for stores of whole words.
    if count + more + 32 > capacity { grow(toHold: count + more + 32) }
  }

  @inline(never)
  private mutating func grow(toHold needed: Int) {
    let larger = max(needed, capacity * 2)
    let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
    moved.update(from: memory, count: count)
    memory.deallocate()
    memory = moved
    capacity = larger
  }
}
