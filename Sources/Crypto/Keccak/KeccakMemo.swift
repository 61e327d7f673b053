// Hashes of short inputs that come again and again.

public import Primitives

/// Keccak-256 of inputs of up to 64 bytes, remembered.
///
/// A token transfer hashes the same two words when it reads a balance and when it writes it, and
/// blooms hash the same contracts and topics in every transaction. A look-up costs a few percent of
/// a hash. Each place of the table keeps the last input that fell on it, whole, so that an answer is
/// always right; who picks inputs that meet in one place gains nothing.
///
/// A handle: copies share the table, which lives until `free`. For one thread.
public struct KeccakMemo {
  private struct Entry: BitwiseCopyable {
    var first = UInt256.zero
    var second = UInt256.zero
    /// How many bytes were hashed; zero in a fresh entry, which thus answers nothing.
    var count: UInt64 = 0
    var hash = Hash256.zero
  }

  private static let indexBits: UInt64 = 10
  private let entries: UnsafeMutablePointer<Entry>

  /// A memo without entries.
  public init() {
    let capacity = 1 << Self.indexBits
    entries = .allocate(capacity: Int(capacity))
    entries.initialize(repeating: Entry(), count: Int(capacity))
  }

  /// Forgets every hash.
  public func forget() { entries.update(repeating: Entry(), count: 1 << Int(Self.indexBits)) }

  /// Gives the memory back. The memo is of no use afterwards.
  public func free() { entries.deallocate() }

  /// The hash of the 64 bytes at `input`.
  public func hash(pairAt input: UnsafeRawPointer) -> Hash256 {
    let first = input.loadUnaligned(as: UInt256.self)
    let second = (input + 32).loadUnaligned(as: UInt256.self)
    return recall(first, second, count: 64) {
      Keccak256.hash(UnsafeRawBufferPointer(start: input, count: 64))
    }
  }

  /// The hash of the 32 bytes of `word`.
  public func hash(_ word: UInt256) -> Hash256 {
    recall(word, .zero, count: 32) { Keccak256.hash(word) }
  }

  /// The hash of the 20 bytes of `address`.
  public func hash(_ address: Address) -> Hash256 {
    recall(address.word, .zero, count: 20) { Keccak256.hash(address) }
  }

  @inline(__always)
  private func recall(
    _ first: UInt256, _ second: UInt256, count: UInt64, _ compute: () -> Hash256
  ) -> Hash256 {
    let entry = entries + Self.place(first, second)
    if entry.pointee.first == first && entry.pointee.second == second
      && entry.pointee.count == count
    {
      return entry.pointee.hash
    }
    let hash = compute()
    entry.pointee = Entry(first: first, second: second, count: count, hash: hash)
    return hash
  }

  /// Every bit of the input has a say in its place.
  @inline(__always)
  private static func place(_ a: UInt256, _ b: UInt256) -> Int {
    var mixed = a.l0 &* 0x9e37_79b9_7f4a_7c15 ^ a.l1 &* 0xbf58_476d_1ce4_e5b9
    mixed ^= a.l2 &* 0x94d0_49bb_1331_11eb ^ a.l3 &* 0xd6e8_feb8_6659_fd93
    mixed ^= b.l0 &* 0xff51_afd7_ed55_8ccd ^ b.l1 &* 0xc4ce_b9fe_1a85_ec53
    mixed ^= b.l2 &* 0x2545_f491_4f6c_dd1d ^ b.l3 &* 0x8cb9_2ba7_2f3d_8dd7
    mixed ^= mixed &>> 32
    return Int(truncatingIfNeeded: (mixed &* 0x9e37_79b9_7f4a_7c15) &>> (64 - indexBits))
  }
}
