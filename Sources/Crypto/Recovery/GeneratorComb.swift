// The table of multiples of the generator that recovery adds.

internal import CSecp256k1Lanes
internal import Primitives

/// Sums of ±2^t·G for the fifteen t of `NT_COMB_ENTRIES`, with the last one added: 1.3 MB, made once when
/// first needed, in a few milliseconds.
enum GeneratorComb {
  /// The table in the form that these lanes read.
  static func words(for lanes: UnsafePointer<nt_lanes>) -> UnsafePointer<UInt64> {
    lanes.pointee.limbs_are_doubles ? doubles : integers
  }

  // Made once, and never written or freed after.
  nonisolated(unsafe) private static let doubles = laidOut(limbsAreDoubles: true)
  nonisolated(unsafe) private static let integers = laidOut(limbsAreDoubles: false)

  /// A point with coordinates in Montgomery form.
  private struct Point: BitwiseCopyable {
    var x: UInt256
    var y: UInt256
  }

  private static let field = MontgomeryModulus.field

  /// The generator.
  private static var generator: Point {
    Point(
      x: field.product(
        UInt256(
          l0: 0x59f2_815b_16f8_1798, l1: 0x029b_fcdb_2dce_28d9, l2: 0x55a0_6295_ce87_0b07,
          l3: 0x79be_667e_f9dc_bbac), field.rSquared),
      y: field.product(
        UInt256(
          l0: 0x9c47_d08f_fb10_d4b8, l1: 0xfd17_b448_a685_5419, l2: 0x5da4_fbfc_0e11_08a8,
          l3: 0x483a_da77_26a3_c465), field.rSquared))
  }

  /// Where the line through `p` with this slope meets the curve again, after `other`, mirrored.
  private static func follow(_ p: Point, _ otherX: UInt256, slope: UInt256) -> Point {
    let x = field.difference(field.difference(field.product(slope, slope), p.x), otherX)
    return Point(
      x: x, y: field.difference(field.product(slope, field.difference(p.x, x)), p.y))
  }

  private static func doubled(_ p: Point) -> Point {
    let square = field.product(p.x, p.x)
    let numerator = field.sum(square, field.sum(square, square))
    // 1/(2y·R) times R³ is R/(2y), the Montgomery form, by two products with R².
    let inverse = field.product(
      field.product(field.inverse(field.sum(p.y, p.y)), field.rSquared), field.rSquared)
    return follow(p, p.x, slope: field.product(numerator, inverse))
  }

  /// The points, each step doubling how many there are: with 2^t·G subtracted and, behind, added.
  private static func points() -> [Point] {
    let teeth = [0, 1, 2, 3, 4, 90, 91, 92, 93, 94, 180, 181, 182, 183, 184]
    var powers = [generator]
    while powers.count <= 184 { powers.append(doubled(powers[powers.count - 1])) }
    var points = [powers[184]]
    for tooth in teeth.dropLast() {
      let power = powers[tooth]
      var inverses = points.map { field.difference(power.x, $0.x) }
      var scratch = inverses
      inverses.withUnsafeMutableBufferPointer { inverses in
        scratch.withUnsafeMutableBufferPointer { scratch in
          // 1/(d·R) times R² is R/d by products that divide by R: scale is R⁴/R.
          field.invertAll(
            inverses, scratch: scratch, scale: field.product(field.rSquared, field.rSquared))
        }
      }
      let negative = field.difference(.zero, power.y)
      let pairs = zip(points, inverses)
      let less = pairs.map { point, inverse in
        follow(
          point, power.x, slope: field.product(field.difference(negative, point.y), inverse))
      }
      let more = pairs.map { point, inverse in
        follow(point, power.x, slope: field.product(field.difference(power.y, point.y), inverse))
      }
      points = less + more
    }
    return points
  }

  private static func laidOut(limbsAreDoubles: Bool) -> UnsafePointer<UInt64> {
    let stride = Int(NT_COMB_ENTRY_WORDS)
    let words = UnsafeMutablePointer<UInt64>.allocate(capacity: Int(NT_COMB_ENTRIES) * stride)
    for (index, point) in points().enumerated() {
      let entry = words + index * stride
      for (coordinate, start) in [(point.x, 0), (point.y, 5)] {
        let number = field.product(.one, coordinate)  // out of Montgomery form
        for (place, limb) in limbs(number, signed: limbsAreDoubles).enumerated() {
          (entry + start + place).initialize(
            to: limbsAreDoubles ? Double(limb).bitPattern : UInt64(bitPattern: limb))
        }
      }
    }
    return UnsafePointer(words)
  }

  /// Five limbs of 52 bits; when `signed`, the lower four in [−2^51, 2^51).
  private static func limbs(_ number: UInt256, signed: Bool) -> [Int64] {
    let mask: UInt64 = 1 &<< 52 &- 1
    var limbs = [
      number.l0 & mask, (number.l0 &>> 52 | number.l1 &<< 12) & mask,
      (number.l1 &>> 40 | number.l2 &<< 24) & mask, (number.l2 &>> 28 | number.l3 &<< 36) & mask,
      number.l3 &>> 16,
    ].map { Int64($0) }
    guard signed else { return limbs }
    for place in 0..<4 where limbs[place] >= 1 &<< 51 {
      limbs[place] -= 1 &<< 52
      limbs[place + 1] += 1
    }
    return limbs
  }
}
