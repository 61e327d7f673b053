// The numbers that govern blob space.

/// How many blobs a block may carry, and how fast their price moves (EIP-7840).
public struct BlobParameters: Sendable, Hashable {
  /// The number of blobs at which the price stands still.
  public var target: UInt64
  /// The largest number of blobs in a block.
  public var max: UInt64
  /// The larger, the slower the price moves.
  public var baseFeeUpdateFraction: UInt64

  /// Parameters with these numbers.
  public init(target: UInt64, max: UInt64, baseFeeUpdateFraction: UInt64) {
    self.target = target
    self.max = max
    self.baseFeeUpdateFraction = baseFeeUpdateFraction
  }

  /// EIP-4844.
  public static let cancun = BlobParameters(target: 3, max: 6, baseFeeUpdateFraction: 3_338_477)
  /// EIP-7691.
  public static let prague = BlobParameters(target: 6, max: 9, baseFeeUpdateFraction: 5_007_716)

  /// The first change after Osaka (EIP-7892), as the public networks have it.
  public static let bpo1 = BlobParameters(target: 10, max: 15, baseFeeUpdateFraction: 8_346_193)
  /// The second change after Osaka, as the public networks have it.
  public static let bpo2 = BlobParameters(target: 14, max: 21, baseFeeUpdateFraction: 11_684_671)

  /// The parameters a fork brings by itself, or nil before Cancun.
  public static func of(_ fork: Fork) -> BlobParameters? {
    if fork >= .prague { return .prague }
    return fork >= .cancun ? .cancun : nil
  }
}
