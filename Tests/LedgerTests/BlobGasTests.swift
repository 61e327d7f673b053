// Blob prices and excess against the specification's formulas, computed with unbounded integers.

import Primitives
import Testing

@testable import Ledger

@Suite struct BlobGasTests {
  @Test func thePriceFollowsTheExponential() {
    let cases: [(UInt64, BlobParameters, String)] = [
      (0, .cancun, "1"), (393_216, .cancun, "1"), (2_314_057, .cancun, "1"),
      (10_485_760, .cancun, "23"), (148_099_578, .cancun, "18446739238971471609"),
      (161_087_488, .cancun, "902580055246494526580"),
      (332_000_000, .cancun, "15455580447264780507137778015772472702025626"),
      (200_000_000, .prague, "221315816840568244"),
    ]
    for (excess, parameters, expected) in cases {
      #expect(BlobGas.baseFee(excess: excess, parameters: parameters).decimal == expected)
    }
  }

  @Test func theGasOfBlobsEndsAtTheLargestValue() {
    #expect(BlobGas.gas(ofBlobs: 0) == 0)
    #expect(BlobGas.gas(ofBlobs: 6) == 786_432)
    #expect(BlobGas.gas(ofBlobs: 0x7fff_ffff_ffff) == 18_446_744_073_709_420_544)
    #expect(BlobGas.gas(ofBlobs: 0x8000_0000_0000) == UInt64.max)
    #expect(BlobGas.gas(ofBlobs: .max) == UInt64.max)
  }

  @Test func hugeExcessEndsAtTheLargestPrice() {
    // 486854878 is the last excess whose terms stay within 256 bits: a price of 2^210 wei.
    let last = BlobGas.baseFee(excess: 486_854_878, parameters: .cancun)
    #expect(last.bitWidth == 211)
    #expect(BlobGas.baseFee(excess: 486_854_879, parameters: .cancun) == .max)
    #expect(BlobGas.baseFee(excess: .max, parameters: .cancun) == .max)
    for fraction in [0, 1, UInt64.max] {
      let parameters = BlobParameters(target: 1, max: 1, baseFeeUpdateFraction: fraction)
      #expect(BlobGas.baseFee(excess: .max, parameters: parameters) == (fraction < 2 ? .max : 2))
    }
  }

  @Test func theExcessCountsWhatIsAboveTheTarget() {
    func excess(_ parentExcess: UInt64, _ used: UInt64) -> UInt64 {
      BlobGas.excess(
        parentExcess: parentExcess, parentUsed: used, parentBaseFee: 7, parameters: .cancun,
        fork: .cancun)
    }
    #expect(excess(0, 0) == 0)
    #expect(excess(0, 393_216) == 0)
    #expect(excess(0, 786_432) == 393_216)
    #expect(excess(393_216, 262_144) == 262_144)
    #expect(excess(.max, .max) == UInt64.max - 393_216)
  }

  @Test func belowTheReserveTheExcessDoesNotFall() {
    func excess(
      _ parentExcess: UInt64, _ used: UInt64, _ baseFee: UInt256, _ fork: Fork = .osaka,
      _ parameters: BlobParameters = .prague
    ) -> UInt64 {
      BlobGas.excess(
        parentExcess: parentExcess, parentUsed: used, parentBaseFee: baseFee,
        parameters: parameters, fork: fork)
    }
    #expect(excess(0, 786_432, 1_000_000_000) == 262_144)
    #expect(excess(0, 786_432, 1_000_000_000, .prague) == 0)
    #expect(excess(0, 1_179_648, 1_000_000_000) == 393_216)
    // At 16 wei of base fee 2^13 gas cost exactly what 2^17 blob gas cost at one wei.
    #expect(excess(1_000_000, 786_432, 16) == 1_000_000)
    #expect(excess(1_000_000, 786_432, 17) == 1_262_144)
    #expect(
      excess(
        100_000_000, 1_179_648, 100_000_000_000, .osaka,
        BlobParameters(target: 14, max: 21, baseFeeUpdateFraction: 11_684_671)) == 100_393_216)
    #expect(excess(1_000_000, 786_432, .max) == 1_262_144)
    // Parameters that make no sense must not trap.
    for parameters in [
      BlobParameters(target: .max, max: 1, baseFeeUpdateFraction: 1),
      BlobParameters(target: 0, max: 0, baseFeeUpdateFraction: 0),
      BlobParameters(target: 0, max: .max, baseFeeUpdateFraction: 1),
    ] {
      _ = excess(.max, .max, .max, .osaka, parameters)
      _ = excess(0, .max, .max, .osaka, parameters)
    }
  }
}
