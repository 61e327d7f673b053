// Keyed hashing of the keys of a FlatTable.

/// The random words that key the hash, drawn once in the life of the process. Keys of the state are
/// chosen by strangers: without a secret they could be ground to collide.
@frozen
public struct FlatSecret: @unchecked Sendable {
  @usableFromInline let words: UnsafePointer<UInt64>

  /// The secret of this process.
  public static let shared = FlatSecret()

  private init() {
    let words = UnsafeMutablePointer<UInt64>.allocate(capacity: 9)
    var generator = SystemRandomNumberGenerator()
    for index in 0..<8 { words[index] = generator.next() }
    words[7] |= 1
    words[8] = 0
    self.words = UnsafePointer(words)
  }

  /// A zero word that lives forever: the index of a table that has no room yet.
  @inlinable
  var emptyIndex: UnsafeMutablePointer<UInt64> { UnsafeMutablePointer(mutating: words + 8) }

  /// Word `index` of eight; the last one is odd.
  @inlinable @inline(__always)
  subscript(index: Int) -> UInt64 { words[index] }

  /// The whole product of two words after each got a secret summand: the pieces of a universal hash
  /// (NH). Pieces are added before `finish`.
  @inlinable @inline(__always)
  func piece(_ a: UInt64, _ i: Int, _ b: UInt64, _ j: Int) -> UInt128 {
    UInt128(a &+ self[i]) &* UInt128(b &+ self[j])
  }

  /// Folds the sum of pieces to 64 bits, all of them well mixed.
  @inlinable @inline(__always)
  func finish(_ sum: UInt128) -> UInt64 {
    let folded = UInt64(truncatingIfNeeded: sum) ^ UInt64(truncatingIfNeeded: sum &>> 64)
    let mixed = UInt128(folded) &* UInt128(self[7])
    return UInt64(truncatingIfNeeded: mixed) ^ UInt64(truncatingIfNeeded: mixed &>> 64)
  }
}

/// A key of a `FlatTable`.
public protocol FlatKey: BitwiseCopyable, Equatable {
  /// A 64-bit hash keyed by the secret.
  func flatHash(_ secret: FlatSecret) -> UInt64
}

extension UInt64: FlatKey {
  /// A 64-bit hash keyed by the secret.
  @inlinable @inline(__always)
  public func flatHash(_ secret: FlatSecret) -> UInt64 {
    secret.finish(secret.piece(self, 0, self, 1))
  }
}

extension Address: FlatKey {
  /// A 64-bit hash keyed by the secret.
  @inlinable @inline(__always)
  public func flatHash(_ secret: FlatSecret) -> UInt64 {
    secret.finish(secret.piece(l0, 0, l1, 1) &+ secret.piece(UInt64(l2), 2, 0, 3))
  }
}

extension UInt256: FlatKey {
  /// A 64-bit hash keyed by the secret.
  @inlinable @inline(__always)
  public func flatHash(_ secret: FlatSecret) -> UInt64 {
    secret.finish(secret.piece(l0, 0, l1, 1) &+ secret.piece(l2, 2, l3, 3))
  }
}

extension Hash256: FlatKey {
  /// A 64-bit hash keyed by the secret.
  @inlinable @inline(__always)
  public func flatHash(_ secret: FlatSecret) -> UInt64 { word.flatHash(secret) }
}

extension StorageKey: FlatKey {
  /// A 64-bit hash keyed by the secret.
  @inlinable @inline(__always)
  public func flatHash(_ secret: FlatSecret) -> UInt64 {
    secret.finish(
      secret.piece(slot.l0, 0, slot.l1, 1) &+ secret.piece(slot.l2, 2, slot.l3, 3)
        &+ secret.piece(address.l0, 4, address.l1, 5)
        &+ UInt128(address.l2) &* UInt128(secret[6]))
  }
}
