// A set of the addresses where precompiled contracts stand.

/// A set of addresses from 0x01 to 0x0100: a bit for each.
@frozen
public struct SmallAddressSet: BitwiseCopyable, Sendable, Hashable {
  /// Bit n stands for address n + 1.
  @usableFromInline var bits = UInt256.zero

  /// An empty set.
  @inlinable
  public init() {}

  /// The set of `addresses`, of which larger ones than 0x0100 are left out.
  public init(_ addresses: some Sequence<Address>) {
    for address in addresses where Self.holds(address) {
      bits = bits | UInt256(1) &<< Int(address.l0 - 1)
    }
  }

  /// Whether `address` is one of them.
  @inlinable @inline(__always)
  public func contains(_ address: Address) -> Bool {
    guard Self.holds(address) else { return false }
    return (bits &>> Int(truncatingIfNeeded: address.l0 &- 1)).l0 & 1 == 1
  }

  @inlinable @inline(__always)
  static func holds(_ address: Address) -> Bool {
    (address.l1 | UInt64(address.l2)) == 0 && address.l0 &- 1 < 256
  }
}
