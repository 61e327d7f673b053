// A buffer that bytes are written into, one value after another.

internal import Primitives

/// Bytes that grow at the end. Integers are little-endian; hashes, addresses and words as they are
/// spelled, big-endian, so that they sort.
struct ByteBuffer: ~Copyable {
  private var base: UnsafeMutableRawPointer
  private var capacity: Int
  private(set) var count = 0

  init(capacity: Int = 4096) {
    self.capacity = capacity
    base = .allocate(byteCount: capacity, alignment: 64)
  }

  deinit { base.deallocate() }

  /// What was written. Whoever asks sees to it that the buffer lives on: a local one ends with its last
  /// use.
  var borrowedBytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

  /// Calls `body` with what was written.
  func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(borrowedBytes)
  }

  /// The checksum of what was written.
  var checksum: UInt64 { withBytes { Checksum.of($0) } }

  /// A copy of what was written.
  var array: [UInt8] { withBytes { Array($0) } }

  mutating func removeAll() { count = 0 }

  /// Room for `size` bytes at the end, which count as written.
  @inline(__always)
  mutating func extend(by size: Int) -> UnsafeMutableRawPointer {
    if count &+ size > capacity { grow(size) }
    let place = base + count
    count &+= size
    return place
  }

  @inline(never)
  private mutating func grow(_ size: Int) {
    capacity = max(capacity * 2, count + size)
    let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 64)
    larger.copyMemory(from: base, byteCount: count)
    base.deallocate()
    base = larger
  }

  @inline(__always)
  mutating func append(_ value: UInt8) { extend(by: 1).storeBytes(of: value, as: UInt8.self) }

  @inline(__always)
  mutating func append<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value) {
    extend(by: MemoryLayout<Value>.size).storeBytes(of: value.littleEndian, as: Value.self)
  }

  @inline(__always)
  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    if let start = bytes.baseAddress {
      extend(by: bytes.count).copyMemory(from: start, byteCount: bytes.count)
    }
  }

  mutating func append(_ bytes: [UInt8]) { bytes.withUnsafeBytes { append($0) } }

  @inline(__always)
  mutating func append(_ hash: Hash256) { hash.store(at: extend(by: 32)) }

  @inline(__always)
  mutating func append(_ address: Address) { address.store(at: extend(by: 20)) }

  /// The last `size` bytes of a word, big-endian.
  @inline(__always)
  mutating func append(_ word: UInt256, count size: Int) {
    // Written whole and then moved over the zeros before it.
    let place = extend(by: 32)
    word.storeBigEndian(at: place)
    if size < 32 {
      place.copyMemory(from: place + (32 - size), byteCount: size)
      count -= 32 - size
    }
  }

  /// A number in groups of seven bits, the lowest first.
  @inline(__always)
  mutating func append(varint value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(truncatingIfNeeded: rest))
  }

  /// Overwrites what was written at `offset`.
  @inline(__always)
  mutating func set<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value, at offset: Int) {
    (base + offset).storeBytes(of: value.littleEndian, as: Value.self)
  }

  /// Overwrites the first bytes.
  mutating func overwrite(with bytes: UnsafeRawBufferPointer) {
    precondition(bytes.count <= count, "only what was written is overwritten")
    if let start = bytes.baseAddress { base.copyMemory(from: start, byteCount: bytes.count) }
  }

  /// Where what was written at `offset` stands, until the buffer grows.
  @inline(__always)
  func place(_ offset: Int) -> UnsafeMutableRawPointer { base + offset }

  /// Zeros up to a multiple of `alignment`.
  mutating func pad(to alignment: Int) {
    let rest = count % alignment
    if rest > 0 {
      let size = alignment - rest
      extend(by: size).initializeMemory(as: UInt8.self, repeating: 0, count: size)
    }
  }
}
