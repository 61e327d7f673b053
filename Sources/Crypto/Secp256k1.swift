// Signatures over secp256k1: recovery, signing, addresses (libsecp256k1).

internal import CSecp256k1
public import Primitives

/// ECDSA over secp256k1 with recovery of the public key, as Ethereum signs transactions.
public enum Secp256k1 {
  /// The order of the group.
  public static let order = UInt256(
    l0: 0xbfd2_5e8c_d036_4141, l1: 0xbaae_dce6_af48_a03b, l2: 0xffff_ffff_ffff_fffe, l3: .max)

  /// Half the order, rounded down: the largest `s` of a transaction since Homestead (EIP-2).
  public static let halfOrder = UInt256(
    l0: 0xdfe9_2f46_681b_20a0, l1: 0x5d57_6e73_57a4_501d, l2: .max, l3: 0x7fff_ffff_ffff_ffff)

  /// A signature with what is needed to recover its public key.
  public typealias RecoverableSignature = (r: UInt256, s: UInt256, yParity: UInt8)

  /// The library's context: made once, only read afterwards, so that threads share it. Blinded with
  /// random numbers against side channels.
  nonisolated(unsafe) static let context: OpaquePointer? = {
    guard let context = secp256k1_context_create(UInt32(SECP256K1_CONTEXT_NONE)) else { return nil }
    var generator = SystemRandomNumberGenerator()
    let seed = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
    guard secp256k1_context_randomize(context, seed) == 1 else { return nil }
    return context
  }()

  /// The address of the key that made the signature, or nil where there is none.
  ///
  /// `yParity` is 0 or 1; other values are refused. High values of `s` are accepted: EIP-2 is a rule
  /// of transactions.
  public static func recover(
    hash: Hash256, r: UInt256, s: UInt256, yParity: UInt8
  ) -> Address? {
    withRecoveredKey(hash, r, s, yParity) { address(ofPublicKey: $0) }
  }

  /// The public key (64 bytes, x and y) that made the signature, or nil where there is none.
  public static func recoverPublicKey(
    hash: Hash256, r: UInt256, s: UInt256, yParity: UInt8
  ) -> [UInt8]? {
    withRecoveredKey(hash, r, s, yParity) { Array($0) }
  }

  /// Signs `hash` deterministically (RFC 6979) with `s` in the lower half; nil when `privateKey` is
  /// zero or not below the order.
  public static func sign(hash: Hash256, privateKey: UInt256) -> RecoverableSignature? {
    guard let context else { return nil }
    return withUnsafeTemporaryAllocation(byteCount: 128, alignment: 8) { buffer in
      let bytes = buffer.bindMemory(to: UInt8.self)
      guard let message = bytes.baseAddress else { return nil }
      let key = message + 32
      let output = message + 64
      defer { buffer.initializeMemory(as: UInt8.self, repeating: 0) }
      hash.store(at: message)
      privateKey.storeBigEndian(at: key)
      var signature = secp256k1_ecdsa_recoverable_signature()
      var yParity: Int32 = 0
      guard
        secp256k1_ecdsa_sign_recoverable(context, &signature, message, key, nil, nil) == 1,
        secp256k1_ecdsa_recoverable_signature_serialize_compact(
          context, output, &yParity, &signature) == 1,
        yParity < 2
      else { return nil }
      return (
        r: UInt256(bigEndianAt: output), s: UInt256(bigEndianAt: output + 32),
        yParity: UInt8(yParity)
      )
    }
  }

  /// The address that belongs to `privateKey`; nil when the key is zero or not below the order.
  public static func address(ofPrivateKey privateKey: UInt256) -> Address? {
    withPublicKey(of: privateKey) { address(ofPublicKey: $0) }
  }

  /// The public key that belongs to `privateKey` in its short form, 33 bytes (SEC 1, 2.3.3); nil when the key
  /// is zero or not below the order.
  public static func compressedPublicKey(ofPrivateKey privateKey: UInt256) -> [UInt8]? {
    withPublicKey(of: privateKey) { key in [2 + (key[63] & 1)] + key[..<32] }
  }

  /// Calls `body` with the 64 bytes of the public key.
  private static func withPublicKey<Result>(
    of privateKey: UInt256, _ body: (UnsafeRawBufferPointer) -> Result
  ) -> Result? {
    guard let context else { return nil }
    return withUnsafeTemporaryAllocation(byteCount: 32, alignment: 8) { buffer in
      let bytes = buffer.bindMemory(to: UInt8.self)
      guard let secret = bytes.baseAddress else { return nil }
      defer { buffer.initializeMemory(as: UInt8.self, repeating: 0) }
      privateKey.storeBigEndian(at: secret)
      var key = secp256k1_pubkey()
      guard secp256k1_ec_pubkey_create(context, &key, secret) == 1 else { return nil }
      return withSerialized(context, &key, body)
    }
  }

  /// The address of a public key: the last 20 bytes of the hash of its 64 bytes.
  private static func address(ofPublicKey key: UnsafeRawBufferPointer) -> Address {
    Address(truncating: Keccak256.hash(key).word)
  }

  private static func withRecoveredKey<Result>(
    _ hash: Hash256, _ r: UInt256, _ s: UInt256, _ yParity: UInt8,
    _ body: (UnsafeRawBufferPointer) -> Result
  ) -> Result? {
    guard let context, yParity < 2 else { return nil }
    return withUnsafeTemporaryAllocation(byteCount: 96, alignment: 8) { buffer in
      guard let message = buffer.bindMemory(to: UInt8.self).baseAddress else { return nil }
      let compact = message + 32
      hash.store(at: message)
      r.storeBigEndian(at: compact)
      s.storeBigEndian(at: compact + 32)
      var signature = secp256k1_ecdsa_recoverable_signature()
      var key = secp256k1_pubkey()
      guard
        secp256k1_ecdsa_recoverable_signature_parse_compact(
          context, &signature, compact, Int32(yParity)) == 1,
        secp256k1_ecdsa_recover(context, &key, &signature, message) == 1
      else { return nil }
      return withSerialized(context, &key, body)
    }
  }

  /// Calls `body` with the 64 bytes of a key.
  private static func withSerialized<Result>(
    _ context: OpaquePointer, _ key: inout secp256k1_pubkey,
    _ body: (UnsafeRawBufferPointer) -> Result
  ) -> Result? {
    withUnsafeTemporaryAllocation(byteCount: 65, alignment: 8) { buffer in
      guard let output = buffer.bindMemory(to: UInt8.self).baseAddress else { return nil }
      var count = 65
      guard
        secp256k1_ec_pubkey_serialize(
          context, output, &count, &key, UInt32(SECP256K1_EC_UNCOMPRESSED)) == 1, count == 65
      else { return nil }
      return body(UnsafeRawBufferPointer(start: output + 1, count: 64))  // after the prefix 4
    }
  }
}
