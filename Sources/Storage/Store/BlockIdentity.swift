// Which block.

public import Primitives

/// The number and the hash of a block.
public struct BlockIdentity: Sendable, Hashable, BitwiseCopyable {
  /// The number.
  public let number: UInt64
  /// The hash.
  public let hash: Hash256

  /// The block with this number and hash.
  public init(number: UInt64, hash: Hash256) {
    self.number = number
    self.hash = hash
  }
}
