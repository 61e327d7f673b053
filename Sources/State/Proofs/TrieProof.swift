// Checking what a list of nodes proves about a key.

internal import Crypto
internal import Ledger
public import Primitives

/// Checks proofs that a key of a Merkle Patricia trie has a value, or none.
///
/// Strict: every node must be canonical and the one that its parent names, and none may be left over,
/// so that there is exactly one proof for a key and a root. (A trie without keys has two: no node, and
/// the encoding of the empty string.)
public enum TrieProof {
  /// The value that `key` has in the trie with this root, nil when it has none; throws when `nodes`
  /// does not prove it. Takes time and memory in proportion to the nodes.
  public static func value(
    of key: [UInt8], in nodes: [[UInt8]], root: Hash256
  ) throws(ProofError) -> [UInt8]? {
    if root == Header.emptyTrieRoot && (nodes.isEmpty || nodes == [[0x80]]) { return nil }
    var walk = try Walk(nodes, root: root)
    let nibbles = key.flatMap { [$0 >> 4, $0 & 0x0f] }
    let value = try walk.value(of: nibbles[...])
    try walk.expectEnd()
    return value
  }

  /// The way from the root down.
  private struct Walk {
    private let nodes: [[UInt8]]
    /// Which of the nodes we are in.
    private var index = 0
    private var node: ProofNode

    init(_ nodes: [[UInt8]], root: Hash256) throws(ProofError) {
      self.nodes = nodes
      node = try Self.node(at: 0, of: nodes, hash: root)
    }

    private static func node(
      at index: Int, of nodes: [[UInt8]], hash: Hash256
    ) throws(ProofError) -> ProofNode {
      guard index < nodes.count else { throw .missingNode(index) }
      let encoding = nodes[index]
      guard Keccak256.hash(encoding) == hash else { throw .wrongHash(node: index) }
      // A shorter one would stand inside its parent.
      guard index == 0 || encoding.count >= 32, let node = ProofNode(encoding[...]) else {
        throw .malformedNode(index)
      }
      return node
    }

    mutating func value(of key: ArraySlice<UInt8>) throws(ProofError) -> [UInt8]? {
      var key = key
      while true {
        switch node {
        case .leaf(let path, let value): return path[...] == key ? Array(value) : nil
        case .extension(let path, let child):
          guard key.starts(with: path) else { return nil }
          key = key.dropFirst(path.count)
          try descend(to: child)
          guard case .branch = node else { throw .malformedNode(index) }
        case .branch(let children, let value):
          guard let choice = key.popFirst() else { return value.isEmpty ? nil : Array(value) }
          let child = children[Int(choice)]
          if case .none = child { return nil }
          try descend(to: child)
        }
      }
    }

    private mutating func descend(to child: ProofNode.Reference) throws(ProofError) {
      switch child {
      case .none: throw .malformedNode(index)
      case .hash(let hash):
        node = try Self.node(at: index + 1, of: nodes, hash: hash)
        index += 1
      case .inside(let encoding):
        guard let inner = ProofNode(encoding) else { throw .malformedNode(index) }
        node = inner
      }
    }

    func expectEnd() throws(ProofError) {
      let unused = nodes.count - index - 1
      if unused > 0 { throw .unusedNodes(count: unused) }
    }
  }
}

/// A decoded node of a proof.
private enum ProofNode {
  /// What a node says of a child.
  enum Reference {
    case none
    case hash(Hash256)
    /// The encoding of a child of fewer than 32 bytes.
    case inside(ArraySlice<UInt8>)
  }

  case leaf(path: [UInt8], value: ArraySlice<UInt8>)
  case `extension`(path: [UInt8], child: Reference)
  case branch(children: [Reference], value: ArraySlice<UInt8>)

  /// The node with this encoding, or nil for what no trie holds.
  init?(_ encoding: ArraySlice<UInt8>) {
    do throws(RLPError) {
      var outer = RLPReader(encoding)
      var items = try outer.readList()
      try outer.expectEnd()
      switch try items.remainingItemCount {
      case 2: try self.init(pathIn: &items)
      case 17: try self.init(childrenIn: &items)
      default: return nil
      }
    } catch {
      return nil
    }
  }

  private init?(pathIn items: inout RLPReader) throws(RLPError) {
    guard let path = HexPrefix.decode(try items.readBytes()) else { return nil }
    if path.isLeaf {
      let value = try items.readBytes()
      guard !value.isEmpty else { return nil }
      self = .leaf(path: path.nibbles, value: value)
    } else {
      guard !path.nibbles.isEmpty, let child = try Reference(itemOf: &items) else { return nil }
      if case .none = child { return nil }
      self = .extension(path: path.nibbles, child: child)
    }
  }

  private init?(childrenIn items: inout RLPReader) throws(RLPError) {
    var children: [Reference] = []
    var ways = 0
    for _ in 0..<16 {
      guard let child = try Reference(itemOf: &items) else { return nil }
      if case .none = child {} else { ways += 1 }
      children.append(child)
    }
    let value = try items.readBytes()
    // A branch with one way to go would be part of that way.
    guard ways + (value.isEmpty ? 0 : 1) >= 2 else { return nil }
    self = .branch(children: children, value: value)
  }
}

extension ProofNode.Reference {
  fileprivate init?(itemOf items: inout RLPReader) throws(RLPError) {
    if try items.nextIsList {
      let encoding = try items.readRaw()
      guard encoding.count < 32 else { return nil }
      self = .inside(encoding)
      return
    }
    let bytes = try items.readBytes()
    if bytes.isEmpty {
      self = .none
    } else if let hash = Hash256(bytes: bytes) {
      self = .hash(hash)
    } else {
      return nil
    }
  }
}
