// The trie's root straight from the definition.

internal import Crypto
public import Primitives

/// The root of a set of pairs, computed as appendix D of the Yellow Paper defines it: functions of
/// sets, nothing kept, no concern for speed.
public enum NaiveTrie {
  /// The root of the trie that holds `pairs`; pairs with an empty value do not count.
  public static func root(_ pairs: [[UInt8]: [UInt8]]) -> Hash256 {
    let items = pairs.filter { !$0.value.isEmpty }.map { (nibbles($0.key), $0.value) }
    guard !items.isEmpty else { return Keccak256.hash([0x80]) }
    return Keccak256.hash(structure(items, 0))
  }

  /// c(J, i)
  private static func structure(_ items: [([UInt8], [UInt8])], _ depth: Int) -> [UInt8] {
    if items.count == 1 {
      return list([string(hexPrefix(items[0].0.dropFirst(depth), true)), string(items[0].1)])
    }
    let common = commonPrefix(items.map(\.0))
    if common > depth {
      return list([
        string(hexPrefix(items[0].0[depth..<common], false)), node(items, common),
      ])
    }
    let children = (UInt8(0)..<16).map { choice in
      node(items.filter { $0.0.count > depth && $0.0[depth] == choice }, depth + 1)
    }
    let value = items.first { $0.0.count == depth }?.1 ?? []
    return list(children + [string(value)])
  }

  /// n(J, i)
  private static func node(_ items: [([UInt8], [UInt8])], _ depth: Int) -> [UInt8] {
    if items.isEmpty { return [0x80] }
    let encoding = structure(items, depth)
    return encoding.count < 32 ? encoding : string(Keccak256.hash(encoding).bytes)
  }

  static func nibbles(_ bytes: [UInt8]) -> [UInt8] { bytes.flatMap { [$0 >> 4, $0 & 15] } }

  private static func commonPrefix(_ keys: [[UInt8]]) -> Int {
    let limit = keys.map(\.count).min() ?? 0
    return (0..<limit).first { place in keys.contains { $0[place] != keys[0][place] } } ?? limit
  }

  private static func hexPrefix(_ nibbles: ArraySlice<UInt8>, _ isLeaf: Bool) -> [UInt8] {
    let flag: UInt8 = isLeaf ? 2 : 0
    let all = (nibbles.count % 2 == 0 ? [flag, 0] : [flag + 1]) + nibbles
    return stride(from: 0, to: all.count, by: 2).map { all[$0] << 4 | all[$0 + 1] }
  }

  private static func string(_ bytes: [UInt8]) -> [UInt8] { RLPItem.bytes(bytes).encoded }

  private static func list(_ items: [[UInt8]]) -> [UInt8] {
    var encoder = RLPEncoder()
    encoder.list { list in
      for item in items { list.appendRaw(item) }
    }
    return encoder.bytes
  }
}
