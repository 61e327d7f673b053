// The precompiled contracts over BLS12-381 (EIP-2537).

import Crypto
import Primitives

extension Precompile {
  /// 0x0b to 0x11, all but the pairing: points in, a point out.
  static func bls12381(
    _ function: (UnsafeRawBufferPointer) -> [UInt8]?, _ input: UnsafeRawBufferPointer,
    _ output: inout PrecompileOutput
  ) -> Bool {
    guard let point = function(input) else { return false }
    output.set(point)
    return true
  }

  /// 0x0f: whether a product of pairings over BLS12-381 is one.
  static func bls12381Pairing(
    _ input: UnsafeRawBufferPointer, _ output: inout PrecompileOutput
  ) -> Bool {
    guard let isOne = BLS12381.pairingCheck(input) else { return false }
    UInt256(isOne).storeBigEndian(at: output.resize(to: 32))
    return true
  }
}
