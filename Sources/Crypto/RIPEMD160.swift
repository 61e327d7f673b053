// RIPEMD-160 (libcrypto).

internal import CCrypto

/// RIPEMD-160.
public enum RIPEMD160 {
  /// How many bytes a hash has.
  public static let byteCount = 20

  /// Writes the 20 bytes of the hash of `bytes` at `output`.
  public static func hash(_ bytes: UnsafeRawBufferPointer, into output: UnsafeMutableRawPointer) {
    var context = RIPEMD160_CTX()
    RIPEMD160_Init(&context)
    RIPEMD160_Update(&context, bytes.baseAddress, bytes.count)
    RIPEMD160_Final(output.assumingMemoryBound(to: UInt8.self), &context)
  }

  /// The 20 bytes of the hash of `bytes`.
  public static func hash(_ bytes: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: byteCount) { digest, count in
      bytes.withUnsafeBytes {
        hash($0, into: UnsafeMutableRawPointer(digest.baseAddress.unsafelyUnwrapped))
      }
      count = byteCount
    }
  }
}
