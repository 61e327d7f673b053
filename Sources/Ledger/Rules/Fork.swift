// The network upgrades of Ethereum, in order.

/// A network upgrade. Later ones compare greater.
public enum Fork: UInt8, Sendable, CaseIterable, Comparable {
  case frontier, homestead, tangerineWhistle, spuriousDragon, byzantium, constantinople,
    petersburg, istanbul, muirGlacier, berlin, london, arrowGlacier, grayGlacier, paris,
    shanghai, cancun, prague, osaka

  /// Order of activation.
  @inlinable
  public static func < (a: Fork, b: Fork) -> Bool { a.rawValue < b.rawValue }

  /// The newest fork that is implemented.
  public static var latest: Fork { .osaka }
}
