// The kept trie against its definition.

import Crypto
import Oracles
import Ledger
import Primitives
@testable import State
import Samples
import Testing

/// How the keys of a random test look; each kind meets other paths of the trie.
enum KeyShape: CaseIterable {
  /// 32 random bytes, as in state tries.
  case hashed
  /// Zero to four bytes of a small alphabet: many are prefixes of others.
  case nested
  /// Long, alike up to the last bytes.
  case alike
  /// One byte.
  case short

  func key(_ random: inout SeededGenerator) -> [UInt8] {
    switch self {
    case .hashed: random.bytes(32)
    case .nested:
      (0..<Int.random(in: 0...4, using: &random)).map { _ in
        [0x00, 0x01, 0x10, 0x11, 0xff].randomElement(using: &random) ?? 0
      }
    case .alike: Array(repeating: 0xab, count: 60) + random.bytes(2)
    case .short: random.bytes(1)
    }
  }
}

@Suite struct TrieTests {
  @Test func emptyTrieHasTheKnownRoot() {
    var trie = MerklePatriciaTrie()
    #expect(trie.root() == Keccak256.hash([0x80]))
    #expect(trie.root().hex.hasPrefix("0x56e81f17"))
    #expect(TrieRoot.of(sorted: []) == trie.root())
    #expect(OrderedTrieRoot.of([]) == trie.root())
  }

  @Test(arguments: [
    // ethereum/tests, TrieTests/trieanyorder.json
    (
      ["A": String(repeating: "a", count: 50)],
      "0xd23786fb4a010da3ce639d66d5e904a11dbc02746d1ce25029e53290cabf28ab"
    ),
    (
      ["doe": "reindeer", "dog": "puppy", "dogglesworth": "cat"],
      "0x8aad789dff2f538bca5d8ea56e8abe10f4c7ba3a5dea95fea4cd6e7c3a1168d3"
    ),
    (
      ["do": "verb", "horse": "stallion", "doge": "coin", "dog": "puppy"],
      "0x5991bb8c6514148a29db676a14ac506cd2cd5775ace63c30a4fe457715e9ac84"
    ),
    (
      ["foo": "bar", "food": "bass"],
      "0x17beaa1648bafa633cda809c90c04af50fc8aed3cb40d16efbddee6fdf63c4c3"
    ),
    (
      ["be": "e", "dog": "puppy", "bed": "d"],
      "0x3f67c7a47520f79faa29255d2d3c084a7a6df0453116ed7232ff10277a8be68b"
    ),
    (
      ["test": "test", "te": "testy"],
      "0x8452568af70d8d140f58d941338542f645fcca50094b20f3c3d8c3df49337928"
    ),
  ])
  func publishedRoots(pairs: [String: String], root: String) throws {
    let pairs = Dictionary(
      uniqueKeysWithValues: pairs.map { (Array($0.key.utf8), Array($0.value.utf8)) })
    let expected = try Hash256(hex: root)
    #expect(NaiveTrie.root(pairs) == expected)
    var trie = MerklePatriciaTrie()
    for (key, value) in pairs { trie[key] = value }
    #expect(trie.root() == expected)
    #expect(TrieRoot.of(sorted: sorted(pairs)) == expected)
  }

  @Test(arguments: KeyShape.allCases)
  func anyHistoryGivesTheRootOfItsOutcome(shape: KeyShape) {
    var random = SeededGenerator(seed: 7)
    for round in 0..<30 {
      var trie = MerklePatriciaTrie()
      var model: [[UInt8]: [UInt8]] = [:]
      for step in 0..<120 {
        let known = model.keys.sorted { $0.lexicographicallyPrecedes($1) }
        let removes = Int.random(in: 0..<10, using: &random) < (step < 70 ? 2 : 7)
        if removes, let key = known.randomElement(using: &random) {
          trie[key] = Bool.random(using: &random) ? nil : []
          model[key] = nil
        } else {
          let key = shape.key(&random)
          let value = random.bytes([1, 2, 30, 33, 80].randomElement(using: &random) ?? 1)
          trie[key] = value
          model[key] = value
        }
        // Sometimes, so that stale and kept hashes mix.
        if step % 7 == round % 7 { #expect(trie.root() == NaiveTrie.root(model)) }
      }
      #expect(trie.root() == NaiveTrie.root(model))
      #expect(TrieRoot.of(sorted: sorted(model)) == NaiveTrie.root(model))
      expectSame(trie, model, shape, &random)
      for key in model.keys { trie[key] = nil }
      #expect(trie.isEmpty)
      #expect(trie.root() == Header.emptyTrieRoot)
    }
  }

  private func expectSame(
    _ trie: MerklePatriciaTrie, _ model: [[UInt8]: [UInt8]], _ shape: KeyShape,
    _ random: inout SeededGenerator
  ) {
    #expect(trie.count == model.count)
    var pairs: [[UInt8]] = []
    trie.forEach { key, value in
      pairs.append(Array(key))
      #expect(model[Array(key)] == Array(value))
    }
    let keys = sorted(model).map(\.key)
    #expect(pairs == keys)
    for _ in 0..<40 {
      let key = shape.key(&random)
      #expect(trie[key] == model[key])
      #expect(trie.key(after: key) == keys.first { key.lexicographicallyPrecedes($0) })
      #expect(trie.key(before: key) == keys.last { $0.lexicographicallyPrecedes(key) })
    }
    for key in keys {
      #expect(trie.key(after: key) == keys.first { key.lexicographicallyPrecedes($0) })
      #expect(trie.key(before: key) == keys.last { $0.lexicographicallyPrecedes(key) })
    }
  }

  @Test func removingWhatIsNotThereChangesNothing() {
    var trie = MerklePatriciaTrie()
    trie[[1, 2]] = [9]
    trie[[1, 2, 3]] = [8]
    let root = trie.root()
    for key: [UInt8] in [[], [1], [1, 3], [1, 2, 3, 4], [1, 2, 4], [2]] { trie[key] = nil }
    #expect(trie.root() == root)
    #expect(trie.count == 2)
  }

  @Test func copiesAreIndependent() {
    var first = MerklePatriciaTrie()
    first[[1]] = [1]
    let root = first.root()
    var second = first
    second[[2]] = [2]
    #expect(first.root() == root)
    #expect(second.root() != root)
    #expect(first[[2]] == nil)
  }

  @Test func memoryDoesNotGrowWithRewrites() {
    var trie = MerklePatriciaTrie()
    var random = SeededGenerator(seed: 1)
    var model: [[UInt8]: [UInt8]] = [:]
    for _ in 0..<20_000 {
      let key = random.bytes(1) + [7, 7]
      let value = random.bytes(Int.random(in: 0..<60, using: &random))
      trie[key] = value
      model[key] = value.isEmpty ? nil : value
    }
    #expect(trie.root() == NaiveTrie.root(model))
    #expect(trie.arena.text.count < 64 * 1024)
  }

  @Test func deepTriesDoNotExhaustTheStack() {
    var trie = MerklePatriciaTrie()
    let pairs = (1...3000).map { count in
      (key: [UInt8](repeating: 0x77, count: count), value: [UInt8(1)])
    }
    for pair in pairs { trie[pair.key] = pair.value }
    #expect(trie.root() == TrieRoot.of(sorted: pairs))
    for pair in pairs.dropFirst() { trie[pair.key] = nil }
    #expect(trie.root() == TrieRoot.of(sorted: pairs.prefix(1).map { $0 }))
  }
}

@Suite struct OrderedTrieTests {
  @Test(arguments: [0, 1, 2, 127, 128, 129, 255, 256, 257, 300, 70_000])
  func listRootIsTheTrieOfEncodedIndices(count: Int) {
    let items = (0..<count).map {
      [UInt8](repeating: UInt8(truncatingIfNeeded: $0), count: 1 + $0 % 40)
    }
    var trie = MerklePatriciaTrie()
    for (index, item) in items.enumerated() {
      var encoder = RLPEncoder()
      encoder.encode(UInt64(index))
      trie[encoder.bytes] = item
    }
    #expect(OrderedTrieRoot.of(items) == trie.root())
  }
}

func sorted(_ pairs: [[UInt8]: [UInt8]]) -> [(key: [UInt8], value: [UInt8])] {
  pairs.map { (key: $0.key, value: $0.value) }
    .sorted { $0.key.lexicographicallyPrecedes($1.key) }
}
