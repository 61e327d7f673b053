// Inversion modulo an odd prime by division steps (Bernstein and Yang, "Fast constant-time gcd
// computation and modular inversion", 2019), in the variable-time form: no input here is secret.

/// The 2 × 2 integer matrix, scaled by 2⁶², of 62 division steps.
private struct StepMatrix {
  var u: Int64 = 1
  var v: Int64 = 0
  var q: Int64 = 0
  var r: Int64 = 1

  /// Runs 62 division steps on the lowest bits of f and g; `eta` is −δ.
  @inline(__always)
  init(_ eta: inout Int, _ lowF: Int64, _ lowG: Int64) {
    var f = UInt64(bitPattern: lowF)
    var g = UInt64(bitPattern: lowG)
    var remaining = 62
    while true {
      // Halve g while it is even: each halving is a step.
      let zeros = (g | ~0 &<< UInt64(remaining)).trailingZeroBitCount
      g = g &>> UInt64(zeros)
      u = u &<< Int64(zeros)
      v = v &<< Int64(zeros)
      eta &-= zeros
      remaining &-= zeros
      if remaining == 0 { return }
      if eta < 0 {
        eta = 0 &- eta
        (f, g) = (g, 0 &- f)
        (u, q) = (q, 0 &- u)
        (v, r) = (r, 0 &- v)
      }
      // Until δ turns positive again, steps only add f: cancel up to six bits of g at once, by
      // w = −g/f mod 2⁶ (f·(2 − f²) is 1/f modulo 2⁶ for odd f).
      let limit = min(eta &+ 1, remaining)
      let mask = (~0 as UInt64) &>> UInt64(64 &- limit) & 63
      let w = (g &* f &* (f &* f &- 2)) & mask
      g = g &+ f &* w
      q = q &+ u &* Int64(bitPattern: w)
      r = r &+ v &* Int64(bitPattern: w)
    }
  }
}

@inline(__always) private var limbMask: UInt64 { 1 &<< 62 &- 1 }

@inline(__always)
private func low62(_ x: Int128) -> Int64 {
  Int64(truncatingIfNeeded: x) & Int64(bitPattern: limbMask)
}

@inline(__always)
private func times(_ x: Int64, _ y: Int64) -> Int128 { Int128(x) &* Int128(y) }

/// Splits words into limbs of 62 bits.
@inline(__always)
private func split(
  _ words: UnsafePointer<UInt64>, _ wordCount: Int, into limbs: UnsafeMutablePointer<Int64>,
  _ limbCount: Int
) {
  for i in 0..<limbCount {
    let word = 62 &* i / 64
    let shift = UInt64(62 &* i % 64)
    var limb = word < wordCount ? words[word] &>> shift : 0
    if shift > 2 && word + 1 < wordCount { limb |= words[word + 1] &<< (64 &- shift) }
    limbs[i] = Int64(bitPattern: limb & limbMask)
  }
}

/// Replaces the integer x < p by 1/x mod p, and zero by zero. Words are least significant first;
/// `limbCount` limbs of 62 bits must hold p and two bits more.
@inline(__always)
func invert(
  _ x: UnsafeMutablePointer<UInt64>, modulo p: UnsafePointer<UInt64>, inverseOfP: UInt64,
  wordCount: Int, limbCount n: Int
) {
  withUnsafeTemporaryAllocation(of: Int64.self, capacity: 5 * n) { slab in
    guard let modulus = slab.baseAddress else { return }
    let f = modulus + n
    let g = modulus + 2 * n
    let d = modulus + 3 * n
    let e = modulus + 4 * n
    split(p, wordCount, into: modulus, n)
    split(p, wordCount, into: f, n)
    split(UnsafePointer(x), wordCount, into: g, n)
    for i in 0..<n {
      d[i] = 0
      e[i] = i == 0 ? 1 : 0
    }
    var eta = -1
    while !isZero(g, n) {
      let matrix = StepMatrix(&eta, f[0], g[0])
      updateOperands(f, g, matrix, n)
      updateCoefficients(d, e, matrix, modulus, Int64(bitPattern: inverseOfP & limbMask), n)
    }
    normalize(d, negate: f[n - 1] < 0, modulus, n)
    join(d, n, into: x, wordCount)
  }
}

@inline(__always)
private func isZero(_ x: UnsafePointer<Int64>, _ n: Int) -> Bool {
  var bits: Int64 = 0
  for i in 0..<n { bits |= x[i] }
  return bits == 0
}

/// (f, g) becomes (u·f + v·g, q·f + r·g)/2⁶², which is exact.
@inline(__always)
private func updateOperands(
  _ f: UnsafeMutablePointer<Int64>, _ g: UnsafeMutablePointer<Int64>, _ t: StepMatrix, _ n: Int
) {
  var cf = times(t.u, f[0]) &+ times(t.v, g[0])
  var cg = times(t.q, f[0]) &+ times(t.r, g[0])
  for i in 1..<n {
    cf = (cf &>> 62) &+ times(t.u, f[i]) &+ times(t.v, g[i])
    cg = (cg &>> 62) &+ times(t.q, f[i]) &+ times(t.r, g[i])
    f[i - 1] = low62(cf)
    g[i - 1] = low62(cg)
  }
  f[n - 1] = Int64(truncatingIfNeeded: cf &>> 62)
  g[n - 1] = Int64(truncatingIfNeeded: cg &>> 62)
}

/// (d, e) becomes (u·d + v·e, q·d + r·e)/2⁶² modulo p; both stay within (−2p, p).
@inline(__always)
private func updateCoefficients(
  _ d: UnsafeMutablePointer<Int64>, _ e: UnsafeMutablePointer<Int64>, _ t: StepMatrix,
  _ p: UnsafePointer<Int64>, _ inverse: Int64, _ n: Int
) {
  let signD = d[n - 1] &>> 63
  let signE = e[n - 1] &>> 63
  // Multiples of p: first those that make negative inputs positive, then those that clear 62 bits.
  var md = (t.u & signD) &+ (t.v & signE)
  var me = (t.q & signD) &+ (t.r & signE)
  var cd = times(t.u, d[0]) &+ times(t.v, e[0])
  var ce = times(t.q, d[0]) &+ times(t.r, e[0])
  let mask = Int64(bitPattern: limbMask)
  md = md &- ((inverse &* Int64(truncatingIfNeeded: cd) &+ md) & mask)
  me = me &- ((inverse &* Int64(truncatingIfNeeded: ce) &+ me) & mask)
  cd = cd &+ times(p[0], md)
  ce = ce &+ times(p[0], me)
  for i in 1..<n {
    cd = (cd &>> 62) &+ times(t.u, d[i]) &+ times(t.v, e[i]) &+ times(p[i], md)
    ce = (ce &>> 62) &+ times(t.q, d[i]) &+ times(t.r, e[i]) &+ times(p[i], me)
    d[i - 1] = low62(cd)
    e[i - 1] = low62(ce)
  }
  d[n - 1] = Int64(truncatingIfNeeded: cd &>> 62)
  e[n - 1] = Int64(truncatingIfNeeded: ce &>> 62)
}

/// Brings ±d from (−2p, p) into [0, p).
@inline(__always)
private func normalize(
  _ d: UnsafeMutablePointer<Int64>, negate: Bool, _ p: UnsafePointer<Int64>, _ n: Int
) {
  addMultiple(d, d[n - 1] < 0 ? 1 : 0, p, scale: 1, n)
  addMultiple(d, 0, p, scale: negate ? -1 : 1, n)
  addMultiple(d, d[n - 1] < 0 ? 1 : 0, p, scale: 1, n)
}

/// d becomes scale·d + m·p with carried limbs.
@inline(__always)
private func addMultiple(
  _ d: UnsafeMutablePointer<Int64>, _ m: Int64, _ p: UnsafePointer<Int64>, scale: Int64, _ n: Int
) {
  var carry: Int64 = 0
  for i in 0..<n {
    carry = carry &+ scale &* d[i] &+ m &* p[i]
    if i < n - 1 {
      d[i] = carry & Int64(bitPattern: limbMask)
      carry = carry &>> 62
    } else {
      d[i] = carry
    }
  }
}

/// Gathers non-negative limbs of 62 bits into words.
@inline(__always)
private func join(
  _ limbs: UnsafePointer<Int64>, _ limbCount: Int, into words: UnsafeMutablePointer<UInt64>,
  _ wordCount: Int
) {
  for i in 0..<wordCount {
    let limb = 64 &* i / 62
    let shift = UInt64(64 &* i % 62)
    var word = UInt64(bitPattern: limbs[limb]) &>> shift
    if limb + 1 < limbCount { word |= UInt64(bitPattern: limbs[limb + 1]) &<< (62 &- shift) }
    if 124 &- shift < 64 && limb + 2 < limbCount {
      word |= UInt64(bitPattern: limbs[limb + 2]) &<< (124 &- shift)
    }
    words[i] = word
  }
}
