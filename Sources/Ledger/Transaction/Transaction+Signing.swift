// Who signed a transaction.

import Crypto
public import Primitives

/// Why a signature does not name a sender.
public enum SignatureError: Error, Sendable, Hashable {
  /// A chain id in a legacy transaction before EIP-155 (Spurious Dragon).
  case protectedTooEarly
  /// A chain id other than the chain's.
  case wrongChainID
  /// A parity other than 0 and 1.
  case invalidYParity
  /// `r` is zero or not below the order of the curve.
  case invalidR
  /// `s` is zero or not below the order of the curve.
  case invalidS
  /// `s` is above half the order of the curve (EIP-2, Homestead).
  case highS
  /// No point of the curve fits the signature.
  case unrecoverable
}

extension SignatureError: CustomStringConvertible {
  /// What is wrong with the signature, for people.
  public var description: String {
    switch self {
    case .protectedTooEarly: "the signature has a chain id, which the fork does not know"
    case .wrongChainID: "the signature is for another chain"
    case .invalidYParity: "the parity of the signature is neither 0 nor 1"
    case .invalidR: "r of the signature is zero or not below the order of the curve"
    case .invalidS: "s of the signature is zero or not below the order of the curve"
    case .highS: "s of the signature is above half the order of the curve"
    case .unrecoverable: "no public key fits the signature"
    }
  }
}

extension Signature {
  /// Whether the numbers are in the ranges that a fork allows.
  ///
  /// Until Homestead, `s` may lie in the upper half (EIP-2).
  public func validate(allowHighS: Bool = false) throws(SignatureError) {
    if yParity > 1 { throw .invalidYParity }
    if r.isZero || r >= Secp256k1.order { throw .invalidR }
    if s.isZero || s >= Secp256k1.order { throw .invalidS }
    if !allowHighS && s > Secp256k1.halfOrder { throw .highS }
  }

  fileprivate func recoverSigner(of hash: Hash256) throws(SignatureError) -> Address {
    guard let address = Secp256k1.recover(hash: hash, r: r, s: s, yParity: yParity) else {
      throw .unrecoverable
    }
    return address
  }

  /// The signature of `hash` by a private key, or nil when the key is zero or not below the order.
  init?(of hash: Hash256, by privateKey: UInt256) {
    guard let signature = Secp256k1.sign(hash: hash, privateKey: privateKey) else { return nil }
    self.init(yParity: signature.yParity, r: signature.r, s: signature.s)
  }
}

extension Transaction {
  /// The account that signed the transaction, by the newest rules, on whatever chain it names.
  public func recoverSender() throws(SignatureError) -> Address {
    try signature.validate()
    return try signature.recoverSigner(of: signingHash)
  }

  /// The account that signed the transaction, if a fork of the chain accepts the signature.
  public func recoverSender(fork: Fork, chainID: UInt64) throws(SignatureError) -> Address {
    try validateSignature(fork: fork, chainID: chainID)
    return try signature.recoverSigner(of: signingHash)
  }

  /// Whether a fork of the chain accepts chain id and form of the signature; says nothing about
  /// whether it fits the transaction.
  public func validateSignature(fork: Fork, chainID: UInt64) throws(SignatureError) {
    if let named = self.chainID {
      if kind == .legacy && fork < .spuriousDragon { throw .protectedTooEarly }
      if named != chainID { throw .wrongChainID }
    }
    try signature.validate(allowHighS: fork < .homestead)
  }

  /// The same transaction signed by a private key, or nil when the key is zero or not below the
  /// order of the curve.
  public func signed(by privateKey: UInt256) -> Transaction? {
    guard let signature = Signature(of: signingHash, by: privateKey) else { return nil }
    var signed = self
    signed.signature = signature
    return signed
  }
}

extension Authorization {
  /// The account that signed the authorization.
  public func recoverAuthority() throws(SignatureError) -> Address {
    try signature.validate()
    return try signature.recoverSigner(of: signingHash)
  }

  /// The same authorization signed by a private key, or nil when the key is zero or not below the
  /// order of the curve.
  public func signed(by privateKey: UInt256) -> Authorization? {
    guard let signature = Signature(of: signingHash, by: privateKey) else { return nil }
    var signed = self
    signed.signature = signature
    return signed
  }
}
