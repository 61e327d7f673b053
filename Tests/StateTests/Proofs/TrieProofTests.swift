// Proofs of membership and absence in tries.

import Crypto
import Oracles
import Ledger
import Primitives
import Samples
import Testing

@testable import State

@Suite struct TrieProofTests {
  /// A trie with `count` keys of one shape.
  private func make(
    _ shape: KeyShape, count: Int, _ random: inout SeededGenerator
  ) -> (trie: MerklePatriciaTrie, pairs: [[UInt8]: [UInt8]]) {
    var trie = MerklePatriciaTrie()
    var pairs: [[UInt8]: [UInt8]] = [:]
    for _ in 0..<count {
      let key = shape.key(&random)
      let value = random.bytes([1, 2, 20, 33, 80].randomElement(using: &random) ?? 1)
      trie[key] = value
      pairs[key] = value
    }
    return (trie, pairs)
  }

  @Test(arguments: KeyShape.allCases)
  func everyKeyProvesItsValueAndOthersTheirAbsence(shape: KeyShape) throws {
    var random = SeededGenerator(seed: 21)
    for count in [0, 1, 2, 3, 8, 40, 200] {
      let (made, pairs) = make(shape, count: count, &random)
      var trie = made
      let root = trie.root()
      for (key, value) in pairs {
        let proof = trie.proof(of: key)
        #expect(try TrieProof.value(of: key, in: proof, root: root) == value)
      }
      for _ in 0..<60 {
        let key = shape.key(&random)
        let proof = trie.proof(of: key)
        let value = try TrieProof.value(of: key, in: proof, root: root)
        #expect(value == pairs[key])
      }
    }
  }

  @Test func proofsStayRightWhileTheTrieChanges() throws {
    var random = SeededGenerator(seed: 5)
    var (trie, pairs) = make(.nested, count: 60, &random)
    for _ in 0..<200 {
      let key = KeyShape.nested.key(&random)
      let value: [UInt8]? = Bool.random(using: &random) ? random.bytes(40) : nil
      trie[key] = value
      pairs[key] = value
      let other = pairs.keys.randomElement(using: &random) ?? []
      let proof = trie.proof(of: other)
      let root = NaiveTrie.root(pairs)
      #expect(try TrieProof.value(of: other, in: proof, root: root) == pairs[other])
    }
  }

  @Test(arguments: KeyShape.allCases)
  func anyChangedByteBreaksAProof(shape: KeyShape) {
    var random = SeededGenerator(seed: 77)
    let (made, pairs) = make(shape, count: 50, &random)
    var trie = made
    let root = trie.root()
    for key in pairs.keys.sorted(by: { $0.lexicographicallyPrecedes($1) }).prefix(6) {
      let proof = trie.proof(of: key)
      for index in proof.indices {
        for place in proof[index].indices {
          var changed = proof
          changed[index][place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
          #expect(throws: ProofError.wrongHash(node: index)) {
            try TrieProof.value(of: key, in: changed, root: root)
          }
        }
      }
    }
  }

  @Test(arguments: KeyShape.allCases)
  func nodesMissingMovedOrLeftOverBreakAProof(shape: KeyShape) throws {
    var random = SeededGenerator(seed: 78)
    let (made, pairs) = make(shape, count: 50, &random)
    var trie = made
    let root = trie.root()
    for key in pairs.keys {
      let proof = trie.proof(of: key)
      #expect(throws: ProofError.missingNode(proof.count - 1)) {
        try TrieProof.value(of: key, in: proof.dropLast(), root: root)
      }
      #expect(throws: ProofError.unusedNodes(count: 1)) {
        try TrieProof.value(of: key, in: proof + [proof[0]], root: root)
      }
      guard proof.count > 1 else { continue }
      #expect(throws: ProofError.self) {
        try TrieProof.value(of: key, in: Array(proof.dropFirst()), root: root)
      }
      var swapped = proof
      swapped.swapAt(proof.count - 1, proof.count - 2)
      #expect(throws: ProofError.self) {
        try TrieProof.value(of: key, in: swapped, root: root)
      }
    }
  }

  @Test func theEmptyTrieHasNothing() throws {
    var trie = MerklePatriciaTrie()
    #expect(trie.proof(of: [1, 2]).isEmpty)
    let root = Header.emptyTrieRoot
    #expect(try TrieProof.value(of: [1, 2], in: [], root: root) == nil)
    #expect(try TrieProof.value(of: [1, 2], in: [[0x80]], root: root) == nil)
    #expect(throws: ProofError.missingNode(0)) {
      try TrieProof.value(of: [1, 2], in: [], root: Keccak256.hash([1]))
    }
    #expect(throws: ProofError.wrongHash(node: 0)) {
      try TrieProof.value(of: [1, 2], in: [[0x81]], root: root)
    }
  }

  /// Nodes of hostile makers, under their own hash: the keys have one byte.
  @Test(arguments: HostileNodes.all)
  func malformedNodesAreRefused(node: [UInt8]) {
    #expect(throws: ProofError.malformedNode(0)) {
      try TrieProof.value(of: [0x01], in: [node], root: Keccak256.hash(node))
    }
  }

  @Test func randomNodesNeverTrap() {
    var random = SeededGenerator(seed: 3)
    for _ in 0..<20_000 {
      var node = random.bytes(Int.random(in: 0...60, using: &random))
      if let first = node.indices.first { node[first] = 0xc0 + UInt8(min(55, node.count - 1)) }
      _ = try? TrieProof.value(of: [0x01], in: [node], root: Keccak256.hash(node))
    }
  }
}

/// Encodings that no trie holds.
private enum HostileNodes {
  static let all: [[UInt8]] = notLists + leavesAndExtensions + branches

  private static let notLists: [[UInt8]] = [
    [], [0xc0],
    // Three items; bytes behind the end; lengths that are not there, or longer than needed.
    [0xc3, 0x20, 0x01, 0x01], [0xc2, 0x20, 0x01, 0x00], [0xf8, 0xff], [0xf8, 0x02, 0x20, 0x01],
    [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  ]

  private static let leavesAndExtensions: [[UInt8]] = [
    // A leaf without a value, and with flags that do not exist.
    [0xc2, 0x20, 0x80], [0xc2, 0x40, 0x01], [0xc2, 0x21, 0x01],
    // Extensions without a path, without a child, and with a part of a hash.
    [0xc2, 0x00, 0xc0], [0xc2, 0x11, 0x80], [0xc4, 0x11, 0x82, 0xff, 0xff],
    // An extension to a leaf.
    [0xc4, 0x10, 0xc2, 0x31, 0x07],
  ]

  /// No way, one way, and one item too few.
  private static let branches: [[UInt8]] = [
    list(zeros(17)), list([0xc2, 0x31, 0x07] + zeros(16)), list(zeros(16)),
  ]

  private static func zeros(_ count: Int) -> [UInt8] { Array(repeating: 0x80, count: count) }

  private static func list(_ payload: [UInt8]) -> [UInt8] {
    [0xc0 + UInt8(payload.count)] + payload
  }
}
