// A Merkle Patricia trie that is kept and changed.

internal import Crypto
public import Primitives

/// A Merkle Patricia trie (Yellow Paper, appendix D) over any keys and values, kept in memory with
/// the hashes of its nodes, so that a new root costs only the paths that changed.
///
/// Keys are byte strings of any length; one may be the prefix of another. A value is never empty:
/// to store an empty value is to remove the key, as Ethereum has it.
///
/// A value type: copies are independent.
public struct MerklePatriciaTrie: Sendable {
  var arena = NodeArena()
  var top = TrieNode.none

  /// How many keys have a value.
  public internal(set) var count = 0

  /// A trie without keys.
  public init() {}

  /// Whether no key has a value.
  public var isEmpty: Bool { count == 0 }

  /// The value of `key`, nil when it has none. Assigning nil or no bytes removes it.
  public subscript(key: [UInt8]) -> [UInt8]? {
    get { key.withUnsafeBufferPointer { value(of: $0) } }
    set {
      key.withUnsafeBufferPointer { key in
        (newValue ?? []).withUnsafeBufferPointer { set(key, to: $0) }
      }
    }
  }

  /// The value of a hashed key, nil when it has none.
  public subscript(key: Hash256) -> [UInt8]? {
    get { key.withBytes { value(of: $0) } }
    set {
      key.withBytes { key in
        (newValue ?? []).withUnsafeBufferPointer { set(key, to: $0) }
      }
    }
  }

  /// Gives `key` a value; an empty value removes the key.
  public mutating func set(
    _ key: UnsafeBufferPointer<UInt8>, to value: UnsafeBufferPointer<UInt8>
  ) {
    if value.isEmpty { _ = remove(key) } else { insert(key, value) }
  }

  /// Calls `body` with every key and value, by rising key.
  public func forEach(_ body: (_ key: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) -> Void) {
    var pending = top == TrieNode.none ? [] : [top]
    while let index = pending.popLast() {
      let node = arena[index]
      if node.hasValue { body(arena.key(of: node), arena.value(of: node)) }
      guard node.kind == .branch else { continue }
      for child in arena.children(of: index).reversed() where child != TrieNode.none {
        pending.append(child)
      }
    }
  }

  private func value(of key: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    guard let node = find(key) else { return nil }
    return Array(arena.value(of: arena[node]))
  }

  /// The node that holds the value of `key`.
  func find(_ key: UnsafeBufferPointer<UInt8>) -> TrieNode.Index? {
    var index = top
    while index != TrieNode.none {
      let node = arena[index]
      guard arena.divergence(of: key, from: node) == Int(node.end) else { return nil }
      if key.count * 2 == Int(node.end) { return node.hasValue ? index : nil }
      guard node.kind == .branch else { return nil }
      index = arena.child(key.nibble(Int(node.end)), of: index)
    }
    return nil
  }
}

extension Hash256 {
  /// Calls `body` with the 32 bytes.
  func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32) { bytes in
      if let base = bytes.baseAddress { store(at: base) }
      return body(UnsafeBufferPointer(bytes))
    }
  }
}
