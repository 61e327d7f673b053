// Checking a signature against a known public key.

internal import CSecp256k1
public import Primitives

extension Secp256k1 {
  /// Whether (r, s) is a signature of `hash` by the key (x, y). High values of `s` are accepted.
  public static func verify(
    hash: Hash256, r: UInt256, s: UInt256, x: UInt256, y: UInt256
  ) -> Bool {
    guard let context else { return false }
    let message = hash.bytes
    var key = secp256k1_pubkey()
    let point = [4] + x.bigEndianBytes + y.bigEndianBytes
    guard secp256k1_ec_pubkey_parse(context, &key, point, point.count) == 1 else { return false }
    var signature = secp256k1_ecdsa_signature()
    let compact = r.bigEndianBytes + s.bigEndianBytes
    guard secp256k1_ecdsa_signature_parse_compact(context, &signature, compact) == 1 else {
      return false
    }
    // The library verifies the lower half only; −s is as good as s.
    var normal = secp256k1_ecdsa_signature()
    secp256k1_ecdsa_signature_normalize(context, &normal, &signature)
    return secp256k1_ecdsa_verify(context, &normal, message, &key) == 1
  }
}
