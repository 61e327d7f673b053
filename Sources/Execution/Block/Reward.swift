// What the producer of a block earns.

public import Ledger
public import Primitives

/// Ether that comes into being at the end of a block, before Paris.
public struct Reward: Sendable, Hashable {
  /// Who earns it.
  public var address: Address
  /// In wei.
  public var amount: UInt256

  /// A reward of `amount` wei.
  public init(address: Address, amount: UInt256) {
    self.address = address
    self.amount = amount
  }

  /// The reward for a block without ommers, in wei: 5 ether, 3 since Byzantium (EIP-649), 2 since
  /// Constantinople (EIP-1234), none since Paris (EIP-3675).
  public static func base(_ fork: Fork) -> UInt256 {
    let ether: UInt64 = 1_000_000_000_000_000_000
    if fork >= .paris { return .zero }
    if fork >= .constantinople { return UInt256(2 * ether) }
    return UInt256((fork >= .byzantium ? 3 : 5) * ether)
  }

  /// The rewards of a block (Yellow Paper, section 11.3), the producer's first: it earns a 32nd more
  /// for each ommer, and the producer of an ommer as many eighths as the ommer is younger than eight
  /// generations.
  public static func all(of header: Header, ommers: [Header], fork: Fork) -> [Reward] {
    let base = base(fork)
    if base.isZero { return [] }
    let forOmmer = base &>> 5
    var rewards = [
      Reward(
        address: header.coinbase, amount: base &+ forOmmer &* UInt256(UInt64(ommers.count)))
    ]
    for ommer in ommers {
      let age = header.number.subtractingReportingOverflow(ommer.number).partialValue
      let eighths = age < 8 ? 8 - age : 0
      rewards.append(
        Reward(address: ommer.coinbase, amount: (base &* UInt256(eighths)) &>> 3))
    }
    return rewards
  }
}
