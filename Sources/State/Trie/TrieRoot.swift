// Roots of complete sets of keys and values.

public import Primitives

/// The root of a trie that is known as a whole.
public enum TrieRoot {
  /// The root over pairs in rising order of their keys, no key twice.
  public static func of(sorted pairs: some Sequence<(key: [UInt8], value: [UInt8])>) -> Hash256 {
    var builder = TrieRootBuilder()
    for pair in pairs { builder.append(key: pair.key, value: pair.value) }
    return builder.finish()
  }
}

/// The root of a list: the trie that maps the RLP of each index to the item. The transactions,
/// receipts and withdrawals roots of a header are such.
public enum OrderedTrieRoot {
  /// The root over encoded items, in their order.
  public static func of(_ items: [[UInt8]]) -> Hash256 {
    var builder = TrieRootBuilder()
    // As bytes, the RLP of 0 (0x80) comes after that of 127 (0x7f) and before that of 128 (0x8180).
    for index in items.indices.dropFirst().prefix(127) {
      builder.append(key: [UInt8(index)], value: items[index])
    }
    if let first = items.first { builder.append(key: [0x80], value: first) }
    for index in items.indices.dropFirst(128) {
      builder.append(key: longKey(index), value: items[index])
    }
    return builder.finish()
  }

  /// The RLP of an index above 127.
  private static func longKey(_ index: Int) -> [UInt8] {
    let bytes = withUnsafeBytes(of: UInt64(index).bigEndian) { Array($0.drop { $0 == 0 }) }
    return [0x80 + UInt8(bytes.count)] + bytes
  }
}
