// The proof of work of a header.

public import Crypto
public import Primitives

extension Header {
  /// Keccak-256 of the encoding without mix hash and nonce: what the proof of work is about. Fields
  /// that later forks added are part of it.
  public var sealHash: Hash256 {
    var encoder = RLPEncoder(reservingCapacity: 720 + extraData.count)
    encoder.list { encoder in
      writeFirstFields(to: &encoder)
      writeLaterFields(to: &encoder)
    }
    return Keccak256.hash(encoder.bytes)
  }

  /// Checks the proof of work (Yellow Paper, 4.3.4); throws what is wrong with it.
  ///
  /// Makes the cache of the block's epoch if `caches` does not have it: some tenths of a second. Call
  /// it after the cheap rules, above all that of the difficulty.
  public func verifySeal(caches: EthashCaches) throws(EthashError) {
    let seal = EthashSeal(sealHash: sealHash, nonce: nonce, mixDigest: prevRandao)
    try seal.verify(block: number, difficulty: difficulty, caches: caches)
  }
}
