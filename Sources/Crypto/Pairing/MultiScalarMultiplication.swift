// Sums of multiples of many points, by buckets.

/// A point and the non-negative integer that multiplies it.
struct ScalarTerm<Group: CurveGroup>: BitwiseCopyable {
  var point: AffinePoint<Group>
  var scalar: UInt128
}

/// The sum of scalar·point over all terms, whose scalars have at most `bitCount` bits and are consumed
/// (Pippenger's bucket method with signed digits).
func sum<Group: CurveGroup>(
  of terms: UnsafeMutableBufferPointer<ScalarTerm<Group>>, bitCount: Int
) -> JacobianPoint<Group> {
  let width = windowWidth(termCount: terms.count, bitCount: bitCount)
  // One window more than the bits need takes the last carry.
  let windowCount = bitCount / width + 1
  let bucketCount = 1 &<< (width - 1)
  return withUnsafeTemporaryAllocation(
    of: JacobianPoint<Group>.self, capacity: windowCount + bucketCount
  ) { slab in
    let windows = UnsafeMutableBufferPointer(rebasing: slab[..<windowCount])
    let buckets = UnsafeMutableBufferPointer(rebasing: slab[windowCount...])
    for i in 0..<windowCount {
      buckets.initialize(repeating: .infinity)
      distribute(terms, into: buckets, width: width)
      windows.initializeElement(at: i, to: weightedSum(buckets))
    }
    var result = windows[windowCount - 1]
    for i in (0..<windowCount - 1).reversed() {
      for _ in 0..<width { result = result.doubled() }
      result = result + windows[i]
    }
    return result
  }
}

/// Takes the lowest digit of every scalar, in −2^(width−1) < d ≤ 2^(width−1), and adds its point to, or
/// subtracts it from, bucket |d|.
@inline(__always)
private func distribute<Group: CurveGroup>(
  _ terms: UnsafeMutableBufferPointer<ScalarTerm<Group>>,
  into buckets: UnsafeMutableBufferPointer<JacobianPoint<Group>>, width: Int
) {
  let half = buckets.count
  for i in terms.indices {
    var digit = Int(truncatingIfNeeded: terms[i].scalar) & (2 * half - 1)
    terms[i].scalar = terms[i].scalar &>> UInt128(width)
    if digit > half {
      digit -= 2 * half
      terms[i].scalar &+= 1
    }
    if digit > 0 {
      buckets[digit - 1] = buckets[digit - 1] + terms[i].point
    } else if digit < 0 {
      buckets[-digit - 1] = buckets[-digit - 1] + -terms[i].point
    }
  }
}

/// Σ (i + 1)·bucket i, by sums of suffixes.
@inline(__always)
private func weightedSum<Group: CurveGroup>(
  _ buckets: UnsafeMutableBufferPointer<JacobianPoint<Group>>
) -> JacobianPoint<Group> {
  var suffix = JacobianPoint<Group>.infinity
  var total = JacobianPoint<Group>.infinity
  for bucket in buckets.reversed() {
    suffix = suffix + bucket
    total = total + suffix
  }
  return total
}

/// The width that minimizes the additions: each window costs one a term and two a bucket.
private func windowWidth(termCount: Int, bitCount: Int) -> Int {
  var best = 2
  var least = Int.max
  for width in 2...14 {
    let additions = (bitCount / width + 1) * (termCount + 1 &<< width)
    if additions < least {
      least = additions
      best = width
    }
  }
  return best
}
