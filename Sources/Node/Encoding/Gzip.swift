// The gzip format and its checksum: the one file that talks to zlib.

internal import CZlib

/// Bytes as gzip packs them.
enum Gzip {
  /// Whether bytes begin as packed ones do.
  static func isPacked(_ bytes: some Collection<UInt8>) -> Bool {
    bytes.prefix(2).elementsEqual([0x1f, 0x8b])
  }

  /// The bytes, packed at one of zlib's levels, 1 the quickest and 9 the smallest; nil where there is no memory
  /// for it.
  static func pack(_ bytes: [UInt8], level: CInt = 6) -> [UInt8]? {
    var stream = z_stream()
    guard nt_z_begin_deflating(&stream, level) == Z_OK else { return nil }
    defer { deflateEnd(&stream) }
    return run(&stream, on: bytes, limit: .max) { deflate($0, Z_FINISH) }
  }

  /// What was packed; nil where it is damaged, or would be more than `limit` bytes.
  static func unpack(_ bytes: [UInt8], limit: Int) -> [UInt8]? {
    var stream = z_stream()
    guard nt_z_begin_inflating(&stream) == Z_OK else { return nil }
    defer { inflateEnd(&stream) }
    return run(&stream, on: bytes, limit: limit) { inflate($0, Z_NO_FLUSH) }
  }

  /// The CRC-32 of bytes behind those that have the checksum `start`.
  static func checksum(_ bytes: [UInt8], after start: UInt32 = 0) -> UInt32 {
    UInt32(truncatingIfNeeded: crc32(uLong(start), bytes, uInt(bytes.count)))
  }

  private static func run(
    _ stream: inout z_stream, on bytes: [UInt8], limit: Int,
    _ step: (UnsafeMutablePointer<z_stream>) -> CInt
  ) -> [UInt8]? {
    var result: [UInt8] = []
    var input = bytes
    guard input.count <= Int(UInt32.max) else { return nil }
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    return input.withUnsafeMutableBufferPointer { input -> [UInt8]? in
      stream.next_in = input.baseAddress
      stream.avail_in = UInt32(truncatingIfNeeded: input.count)
      while true {
        let (state, count) = piece.withUnsafeMutableBufferPointer { piece in
          stream.next_out = piece.baseAddress
          stream.avail_out = UInt32(truncatingIfNeeded: piece.count)
          let state = step(&stream)
          return (state, piece.count - Int(stream.avail_out))
        }
        guard state == Z_OK || state == Z_STREAM_END, count <= limit - result.count else {
          return nil
        }
        result += piece[..<count]
        if state == Z_STREAM_END { return result }
        if count == 0 && stream.avail_in == 0 { return nil }
      }
    }
  }
}
