// Hashing what changed.

internal import Ledger
public import Primitives

extension MerklePatriciaTrie {
  /// The root hash. Hashes the nodes on changed paths only.
  public mutating func root() -> Hash256 {
    guard top != TrieNode.none else { return Header.emptyTrieRoot }
    var writer = NodeWriter()
    // Every node stands after its parent, so from the end on children come first. The nodes of one
    // level stand together and do not depend on each other: they may be hashed at the same time.
    for index in staleNodes().reversed() {
      arena[index].reference = reference(to: index, writer: &writer)
    }
    return arena[top].reference.rootHash
  }

  /// The nodes whose reference is out of date, level after level.
  private func staleNodes() -> [TrieNode.Index] {
    guard !arena[top].reference.isKnown else { return [] }
    var stale = [top]
    var next = 0
    while next < stale.count {
      let index = stale[next]
      next += 1
      guard arena[index].kind == .branch else { continue }
      for child in arena.children(of: index)
      where child != TrieNode.none && !arena[child].reference.isKnown {
        stale.append(child)
      }
    }
    return stale
  }

  private func reference(
    to index: TrieNode.Index, writer: inout NodeWriter
  ) -> NodeReference {
    let reference = writer.finishNode(write(index, to: &writer))
    let node = arena[index]
    guard node.kind == .branch, !node.path.isEmpty else { return reference }
    return arena.text.withUnsafeBufferPointer { text in
      let key = UnsafeBufferPointer(rebasing: text[node.key..<node.key + node.keyByteCount])
      return writer.extensionNode(to: reference, path: node.path, of: key)
    }
  }

  /// Begins a leaf, or a branch without the extension above it, and writes all of it; the result is
  /// for the function that finishes it.
  func write(_ index: TrieNode.Index, to writer: inout NodeWriter) -> Int {
    let node = arena[index]
    return arena.text.withUnsafeBufferPointer { text in
      let value = UnsafeRawBufferPointer(
        UnsafeBufferPointer(rebasing: text[node.value..<node.value + node.valueCount]))
      let start = writer.begin()
      if node.kind == .leaf {
        let key = UnsafeBufferPointer(rebasing: text[node.key..<node.key + node.keyByteCount])
        writer.appendPath(node.path, of: key, isLeaf: true)
      } else {
        writeChildren(of: index, to: &writer)
      }
      writer.append(value)
      return start
    }
  }

  private func writeChildren(of branch: TrieNode.Index, to writer: inout NodeWriter) {
    for child in arena.children(of: branch) {
      if child == TrieNode.none {
        writer.appendEmpty()
      } else {
        writer.append(arena[child].reference)
      }
    }
  }
}

extension NodeWriter {
  /// The reference to an extension node that leads along `path` to `child`.
  mutating func extensionNode(
    to child: NodeReference, path: Range<Int>, of key: UnsafeBufferPointer<UInt8>
  ) -> NodeReference {
    let start = begin()
    appendPath(path, of: key, isLeaf: false)
    append(child)
    return finishNode(start)
  }
}
