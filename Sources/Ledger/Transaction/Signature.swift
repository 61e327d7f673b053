// An ECDSA signature with the parity that lets the key be recovered.

public import Primitives

/// A recoverable signature over secp256k1. Not necessarily a valid one.
public struct Signature: Sendable, Hashable {
  /// Whether the y coordinate of the signature's point is odd; 0 or 1 where valid.
  public var yParity: UInt8
  /// The x coordinate of the signature's point.
  public var r: UInt256
  /// The proof.
  public var s: UInt256

  /// A signature with these numbers.
  public init(yParity: UInt8, r: UInt256, s: UInt256) {
    self.yParity = yParity
    self.r = r
    self.s = s
  }

  /// The absence of a signature: all zeros.
  public static let absent = Signature(yParity: 0, r: .zero, s: .zero)
}
