// Keccak-256, Ethereum's hash.

public import Primitives

/// Keccak-256 with the padding of the original submission, as Ethereum uses it (not SHA3-256).
public struct Keccak256: ~Copyable {
  /// How many bytes one permutation takes in.
  static let rate = 136

  /// The 25 lanes of the state.
  private let state: UnsafeMutablePointer<UInt64>
  /// How many bytes of the current block are taken in.
  private var filled = 0

  /// A hash over bytes that arrive in pieces.
  public init() {
    state = .allocate(capacity: 25)
    state.initialize(repeating: 0, count: 25)
  }

  deinit { state.deallocate() }

  /// Takes in more bytes.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    var rest = bytes
    let lanes = UnsafeMutableRawPointer(state).assumingMemoryBound(to: UInt8.self)
    while !rest.isEmpty {
      if filled == 0 && rest.count >= Self.rate {
        let used = Self.absorbBlocks(rest, into: state)
        rest = UnsafeRawBufferPointer(rebasing: rest[used...])
        continue
      }
      let count = min(Self.rate - filled, rest.count)
      for index in 0..<count { lanes[(filled + index) ^ Self.byteOrder] ^= rest[index] }
      filled += count
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      if filled == Self.rate {
        KeccakPermutation.apply(to: state)
        filled = 0
      }
    }
  }

  /// Takes in more bytes.
  public mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

  /// The hash of everything taken in.
  public consuming func finish() -> Hash256 { Self.finish(state, filled: filled) }

  /// The hash of `bytes`.
  public static func hash(_ bytes: UnsafeRawBufferPointer) -> Hash256 {
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 25) { buffer in
      let state = buffer.baseAddress.unsafelyUnwrapped
      state.initialize(repeating: 0, count: 25)
      let used = bytes.count < rate ? 0 : absorbBlocks(bytes, into: state)
      let count = bytes.count &- used
      if let base = bytes.baseAddress {
        absorb(tail: base + used, count: count, into: state)
      }
      return finish(state, filled: count)
    }
  }

  /// The hash of `bytes`.
  public static func hash(_ bytes: [UInt8]) -> Hash256 { bytes.withUnsafeBytes { hash($0) } }

  /// The hash of `bytes`.
  public static func hash(_ bytes: ArraySlice<UInt8>) -> Hash256 {
    bytes.withUnsafeBytes { hash($0) }
  }

  /// The hash of the 32 bytes of `word`: the key of a storage slot in the trie.
  public static func hash(_ word: UInt256) -> Hash256 {
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 25) { buffer in
      let state = buffer.baseAddress.unsafelyUnwrapped
      state.initialize(repeating: 0, count: 25)
      state[0] = UInt64(littleEndian: word.l3.bigEndian)
      state[1] = UInt64(littleEndian: word.l2.bigEndian)
      state[2] = UInt64(littleEndian: word.l1.bigEndian)
      state[3] = UInt64(littleEndian: word.l0.bigEndian)
      return finish(state, filled: 32)
    }
  }

  /// The hash of the 20 bytes of `address`: the key of an account in the trie.
  public static func hash(_ address: Address) -> Hash256 {
    withUnsafeTemporaryAllocation(byteCount: 20, alignment: 8) { buffer in
      address.store(at: buffer.baseAddress.unsafelyUnwrapped)
      return hash(UnsafeRawBufferPointer(buffer))
    }
  }
}

extension Keccak256 {
  /// What turns the number of a byte in the state into its place in memory.
  private static var byteOrder: Int {
    #if _endian(little)
      0
    #else
      7
    #endif
  }

  /// Takes in all whole blocks of `bytes`; how many bytes that were.
  @inline(__always)
  private static func absorbBlocks(
    _ bytes: UnsafeRawBufferPointer, into state: UnsafeMutablePointer<UInt64>
  ) -> Int {
    var used = 0
    while bytes.count &- used >= rate {
      for lane in 0..<rate / 8 {
        let word = bytes.loadUnaligned(fromByteOffset: used &+ 8 &* lane, as: UInt64.self)
        state[lane] ^= UInt64(littleEndian: word)
      }
      KeccakPermutation.apply(to: state)
      used &+= rate
    }
    return used
  }

  /// Takes in fewer bytes than a block, from its start.
  @inline(__always)
  private static func absorb(
    tail: UnsafeRawPointer, count: Int, into state: UnsafeMutablePointer<UInt64>
  ) {
    var lane = 0
    while 8 &* lane &+ 8 <= count {
      let word = tail.loadUnaligned(fromByteOffset: 8 &* lane, as: UInt64.self)
      state[lane] ^= UInt64(littleEndian: word)
      lane &+= 1
    }
    var place = 8 &* lane
    while place < count {
      let byte = tail.load(fromByteOffset: place, as: UInt8.self)
      state[lane] ^= UInt64(byte) &<< UInt64(truncatingIfNeeded: 8 &* (place & 7))
      place &+= 1
    }
  }

  /// Pads after `filled` bytes of the last block and reads the hash.
  @inline(__always)
  private static func finish(_ state: UnsafeMutablePointer<UInt64>, filled: Int) -> Hash256 {
    state[filled &>> 3] ^= 1 &<< UInt64(truncatingIfNeeded: 8 &* (filled & 7))
    state[rate / 8 - 1] ^= 1 &<< 63
    KeccakPermutation.apply(to: state)
    return Hash256(
      UInt256(
        l0: state[3].byteSwapped, l1: state[2].byteSwapped, l2: state[1].byteSwapped,
        l3: state[0].byteSwapped))
  }
}
