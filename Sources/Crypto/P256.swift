// Verification of signatures over P-256 (libcrypto's point arithmetic).

internal import CCrypto
public import Primitives

/// ECDSA over P-256 (secp256r1).
public enum P256 {
  /// The order of the group.
  public static let order = UInt256(
    l0: 0xf3b9_cac2_fc63_2551, l1: 0xbce6_faad_a717_9e84, l2: .max, l3: 0xffff_ffff_0000_0000)

  /// The prime of the coordinates' field.
  public static let prime = UInt256(
    l0: .max, l1: 0x0000_0000_ffff_ffff, l2: 0, l3: 0xffff_ffff_0000_0001)

  /// The curve; made once, only read afterwards.
  private nonisolated(unsafe) static let group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1)

  /// Whether (r, s) is a signature of `hash` by the key (x, y), by the rules of EIP-7951: r and s in
  /// 0 < · < n, the key a point of the curve with coordinates below p, not infinity.
  public static func verify(
    hash: Hash256, r: UInt256, s: UInt256, x: UInt256, y: UInt256
  ) -> Bool {
    guard !r.isZero, r < order, !s.isZero, s < order, x < prime, y < prime else { return false }
    guard let group, let numbers = BN_CTX_new() else { return false }
    BN_CTX_start(numbers)
    let key = EC_POINT_new(group)
    let sum = EC_POINT_new(group)
    defer {
      EC_POINT_free(sum)
      EC_POINT_free(key)
      BN_CTX_end(numbers)
      BN_CTX_free(numbers)
    }
    guard let key, let sum, let first = BN_CTX_get(numbers), let second = BN_CTX_get(numbers),
      load(x, into: first), load(y, into: second),
      EC_POINT_set_affine_coordinates(group, key, first, second, numbers) == 1  // on the curve
    else { return false }
    let inverse = inverse(s)
    // R = (hash/s)·G + (r/s)·key; the signature is good when R's x is r modulo n.
    guard
      load(UInt256.multiplyModulo(hash.word, inverse, order), into: first),
      load(UInt256.multiplyModulo(r, inverse, order), into: second),
      EC_POINT_mul(group, sum, first, key, second, numbers) == 1,
      EC_POINT_is_at_infinity(group, sum) == 0,
      EC_POINT_get_affine_coordinates(group, sum, first, nil, numbers) == 1
    else { return false }
    let abscissa = value(first)
    return abscissa == r || (abscissa >= order && abscissa &- order == r)
  }

  /// The inverse of `s`, which is below the order and not zero, modulo the order.
  private static func inverse(_ s: UInt256) -> UInt256 {
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 8) { words in
      let x = words.baseAddress.unsafelyUnwrapped
      let n = x + 4
      for (i, limb) in [s.l0, s.l1, s.l2, s.l3].enumerated() { x[i] = limb }
      for (i, limb) in [order.l0, order.l1, order.l2, order.l3].enumerated() { n[i] = limb }
      invert(x, modulo: n, inverseOfP: 0x332e_3755_11ff_43b1, wordCount: 4, limbCount: 5)
      return UInt256(l0: x[0], l1: x[1], l2: x[2], l3: x[3])
    }
  }

  private static func load(_ value: UInt256, into number: OpaquePointer) -> Bool {
    withUnsafeTemporaryAllocation(byteCount: 32, alignment: 8) { buffer in
      let bytes = buffer.bindMemory(to: UInt8.self)
      value.storeBigEndian(at: buffer.baseAddress.unsafelyUnwrapped)
      return BN_bin2bn(bytes.baseAddress, 32, number) != nil
    }
  }

  private static func value(_ number: OpaquePointer) -> UInt256 {
    withUnsafeTemporaryAllocation(byteCount: 32, alignment: 8) { buffer in
      let bytes = buffer.bindMemory(to: UInt8.self)
      guard BN_bn2binpad(number, bytes.baseAddress, 32) == 32 else { return .zero }
      return UInt256(bigEndianAt: buffer.baseAddress.unsafelyUnwrapped)
    }
  }
}
