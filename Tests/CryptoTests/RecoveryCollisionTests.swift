// Signatures made so that points meet in the middle of a recovery.

import CSecp256k1Lanes
import Primitives
import Samples
import Testing

@testable import Crypto

@Suite struct RecoveryCollisionTests {
  static let ways = BatchRecovery.allCases.filter { $0.isAvailable && $0 != .single }

  private static let order = Secp256k1.order
  private static func plus(_ x: UInt256, _ y: UInt256) -> UInt256 { .addModulo(x, y, order) }
  private static func times(_ x: UInt256, _ y: UInt256) -> UInt256 { .multiplyModulo(x, y, order) }
  private static func minus(_ x: UInt256, _ y: UInt256) -> UInt256 { plus(x, order &- y) }

  /// A number that depends on the point R = k·G: fixed + slope·k.
  private struct Line {
    var fixed = UInt256.zero
    var slope = UInt256.zero

    /// The k at which both are equal.
    func meeting(_ other: Line) -> UInt256 {
      let modulus = MontgomeryModulus.order
      let inverse = modulus.inverse(minus(slope, other.slope))
      return times(minus(other.fixed, fixed), inverse)
    }

    var negated: Line { Line(fixed: minus(.zero, fixed), slope: minus(.zero, slope)) }
  }

  /// The factors of G that a recovery with these multipliers goes through, window by window: of R, and
  /// of the comb.
  private struct Windows {
    var ofR: [Line] = []
    var ofComb: [Line] = []

    init(u1: UInt256, u2: UInt256) {
      let modulus = MontgomeryModulus.order
      // With r = 1, the multipliers are −hash and s.
      let scalars = RecoveryScalars(
        RecoverableHash(hash: Hash256(minus(.zero, u1)), r: .one, s: u2, yParity: 0),
        inverseOfR: modulus.product(.one, modulus.rSquared))
      let input = scalars.laneInput(
        RecoverableHash(hash: .zero, r: .one, s: .one, yParity: 0))
      let b = [input.b.0, input.b.1, input.b.2]
      let c = [input.c.0, input.c.1, input.c.2]
      let a = [input.a.0, input.a.1, input.a.2, input.a.3, input.a.4]
      func sum(_ words: [UInt64], _ first: Int, from low: Int) -> UInt256 {
        (0..<5).reduce(UInt256.zero) { sum, place in
          let bit = words[(first + place) / 64] >> UInt64((first + place) % 64) & 1
          let power = UInt256.one &<< (low + place)
          return bit == 1 ? plus(sum, power) : minus(sum, power)
        }
      }
      for window in 0..<26 {
        let first = 5 * window
        let slope = plus(
          sum(b, first, from: 0), times(sum(c, first, from: 0), GeneratorMultiple.lambda))
        ofR.append(Line(slope: slope))
        guard window < 18 else { continue }
        let parts = [0, 90, 180].map { sum(a, $0 + first, from: $0) }
        ofComb.append(Line(fixed: parts.reduce(.zero, plus)))
      }
    }

    /// What stands in the accumulator before `window` is added.
    func accumulated(before window: Int) -> Line {
      var sum = Line()
      for index in ((window + 1)..<26).reversed() {
        let added = self.added(index)
        sum = Line(
          fixed: times(plus(sum.fixed, added.fixed), UInt256(32)),
          slope: times(plus(sum.slope, added.slope), UInt256(32)))
      }
      return sum
    }

    /// What `window` adds.
    func added(_ window: Int) -> Line {
      Line(fixed: window < 18 ? ofComb[window].fixed : .zero, slope: ofR[window].slope)
    }
  }

  @Test func windowsAddUpToTheKey() {
    var random = SeededGenerator(seed: 3)
    for _ in 0..<50 {
      let (u1, u2) = (random.uniformWord() &>> 1, random.uniformWord() &>> 1)
      let windows = Windows(u1: u1, u2: u2)
      let (sum, last) = (windows.accumulated(before: 0), windows.added(0))
      #expect(Self.plus(sum.fixed, last.fixed) == u1)
      #expect(Self.plus(sum.slope, last.slope) == u2)
    }
  }

  /// Signatures for which two points are equal or opposite when `pick` of a window's lines meet.
  private func signatures(
    windows: Range<Int>, _ pick: (Windows, Int) -> (Line, Line)
  ) throws -> [RecoverableHash] {
    var random = SeededGenerator(seed: 4)
    return try windows.flatMap { window in
      try [false, true].map { opposite in
        let (u1, u2) = (random.uniformWord() &>> 1, random.uniformWord() &>> 1)
        let (one, other) = pick(Windows(u1: u1, u2: u2), window)
        let factor = one.meeting(opposite ? other.negated : other)
        return try #require(GeneratorMultiple(factor)).signature(u1: u1, u2: u2)
      }
    }
  }

  private func compare(_ signatures: [RecoverableHash], _ way: BatchRecovery) {
    let expected = signatures.map { Secp256k1.recover($0) }
    #expect(Secp256k1.recover(signatures, by: way) == expected)
    #expect(expected.contains { $0 != nil })
    // Among others, each in another lane.
    var random = SeededGenerator(seed: 5)
    for signature in signatures {
      var mixed = (0..<20).map { _ in random.recoverableHash() }
      mixed[random.below(20)] = signature
      #expect(Secp256k1.recover(mixed, by: way) == mixed.map { Secp256k1.recover($0) })
    }
  }

  @Test(arguments: ways)
  func windowsThatMeetTheCombAreRight(_ way: BatchRecovery) throws {
    compare(try signatures(windows: 0..<18) { ($0.ofR[$1], $0.ofComb[$1]) }, way)
  }

  @Test(arguments: ways)
  func windowsThatMeetTheAccumulatorAreRight(_ way: BatchRecovery) throws {
    // Above the comb's windows all are multiples of R, and only numbers of 128 bits could meet.
    compare(
      try signatures(windows: 0..<18) { ($0.accumulated(before: $1), $0.added($1)) }, way)
  }

  @Test func scalarsAreSplitIntoOddHalves() {
    var random = SeededGenerator(seed: 6)
    let limit = UInt256.one &<< 130
    func check(_ k: UInt256) {
      let (b, c) = RecoveryScalars.split(k)
      for half in [b, c] {
        #expect(half.l0 & 1 == 1)
        #expect((half.isNegative ? half.negated : half) < limit)
      }
      func reduced(_ x: UInt256) -> UInt256 {
        x.isNegative ? Self.order &- x.negated : x
      }
      #expect(Self.plus(reduced(b), Self.times(reduced(c), GeneratorMultiple.lambda)) == k)
    }
    for _ in 0..<5_000 { check(random.uniformWord() % Self.order) }
    for _ in 0..<5_000 { check(random.word() % Self.order) }
    for small in 0..<100 as Range<UInt64> {
      check(UInt256(small))
      check(Self.order &- UInt256(small + 1))
    }
  }

  @Test func productsByMontgomeryAreProducts() {
    var random = SeededGenerator(seed: 7)
    for modulus in [MontgomeryModulus.order, .field] {
      let m = modulus.value
      for _ in 0..<5_000 {
        let (x, y) = (random.word(), random.word() % m)
        let form = modulus.product(y, modulus.rSquared)
        #expect(modulus.product(x, form) == UInt256.multiplyModulo(x, y, m))
        #expect(modulus.sum(x % m, y) == UInt256.addModulo(x, y, m))
        #expect(modulus.difference(x % m, y) == UInt256.addModulo(x % m, m &- y, m))
        if !y.isZero { #expect(UInt256.multiplyModulo(modulus.inverse(y), y, m) == .one) }
      }
    }
  }
}
