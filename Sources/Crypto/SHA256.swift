// SHA-256 (libcrypto).

internal import CCrypto
public import Primitives

/// SHA-256 (FIPS 180-4).
public enum SHA256 {
  /// The hash of `bytes`.
  public static func hash(_ bytes: UnsafeRawBufferPointer) -> Hash256 {
    withUnsafeTemporaryAllocation(byteCount: 32, alignment: 8) { digest in
      var context = SHA256_CTX()
      SHA256_Init(&context)
      SHA256_Update(&context, bytes.baseAddress, bytes.count)
      SHA256_Final(digest.bindMemory(to: UInt8.self).baseAddress, &context)
      return Hash256(bytesAt: digest.baseAddress.unsafelyUnwrapped)
    }
  }

  /// The hash of `bytes`.
  public static func hash(_ bytes: [UInt8]) -> Hash256 { bytes.withUnsafeBytes { hash($0) } }
}
