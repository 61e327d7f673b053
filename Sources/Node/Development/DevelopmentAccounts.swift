// Accounts for trying out, derived from a mnemonic.

internal import Crypto
public import Primitives

/// An account whose key is known to everybody.
public struct DevelopmentAccount: Sendable, Hashable {
  /// Its address.
  public let address: Address
  /// Its private key.
  public let privateKey: UInt256
}

/// Accounts that wallets derive from the words of a mnemonic, by the path `m/44'/60'/0'/0/N` (BIP-32, BIP-39,
/// BIP-44).
public enum DevelopmentAccounts {
  /// The words that development nodes have in common.
  public static let standardMnemonic =
    "test test test test test test test test test test test junk"

  /// The first accounts of `mnemonic`. The words are taken as they are: the check in the last one is not
  /// looked at.
  public static func derive(_ count: Int, from mnemonic: String) -> [DevelopmentAccount] {
    let words = mnemonic.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    let seed = PBKDF2.derive(
      password: Array(words.utf8), salt: Array("mnemonic".utf8), rounds: 2048)
    guard var node = ExtendedKey(seed: seed) else { return [] }
    for step in [44 | ExtendedKey.hardened, 60 | ExtendedKey.hardened, ExtendedKey.hardened, 0] {
      guard let child = node.child(step) else { return [] }
      node = child
    }
    return (0..<UInt32(clamping: count)).compactMap { index in
      guard let key = node.child(index)?.key, let address = Secp256k1.address(ofPrivateKey: key)
      else { return nil }
      return DevelopmentAccount(address: address, privateKey: key)
    }
  }
}

/// A private key with what its children are derived from (BIP-32).
private struct ExtendedKey {
  /// Marks the number of a child that is derived from the private key.
  static let hardened: UInt32 = 1 << 31

  let key: UInt256
  let chainCode: [UInt8]

  private init?(_ code: [UInt8], parent: UInt256) {
    guard let left = UInt256(bigEndian: code.prefix(32)), left < Secp256k1.order else { return nil }
    let key = UInt256.addModulo(left, parent, Secp256k1.order)
    if key.isZero { return nil }
    self.key = key
    chainCode = Array(code.suffix(32))
  }

  init?(seed: [UInt8]) {
    self.init(HMACSHA512.authenticate(seed, key: Array("Bitcoin seed".utf8)), parent: .zero)
  }

  /// The child of this number; nil where there is none, which happens once in 2^127.
  func child(_ index: UInt32) -> ExtendedKey? {
    var message: [UInt8]
    if index & Self.hardened != 0 {
      message = [0] + key.bigEndianBytes
    } else {
      guard let publicKey = Secp256k1.compressedPublicKey(ofPrivateKey: key) else { return nil }
      message = publicKey
    }
    message += withUnsafeBytes(of: index.bigEndian) { Array($0) }
    return ExtendedKey(HMACSHA512.authenticate(message, key: chainCode), parent: key)
  }
}
