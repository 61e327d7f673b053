// The difficulty of blocks under proof of work.

public import Ledger
public import Primitives

/// What the difficulty of a block must be, from its parent and the time between them.
public enum Difficulty {
  /// The least difficulty of a block.
  public static let minimum = UInt256(131_072 as UInt64)

  /// The difficulty of block `number` under `fork` (Yellow Paper, section 4.3.4; EIP-2, EIP-100 and
  /// the delays of the bomb). A value beyond 2^256 − 1 stays there.
  ///
  /// - Parameters:
  ///   - parentHasOmmers: counts from Byzantium on.
  ///   - timestamp: of the block, in seconds, as `parentTimestamp`; taken as not before it.
  public static func of(
    number: UInt64, timestamp: UInt64, parentDifficulty: UInt256, parentTimestamp: UInt64,
    parentHasOmmers: Bool, fork: Fork
  ) -> UInt256 {
    let elapsed = timestamp < parentTimestamp ? 0 : timestamp - parentTimestamp
    let steps = steps(elapsed, parentHasOmmers, fork)
    let change = (parentDifficulty &>> 11) &* UInt256(UInt64(steps.magnitude))
    // At most 99 2048ths are taken away.
    let adjusted = steps < 0 ? parentDifficulty &- change : parentDifficulty.addedOrMax(change)
    let withBomb = adjusted.addedOrMax(bomb(number, fork))
    return withBomb < minimum ? minimum : withBomb
  }

  /// By how many 2048ths of the parent's difficulty it rises or falls.
  private static func steps(_ elapsed: UInt64, _ parentHasOmmers: Bool, _ fork: Fork) -> Int64 {
    if fork < .homestead { return elapsed < 13 ? 1 : -1 }
    if fork < .byzantium { return max(1 - Int64(elapsed / 10), -99) }
    return max((parentHasOmmers ? 2 : 1) - Int64(elapsed / 9), -99)
  }

  /// What doubles every 100,000 blocks.
  private static func bomb(_ number: UInt64, _ fork: Fork) -> UInt256 {
    let delay = bombDelay(fork)
    let periods = number > delay ? (number - delay) / 100_000 : 0
    if periods < 2 { return .zero }
    return periods - 2 < 256 ? UInt256(1 as UInt64) &<< Int(periods - 2) : .max
  }

  /// By how many blocks the bomb comes late.
  private static func bombDelay(_ fork: Fork) -> UInt64 {
    switch fork {
    case ..<Fork.byzantium: 0
    case ..<Fork.constantinople: 3_000_000  // EIP-649
    case ..<Fork.muirGlacier: 5_000_000  // EIP-1234
    case ..<Fork.london: 9_000_000  // EIP-2384
    case ..<Fork.arrowGlacier: 9_700_000  // EIP-3554
    case ..<Fork.grayGlacier: 10_700_000  // EIP-4345
    default: 11_400_000  // EIP-5133
    }
  }
}

extension UInt256 {
  /// The sum, or 2^256 − 1 where it is larger.
  func addedOrMax(_ other: UInt256) -> UInt256 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }

  /// The product, or 2^256 − 1 where it is larger.
  func multipliedOrMax(by other: UInt256) -> UInt256 {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? .max : product
  }
}
