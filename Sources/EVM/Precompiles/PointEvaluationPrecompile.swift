// KZG_POINT_EVALUATION, 0x0a: whether the polynomial of a blob has a value at a point (EIP-4844).

import Crypto
import Primitives

extension Precompile {
  /// 0x0a: the number of elements of a blob and the modulus of their field, where the proof is good.
  static func pointEvaluation(
    _ input: UnsafeRawBufferPointer, _ output: inout PrecompileOutput
  ) -> Bool {
    guard KZG.evaluatesAsClaimed(input) else { return false }
    let room = output.resize(to: 64)
    UInt256(UInt64(KZG.elementsPerBlob)).storeBigEndian(at: room)
    KZG.modulus.storeBigEndian(at: room + 32)
    return true
  }
}
