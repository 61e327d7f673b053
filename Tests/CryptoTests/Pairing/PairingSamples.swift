// Reproducible elements and points for the pairing tests.

import Primitives
import Samples

@testable import Crypto

extension SeededGenerator {
  mutating func element<F: PrimeField>(_: F.Type = F.self) -> F {
    while true {
      var bytes = (0..<F.byteCount).map { _ in UInt8(truncatingIfNeeded: next()) }
      bytes[0] &= 0x3f
      if let x = bytes.withUnsafeBytes({ F(bigEndian: $0.baseAddress!) }) { return x }
    }
  }

  mutating func element<F: PrimeField>(_: Fp2<F>.Type = Fp2<F>.self) -> Fp2<F> {
    Fp2(element(), element())
  }

  mutating func element<C: PairingCurve>(_: Fp6<C>.Type = Fp6<C>.self) -> Fp6<C> {
    Fp6(element(), element(), element())
  }

  mutating func element<C: PairingCurve>(_: Fp12<C>.Type = Fp12<C>.self) -> Fp12<C> {
    Fp12(element(), element())
  }
}

extension PrimeField {
  /// A small integer.
  init(_ value: Int) {
    self = .zero
    for _ in 0..<value { self = self + .one }
  }

  /// p as words, least significant first.
  static var modulusWords: [UInt64] {
    let bytes = (Self.zero - .one).bytes
    var words = stride(from: bytes.count - 8, through: 0, by: -8).map { i in
      bytes[i..<i + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    }
    words[0] += 1
    return words
  }

  var bytes: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Self.byteCount)
    bytes.withUnsafeMutableBytes { store(bigEndian: $0.baseAddress!) }
    return bytes
  }

  /// Values at which carries and reductions happen or just do not.
  static var edges: [Self] {
    let half = one.halved()
    return [zero, one, -one, half, -half, half - one, Self(2), -Self(2), -Self(3)]
  }
}

extension AffinePoint {
  /// n·p by plain double and add, n in words, least significant first.
  func doubledAndAdded(_ n: [UInt64]) -> JacobianPoint<Group> {
    var result = JacobianPoint<Group>.infinity
    for word in n.reversed() {
      for bit in (0..<64).reversed() {
        result = result.doubled()
        if word &>> UInt64(bit) & 1 == 1 { result = result + self }
      }
    }
    return result
  }
}

extension Array where Element == UInt8 {
  init(hex: String) throws { self = try Hex.decode(hex) }
}
