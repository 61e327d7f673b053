// The price of blob space.

public import Primitives

/// The arithmetic of blob gas (EIP-4844, EIP-7691, EIP-7918).
public enum BlobGas {
  /// The blob gas of one blob.
  public static let perBlob: UInt64 = 1 << 17
  /// The least price of a unit of blob gas, in wei.
  public static let minimumBaseFee: UInt64 = 1
  /// The execution gas that a blob shall cost at least (EIP-7918).
  public static let reserveExecutionGas: UInt64 = 1 << 13

  /// The blob gas of `count` blobs; a count beyond what 64 bits of gas can pay for, which no chain
  /// allows, has 2^64 − 1.
  public static func gas(ofBlobs count: UInt64) -> UInt64 { count.multipliedOrMax(by: perBlob) }

  /// The price per unit of blob gas in a block whose header has this excess, in wei.
  ///
  /// Where the computation leaves 256 bits, for prices beyond about 2^200 wei, which no chain can
  /// reach, the answer is 2^256 − 1.
  public static func baseFee(excess: UInt64, parameters: BlobParameters) -> UInt256 {
    fakeExponential(
      factor: minimumBaseFee, numerator: excess, denominator: parameters.baseFeeUpdateFraction)
  }

  /// The excess blob gas of a block, from its parent's header and the block's own rules.
  ///
  /// All values of the parent are zero when it had no blob fields. A sum beyond 64 bits, which no
  /// valid chain has, stays at the largest 64-bit value.
  public static func excess(
    parentExcess: UInt64, parentUsed: UInt64, parentBaseFee: UInt256,
    parameters: BlobParameters, fork: Fork
  ) -> UInt64 {
    let target = gas(ofBlobs: parameters.target)
    let sum = parentExcess.addedOrMax(parentUsed)
    if sum < target { return 0 }
    if fork >= .osaka && parameters.max > 0
      && isBelowReserve(excess: parentExcess, baseFee: parentBaseFee, parameters: parameters)
    {
      // The excess grows with use but never falls, so the price cannot drop below the reserve.
      let above = parameters.max - min(parameters.target, parameters.max)
      // `above` ≤ `max`: the quotient fits, and the division cannot trap.
      let growth = (UInt128(parentUsed) * UInt128(above)) / UInt128(parameters.max)
      return parentExcess.addedOrMax(UInt64(growth))
    }
    return sum - target
  }

  /// Whether blobs cost less than the execution gas they are held to cost (EIP-7918).
  private static func isBelowReserve(
    excess: UInt64, baseFee: UInt256, parameters: BlobParameters
  ) -> Bool {
    let price = self.baseFee(excess: excess, parameters: parameters)
    let (reserve, reserveOverflow) = baseFee.multipliedReportingOverflow(
      by: UInt256(reserveExecutionGas))
    let (cost, costOverflow) = price.multipliedReportingOverflow(by: UInt256(perBlob))
    if costOverflow { return false }
    return reserveOverflow || reserve > cost
  }

  /// An approximation of factor · e^(numerator / denominator) by its Taylor series in integers, as
  /// EIP-4844 defines it; 2^256 − 1 where a term leaves 256 bits, or for a zero denominator.
  static func fakeExponential(
    factor: UInt64, numerator: UInt64, denominator: UInt64
  ) -> UInt256 {
    if denominator == 0 { return .max }
    let (top, bottom) = (UInt256(numerator), UInt256(denominator))
    var sum = UInt256.zero
    var term = UInt256(factor) &* bottom
    var index: UInt64 = 1
    // Terms grow at most until `index` passes the quotient, and overflow ends the loop long before
    // a large quotient is reached: e^180 has more than 256 bits.
    while !term.isZero {
      let (next, sumOverflow) = sum.addingReportingOverflow(term)
      let (product, termOverflow) = term.multipliedReportingOverflow(by: top)
      if sumOverflow || termOverflow { return .max }
      sum = next
      term = product.dividedOrZero(by: bottom &* UInt256(index))
      index += 1
    }
    return sum.dividedOrZero(by: bottom)
  }
}

extension UInt64 {
  fileprivate func addedOrMax(_ other: UInt64) -> UInt64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }

  fileprivate func multipliedOrMax(by other: UInt64) -> UInt64 {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? .max : product
  }
}
