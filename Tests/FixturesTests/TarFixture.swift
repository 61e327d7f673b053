// Archives made by hand, so that they can be as wrong as needed.

/// A tar archive in the ustar layout.
struct TarFixture {
  private(set) var bytes: [UInt8] = []

  /// Adds a file; its header may claim another size than it has.
  mutating func add(_ name: String, _ content: [UInt8], claiming size: UInt64? = nil) {
    bytes += Self.header(name, size: size ?? UInt64(content.count))
    bytes += content
    bytes += [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
  }

  /// The two empty blocks at the end.
  mutating func end() { bytes += [UInt8](repeating: 0, count: 1024) }

  static func header(_ name: String, size: UInt64) -> [UInt8] {
    var header = [UInt8](repeating: 0, count: 512)
    func put(_ text: String, at offset: Int) {
      for (index, byte) in text.utf8.enumerated() { header[offset + index] = byte }
    }
    func octal(_ value: UInt64, _ width: Int) -> String {
      let digits = String(value, radix: 8)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    put(name, at: 0)
    put("0000644", at: 100)
    put("0000000", at: 108)
    put("0000000", at: 116)
    if size < 1 << 33 {
      put(octal(size, 11), at: 124)
    } else {
      // The base-256 form of sizes beyond eleven octal digits.
      header[124] = 0x80
      for index in 0..<8 {
        header[128 + index] = UInt8(truncatingIfNeeded: size >> (56 - 8 * index))
      }
    }
    put("00000000000", at: 136)
    put("        ", at: 148)
    put("0", at: 156)
    put("ustar", at: 257)
    put("00", at: 263)
    let sum = header.reduce(0) { $0 + UInt64($1) }
    put(octal(sum, 6), at: 148)
    header[154] = 0
    return header
  }

  /// A zstd frame of raw blocks and of runs of zeros: a few bytes unpack to as much as one likes.
  static func zstd(_ parts: [ZstdPart]) -> [UInt8] {
    // Magic; no content size, no checksum; a window of 128 KiB.
    var frame: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38]
    func block(type: UInt32, size: Int, isLast: Bool) {
      let header = (isLast ? 1 : 0) | type << 1 | UInt32(size) << 3
      for shift in [0, 8, 16] as [UInt32] {
        frame.append(UInt8(truncatingIfNeeded: header >> shift))
      }
    }
    for part in parts {
      switch part {
      case .raw(let bytes):
        for start in stride(from: 0, to: bytes.count, by: 1 << 16) {
          let piece = bytes[start..<min(start + 1 << 16, bytes.count)]
          block(type: 0, size: piece.count, isLast: false)
          frame += piece
        }
      case .zeros(let blocks):
        for _ in 0..<blocks {
          block(type: 1, size: 1 << 17, isLast: false)
          frame.append(0)
        }
      }
    }
    block(type: 0, size: 0, isLast: true)
    return frame
  }

  enum ZstdPart {
    case raw([UInt8])
    /// So many blocks of 128 KiB.
    case zeros(blocks: Int)
  }
}
