// Messages of any lengths, hashed in groups that fill vectors.

internal import CKernels
internal import Primitives

/// Hashes messages as they come, as soon as there are enough of one number of blocks to fill the lanes.
///
/// A message is either written into `slot` and submitted, which copies nothing, or appended from where
/// it stands. Its hash is there after `flush` at the latest. For one thread.
public struct KeccakBatch: ~Copyable {
  /// How long a message in `slot` may be.
  public static let capacity = maximumBlocks * Keccak256.rate - 1

  /// Longer messages are hashed alone: groups of them would hardly ever fill.
  private static let maximumBlocks = 5
  /// Padding is cleared by words, which may go beyond the last block.
  private static let stride = maximumBlocks * Keccak256.rate + 8

  private let kernel: nt_keccak256_kernel?
  private let lanes: Int
  /// For each number of blocks, places for as many messages as there are lanes.
  private let groups: UnsafeMutablePointer<nt_keccak_message>
  private var counts = InlineArray<5, Int>(repeating: 0)
  private let memory: UnsafeMutableRawPointer
  /// The slots without a message; the last one is `slot`.
  private let free: UnsafeMutablePointer<UnsafeMutableRawPointer>
  private var freeCount: Int

  /// A batch without messages.
  public init(backend: KeccakBackend = .best) {
    kernel = backend.kernel
    lanes = backend.lanes
    // All groups may be one short of full while another message is written.
    freeCount = Self.maximumBlocks * (lanes - 1) + 1
    groups = .allocate(capacity: Self.maximumBlocks * lanes)
    memory = .allocate(byteCount: freeCount * Self.stride, alignment: 64)
    free = .allocate(capacity: freeCount)
    for index in 0..<freeCount { (free + index).initialize(to: memory + index * Self.stride) }
  }

  deinit {
    groups.deallocate()
    memory.deallocate()
    free.deallocate()
  }

  /// Where the next message may be written, up to `capacity` bytes. Another place after each `submit`
  /// and `append`.
  public var slot: UnsafeMutableRawPointer { free[freeCount &- 1] }

  /// Hashes the `count` bytes in `slot`; the 32 bytes of the hash are written at `hash`.
  public mutating func submit(count: Int, to hash: UnsafeMutableRawPointer) {
    precondition(count <= Self.capacity, "the message does not fit its slot")
    let slot = free[freeCount &- 1]
    let whole = count / Keccak256.rate
    Self.pad(slot + whole &* Keccak256.rate, after: count &- whole &* Keccak256.rate)
    take(blocks: slot, last: slot + whole &* Keccak256.rate, whole: whole, to: hash)
  }

  /// Hashes `message`, which stays where it is until its hash is there; the 32 bytes of the hash are
  /// written at `hash`.
  public mutating func append(_ message: UnsafeRawBufferPointer, to hash: UnsafeMutableRawPointer) {
    guard message.count <= Self.capacity, let base = message.baseAddress else {
      Keccak256.hash(message).store(at: hash)
      return
    }
    let whole = message.count / Keccak256.rate
    let last = slot + whole &* Keccak256.rate
    let rest = message.count &- whole &* Keccak256.rate
    last.copyMemory(from: base + whole &* Keccak256.rate, byteCount: rest)
    Self.pad(last, after: rest)
    take(blocks: base, last: last, whole: whole, to: hash)
  }

  /// Hashes `message`, which need not stay; the 32 bytes of the hash are written at `hash`.
  public mutating func append(
    copyOf message: UnsafeRawBufferPointer, to hash: UnsafeMutableRawPointer
  ) {
    guard message.count <= Self.capacity, let base = message.baseAddress else {
      Keccak256.hash(message).store(at: hash)
      return
    }
    slot.copyMemory(from: base, byteCount: message.count)
    submit(count: message.count, to: hash)
  }

  /// Hashes what has not been hashed.
  public mutating func flush() {
    for whole in 0..<Self.maximumBlocks where counts[whole] > 0 {
      let group = groups + whole &* lanes
      if counts[whole] == 1 {
        KeccakPermutation.hash(group[0], whole: whole)
        release(group[0], whole: whole)
        counts[whole] = 0
      } else {
        let count = counts[whole]
        for lane in count..<lanes { group[lane] = group[0] }
        run(whole: whole, count: count)
      }
    }
  }

  /// Ends the message that takes `count` bytes of its last block.
  private static func pad(_ block: UnsafeMutableRawPointer, after count: Int) {
    var place = count
    while place < Keccak256.rate {
      block.storeBytes(of: 0, toByteOffset: place, as: UInt64.self)
      place &+= 8
    }
    block.storeBytes(of: 1, toByteOffset: count, as: UInt8.self)
    let end = block + (Keccak256.rate - 1)
    end.storeBytes(of: end.load(as: UInt8.self) | 0x80, as: UInt8.self)
  }

  private mutating func take(
    blocks: UnsafeRawPointer, last: UnsafeRawPointer, whole: Int, to hash: UnsafeMutableRawPointer
  ) {
    freeCount &-= 1
    let count = counts[whole] &+ 1
    counts[whole] = count
    (groups + (whole &* lanes &+ count &- 1)).initialize(
      to: nt_keccak_message(
        blocks: blocks.assumingMemoryBound(to: UInt8.self),
        last: last.assumingMemoryBound(to: UInt8.self),
        hash: hash.assumingMemoryBound(to: UInt8.self)))
    if count == lanes { run(whole: whole, count: count) }
  }

  private mutating func run(whole: Int, count: Int) {
    let group = groups + whole &* lanes
    if let kernel {
      kernel(group, whole)
    } else {
      KeccakPermutation.hash(group[0], whole: whole)
    }
    for lane in 0..<count { release(group[lane], whole: whole) }
    counts[whole] = 0
  }

  private mutating func release(_ message: nt_keccak_message, whole: Int) {
    // The last block stands in the slot, where it would be if all of them did.
    free[freeCount] = UnsafeMutableRawPointer(
      mutating: message.last - whole &* Keccak256.rate)
    freeCount &+= 1
  }
}
