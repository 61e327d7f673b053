// Checksums of what stands on disk.

internal import CXXHash

/// XXH3 with 64 bits: against damage, not against forgery.
enum Checksum {
  static func of(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    nt_xxh3(bytes.baseAddress, bytes.count)
  }
}
