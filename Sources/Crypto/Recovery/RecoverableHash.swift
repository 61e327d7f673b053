// What the key of a signature is recovered from.

public import Primitives

/// A signed hash and its signature.
@frozen
public struct RecoverableHash: BitwiseCopyable, Sendable {
  /// What was signed.
  public var hash: Hash256
  /// The signature's r: the x-coordinate of a point.
  public var r: UInt256
  /// The signature's s.
  public var s: UInt256
  /// Which of the two points with that x-coordinate: 1 for the odd y-coordinate, 0 for the even one.
  public var yParity: UInt8

  /// A signed hash and its signature, valid or not.
  @inlinable @inline(__always)
  public init(hash: Hash256, r: UInt256, s: UInt256, yParity: UInt8) {
    self.hash = hash
    self.r = r
    self.s = s
    self.yParity = yParity
  }
}
