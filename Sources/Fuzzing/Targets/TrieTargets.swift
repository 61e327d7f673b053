// Tries against their definition.

internal import Ledger
internal import Oracles
internal import Primitives
internal import Samples
internal import State

/// A trie under changes, against its definition and against the builder of whole tries.
final class TrieTarget: FuzzTarget {
  static let name = "trie"
  static let summary = "tries under random changes, against the Yellow Paper's definition"

  private enum KeyShape: CaseIterable {
    case hashed, nested, alike, short
  }

  func run(_ generator: inout SeededGenerator) -> Finding? {
    let shape = generator.pick(KeyShape.allCases)
    var trie = MerklePatriciaTrie()
    var model: [[UInt8]: [UInt8]] = [:]
    var keys: [[UInt8]] = []
    for step in 0..<generator.within(1...60) {
      let isKnown = !keys.isEmpty && generator.oneIn(2)
      let key = isKnown ? generator.pick(keys) : key(shape, &generator)
      let value = generator.oneIn(3) ? [] : generator.bytes(generator.pick([1, 1, 2, 30, 33, 80]))
      keys.append(key)
      trie[key] = value
      model[key] = value.isEmpty ? nil : value
      guard generator.oneIn(8) else { continue }
      if let problem = difference(&trie, model) { return Finding("step \(step): \(problem)") }
    }
    return difference(&trie, model).map { Finding($0) }
  }

  private func key(_ shape: KeyShape, _ generator: inout SeededGenerator) -> [UInt8] {
    switch shape {
    case .hashed: generator.bytes(32)
    case .nested:
      (0..<generator.below(5)).map { _ in generator.pick([0x00, 0x01, 0x10, 0x11, 0xff]) }
    case .alike: Array(repeating: 0xab, count: 60) + generator.bytes(2)
    case .short: generator.bytes(1)
    }
  }

  private func difference(
    _ trie: inout MerklePatriciaTrie, _ model: [[UInt8]: [UInt8]]
  ) -> String? {
    let expected = NaiveTrie.root(model)
    let root = trie.root()
    guard root == expected else { return "root \(root) of the kept trie, expected \(expected)" }
    let pairs = model.map { (key: $0.key, value: $0.value) }
      .sorted { $0.key.lexicographicallyPrecedes($1.key) }
    let built = TrieRoot.of(sorted: pairs)
    guard built == expected else { return "root \(built) of the built trie, expected \(expected)" }
    var walked: [[UInt8]] = []
    trie.forEach { key, value in
      if model[Array(key)] == Array(value) { walked.append(Array(key)) }
    }
    guard walked == pairs.map(\.key), trie.count == model.count else {
      return "the trie holds \(trie.count) pairs in another order or with other values"
    }
    return nil
  }
}

/// The tries of a state that are kept from block to block, against those built anew.
final class StateTrieTarget: FuzzTarget {
  static let name = "state-trie"
  static let summary = "the kept tries of a state under changes, against building them anew"

  func run(_ generator: inout SeededGenerator) -> Finding? {
    let state = MemoryState()
    var trie = StateTrie()
    for step in 0..<generator.within(1...12) {
      let diff = diff(on: state, &generator)
      state.apply(diff)
      trie.apply(diff)
      let (kept, built) = (trie.root(), state.root())
      guard kept == built else {
        return Finding("step \(step): root \(kept) of the kept tries, \(built) when built anew")
      }
      guard StateTrie(state).rootOfCopy() == built else {
        return Finding("step \(step): the tries of the whole state have another root")
      }
    }
    return nil
  }

  private func diff(on state: MemoryState, _ generator: inout SeededGenerator) -> StateDiff {
    var changes: [Address: AccountChange] = [:]
    for _ in 0..<generator.below(8) {
      let address = Address(UInt64(generator.below(12)))
      if generator.oneIn(5) {
        changes[address] = AccountChange(address: address, account: nil)
        continue
      }
      var slots: [UInt256: UInt256] = [:]
      for _ in 0..<generator.below(generator.oneIn(6) ? 80 : 6) {
        slots[UInt256(UInt64(generator.below(100)))] = generator.oneIn(3) ? .zero : generator.word()
      }
      let wipes = state.account(address) != nil && generator.oneIn(6)
      changes[address] = AccountChange(
        address: address, account: Account(nonce: generator.number(), balance: generator.word()),
        wipesStorage: wipes,
        storage: differing(slots, address, wipes ? nil : state))
    }
    return StateDiff(accounts: Array(changes.values))
  }

  /// A diff names only slots whose word changes.
  private func differing(
    _ slots: [UInt256: UInt256], _ address: Address, _ state: MemoryState?
  ) -> [SlotChange] {
    slots.filter { $0.value != (state?.storage(address, $0.key) ?? .zero) }
      .map { SlotChange(slot: $0.key, value: $0.value) }
  }
}

extension StateTrie {
  fileprivate func rootOfCopy() -> Hash256 {
    var copy = self
    return copy.root()
  }
}
