// Transactions as canonical bytes.

import Crypto
public import Primitives

extension Transaction {
  /// The canonical encoding: what is hashed, and what the trie of transactions holds (EIP-2718).
  public var encoded: [UInt8] { encoder(signed: true).bytes }

  /// The transaction's hash, its identity.
  public var hash: Hash256 { Keccak256.hash(encoder(signed: true).bytes) }

  /// The hash that the sender signs.
  public var signingHash: Hash256 { Keccak256.hash(encoder(signed: false).bytes) }

  /// Writes the transaction as an item of a block's list: a typed one is wrapped in a byte string.
  public func write(to encoder: inout RLPEncoder) {
    if kind == .legacy { encoder.appendRaw(encoded) } else { encoder.encode(encoded) }
  }

  private func encoder(signed: Bool) -> RLPEncoder {
    var encoder = RLPEncoder(reservingCapacity: encodedSizeBound)
    writeEnvelope(to: &encoder, signed: signed)
    return encoder
  }

  /// Writes the canonical encoding, or what of it is signed.
  func writeEnvelope(to encoder: inout RLPEncoder, signed: Bool) {
    // Smaller than 0x80, the type byte is its own RLP encoding.
    if kind != .legacy { encoder.encode(UInt64(kind.rawValue)) }
    writeBody(to: &encoder, signed: signed)
  }

  /// Writes the list of the fields, without the type.
  func writeBody(to encoder: inout RLPEncoder, signed: Bool) {
    encoder.list { encoder in
      writeFields(to: &encoder)
      if signed {
        encoder.encode(v)
        encoder.encode(signature.r)
        encoder.encode(signature.s)
      } else if kind == .legacy, let chainID {
        // EIP-155.
        encoder.encode(chainID)
        encoder.encode(0 as UInt64)
        encoder.encode(0 as UInt64)
      }
    }
  }

  private func writeFields(to encoder: inout RLPEncoder) {
    if kind != .legacy { encoder.encode(chainID ?? 0) }
    encoder.encode(nonce)
    if kind.hasDynamicFee { encoder.encode(maxPriorityFeePerGas) }
    encoder.encode(maxFeePerGas)
    encoder.encode(gasLimit)
    encoder.encode(to)
    encoder.encode(value)
    encoder.encode(data)
    if kind == .legacy { return }
    encoder.list { encoder in
      for entry in accessList { entry.write(to: &encoder) }
    }
    if kind == .blob {
      encoder.encode(maxFeePerBlobGas)
      encoder.list { encoder in
        for hash in blobVersionedHashes { encoder.encode(hash) }
      }
    } else if kind == .setCode {
      encoder.list { encoder in
        for authorization in authorizations { authorization.write(to: &encoder) }
      }
    }
  }

  /// The parity as its field holds it; in a legacy transaction shifted, and joined with the chain id
  /// (EIP-155), which may then need more than 64 bits.
  var v: UInt256 {
    guard kind == .legacy else { return UInt256(UInt64(signature.yParity)) }
    guard let chainID else { return UInt256(27 + UInt64(signature.yParity)) }
    let doubled = UInt256(l0: chainID << 1, l1: chainID >> 63, l2: 0, l3: 0)
    return doubled &+ UInt256(35 + UInt64(signature.yParity))
  }

  /// An upper bound of the encoding's length.
  var encodedSizeBound: Int {
    var bound = 300 + data.count + 33 * blobVersionedHashes.count + 160 * authorizations.count
    for entry in accessList { bound += 40 + 33 * entry.slots.count }
    return bound
  }
}

extension AccessListEntry {
  func write(to encoder: inout RLPEncoder) {
    encoder.list { encoder in
      encoder.encode(address)
      encoder.list { encoder in
        for slot in slots { encoder.encode(Hash256(slot)) }
      }
    }
  }
}

extension Authorization {
  func write(to encoder: inout RLPEncoder) {
    encoder.list { encoder in
      writeFields(to: &encoder)
      encoder.encode(UInt64(signature.yParity))
      encoder.encode(signature.r)
      encoder.encode(signature.s)
    }
  }

  private func writeFields(to encoder: inout RLPEncoder) {
    encoder.encode(chainID)
    encoder.encode(address)
    encoder.encode(nonce)
  }

  /// The hash that the authority signs: of 0x05 and the list of the three fields.
  public var signingHash: Hash256 {
    var encoder = RLPEncoder(reservingCapacity: 80)
    encoder.encode(0x05 as UInt64)
    encoder.list { writeFields(to: &$0) }
    return Keccak256.hash(encoder.bytes)
  }
}
