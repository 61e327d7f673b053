// Paths of half bytes as the nodes of tries hold them.

/// Hex-prefix encoding (Yellow Paper, appendix C): half bytes packed in pairs after a flag half byte
/// that tells leaf from extension and odd from even.
public enum HexPrefix {
  /// The encoding of half bytes `path` of `key`, the high half of a byte first.
  public static func encode(_ path: Range<Int>, of key: [UInt8], isLeaf: Bool) -> [UInt8] {
    var writer = NodeWriter(capacity: 64)
    let start = writer.begin()
    let item = key.withUnsafeBufferPointer { key in
      writer.appendPath(path, of: key, isLeaf: isLeaf)
      return Array(writer.finishItem(start))
    }
    // The writer writes an item of RLP: more than one byte has a header.
    guard item.count > 1 else { return item }
    return Array(item.dropFirst(item[0] > 0xb7 ? 1 + Int(item[0] - 0xb7) : 1))
  }

  /// The half bytes that `encoding` holds, one a byte, and whether they lead to a leaf; nil for what no
  /// encoder writes.
  public static func decode(
    _ encoding: some Collection<UInt8>
  ) -> (nibbles: [UInt8], isLeaf: Bool)? {
    guard let first = encoding.first, first >> 4 < 4 else { return nil }
    let isOdd = first & 0x10 != 0
    guard isOdd || first & 0x0f == 0 else { return nil }
    var nibbles: [UInt8] = isOdd ? [first & 0x0f] : []
    nibbles.reserveCapacity(2 * encoding.count)
    for byte in encoding.dropFirst() {
      nibbles.append(byte >> 4)
      nibbles.append(byte & 0x0f)
    }
    return (nibbles, first & 0x20 != 0)
  }
}
