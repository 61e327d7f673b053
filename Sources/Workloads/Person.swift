// An account whose key is known.

import Crypto
public import Ledger
public import Primitives

/// An account that signs transactions, with a key anyone can compute: for tests and measurements.
public struct Person: Sendable, Hashable {
  /// The account.
  public let address: Address
  let privateKey: UInt256
  /// How many transactions were signed.
  public private(set) var nonce: UInt64 = 0

  /// The person with this number in the world of a seed.
  public init(_ number: Int, seed: UInt64) {
    privateKey = Self.privateKey(of: number, seed: seed)
    guard let address = Secp256k1.address(ofPrivateKey: privateKey) else {
      preconditionFailure("the key is valid")
    }
    self.address = address
  }

  /// The key of the person with this number in the world of a seed.
  static func privateKey(of number: Int, seed: UInt64) -> UInt256 {
    // A hash is a valid private key but for a chance of 2⁻¹²⁸; then its hash is tried.
    var key = Keccak256.hash(
      UInt256(l0: UInt64(number), l1: seed, l2: 0, l3: 0).bigEndianBytes
    ).word
    while key.isZero || key >= Secp256k1.order { key = Keccak256.hash(key).word }
    return key
  }

  /// Fills in nonce and signature, and counts.
  public mutating func sign(_ transaction: Transaction) -> Transaction {
    var draft = transaction
    draft.nonce = nonce
    guard let signed = draft.signed(by: privateKey) else {
      preconditionFailure("the initializer found an address for this key")
    }
    nonce += 1
    return signed
  }
}
