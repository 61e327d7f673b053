// The price per gas that is burnt.

public import Ledger
public import Primitives

/// What the base fee of a block must be (EIP-1559).
public enum BaseFee {
  /// The base fee of London's first block: one gwei.
  public static let initial = UInt256(1_000_000_000 as UInt64)
  /// How many times the target the gas limit is.
  public static let elasticity: UInt64 = 2
  /// A block changes the fee by an eighth at most.
  static let changeDenominator = UInt256(8 as UInt64)

  /// The base fee of the child of `parent`, in wei per gas: the initial one when the parent has none.
  public static func next(after parent: Header) -> UInt256 {
    guard let fee = parent.baseFeePerGas else { return initial }
    let target = parent.gasLimit / elasticity
    if parent.gasUsed == target { return fee }
    let isAbove = parent.gasUsed > target
    let distance = isAbove ? parent.gasUsed - target : target - parent.gasUsed
    let change = fee.multipliedOrMax(by: UInt256(distance))
      .dividedOrZero(by: UInt256(target)).dividedOrZero(by: changeDenominator)
    if !isAbove { return change < fee ? fee &- change : .zero }
    return fee.addedOrMax(change.isZero ? UInt256(1 as UInt64) : change)
  }
}
