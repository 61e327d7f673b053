// Recovery of the keys of many signatures at once.

public import Primitives

extension Secp256k1 {
  /// The addresses of the keys that made the signatures, in their order; nil where there is none.
  ///
  /// The same answers as `recover(hash:r:s:yParity:)` one at a time, several times faster from a few
  /// dozen signatures on: the more, the better, up to a few hundred. Any thread may call it; it uses
  /// about 6 KB of memory for each signature, of at most 256 at a time. `addresses` has room for as many
  /// as there are signatures.
  public static func recover(
    _ signatures: UnsafeBufferPointer<RecoverableHash>,
    into addresses: UnsafeMutableBufferPointer<Address?>
  ) {
    recover(signatures, into: addresses, by: batchRecovery)
  }

  /// The same in a given way; where this processor lacks it, one after the other.
  public static func recover(
    _ signatures: UnsafeBufferPointer<RecoverableHash>,
    into addresses: UnsafeMutableBufferPointer<Address?>, by way: BatchRecovery
  ) {
    precondition(addresses.count >= signatures.count, "too little room for the addresses")
    guard signatures.count >= RecoveryWorkspace.worthwhileCount, let lanes = way.lanes else {
      for index in 0..<signatures.count { addresses[index] = recover(signatures[index]) }
      return
    }
    // Chunks of equal size: small ones are slow.
    let chunks = (signatures.count - 1) / RecoveryWorkspace.maximumCount + 1
    let size = (signatures.count - 1) / chunks + 1
    var workspace = RecoveryWorkspace(
      lanes: lanes, comb: GeneratorComb.words(for: lanes), count: size)
    for start in stride(from: 0, to: signatures.count, by: size) {
      let range = start..<min(start + size, signatures.count)
      workspace.recover(
        UnsafeBufferPointer(rebasing: signatures[range]),
        into: UnsafeMutableBufferPointer(rebasing: addresses[range]))
    }
  }

  /// The addresses of the keys that made the signatures, in their order; nil where there is none.
  public static func recover(_ signatures: [RecoverableHash]) -> [Address?] {
    recover(signatures, by: batchRecovery)
  }

  /// The same in a given way; where this processor lacks it, one after the other.
  public static func recover(
    _ signatures: [RecoverableHash], by way: BatchRecovery
  ) -> [Address?] {
    [Address?](unsafeUninitializedCapacity: signatures.count) { addresses, count in
      addresses.initialize(repeating: nil)
      count = signatures.count
      signatures.withUnsafeBufferPointer {
        recover($0, into: UnsafeMutableBufferPointer(rebasing: addresses[..<count]), by: way)
      }
    }
  }

  /// One signature by libsecp256k1.
  static func recover(_ signature: RecoverableHash) -> Address? {
    recover(
      hash: signature.hash, r: signature.r, s: signature.s, yParity: signature.yParity)
  }
}
