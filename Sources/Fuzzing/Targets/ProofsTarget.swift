// Proofs of accounts and storage: true ones hold, and whatever holds is true.

internal import Chain
internal import JSON
internal import Ledger
internal import Primitives
internal import Samples
internal import State

/// Proofs of random states, whole and damaged.
final class ProofsTarget: FuzzTarget {
  static let name = "proofs"
  static let summary =
    "account and storage proofs: those made hold, and none holds that is not true"

  func run(_ generator: inout SeededGenerator) -> Finding? {
    let world = ProvenState(&generator)
    var trie = StateTrie(MemoryState(world.accounts.values))
    guard trie.root() == world.root else {
      return Finding("root \(trie.root()), by definition \(world.root)")
    }
    for _ in 0..<generator.within(1...3) {
      let address = world.address(&generator)
      let slots = (0..<generator.below(4)).map { _ in world.slot(of: address, &generator) }
      let proof = trie.proof(of: address, slots: slots)
      if let problem = check(proof, slots, world) {
        return Finding("proof of \(address) and \(slots): \(problem)")
      }
      for _ in 0..<8 {
        if let problem = checkDamaged(proof, world, &generator) {
          return Finding("proof of \(address) and \(slots): \(problem)")
        }
      }
      if let finding = checkText(proof, world, &generator) { return finding }
    }
    return nil
  }

  /// What was made holds, says what is so, and comes back from its text.
  private func check(
    _ proof: AccountProof, _ slots: [UInt256], _ world: ProvenState
  ) -> String? {
    do throws(ProofError) {
      try proof.verify(root: world.root)
    } catch {
      return "does not hold: \(error)"
    }
    guard proof.slots.map(\.slot) == slots else { return "is of other slots" }
    if let lie = world.lie(in: proof) { return lie }
    do throws(JSONError) {
      let document = try JSONDocument(parsing: text(proof), source: "proof")
      return try AccountProof(document.root) == proof ? nil : "comes back otherwise from its text"
    } catch {
      return "is refused as text: \(error)"
    }
  }

  private func text(_ proof: AccountProof) -> [UInt8] {
    var writer = JSONWriter(.compact)
    proof.write(to: &writer)
    return Array(writer.text.utf8)
  }

  // MARK: Damage

  private func checkDamaged(
    _ proof: AccountProof, _ world: ProvenState, _ generator: inout SeededGenerator
  ) -> String? {
    var changed = proof
    let damagesNodes = generator.oneIn(2)
    if damagesNodes { damageNodes(&changed, &generator) } else { claimMore(&changed, &generator) }
    guard changed != proof, (try? changed.verify(root: world.root)) != nil else { return nil }
    if let lie = world.lie(in: changed) { return "damaged, it proves that \(lie)" }
    // There is one proof of a fact, but of there being nothing in an empty trie two.
    return damagesNodes && !hasEmptyTrie(proof, world)
      ? "it holds with other nodes: \(changed)" : nil
  }

  private func hasEmptyTrie(_ proof: AccountProof, _ world: ProvenState) -> Bool {
    world.accounts.isEmpty || !proof.slots.isEmpty && proof.slots.contains { $0.nodes.isEmpty }
  }

  private func damageNodes(_ proof: inout AccountProof, _ generator: inout SeededGenerator) {
    let list = generator.below(proof.slots.count + 1)
    if list == 0 {
      damage(&proof.nodes, &generator)
    } else {
      damage(&proof.slots[list - 1].nodes, &generator)
    }
  }

  private func damage(_ nodes: inout [[UInt8]], _ generator: inout SeededGenerator) {
    guard !nodes.isEmpty else {
      nodes.append(generator.oneIn(2) ? [0x80] : generator.bytes(upTo: 40))
      return
    }
    let place = generator.below(nodes.count)
    switch generator.below(6) {
    case 0: nodes.remove(at: place)
    case 1: nodes.insert(generator.pick(nodes), at: place)
    case 2: nodes.append(generator.oneIn(2) ? [] : generator.bytes(upTo: 40))
    case 3: nodes.swapAt(place, generator.below(nodes.count))
    default: nodes[place] = generator.mutated(nodes[place])
    }
  }

  /// Says something else with the same nodes.
  private func claimMore(_ proof: inout AccountProof, _ generator: inout SeededGenerator) {
    switch generator.below(7) {
    case 0: proof.nonce = generator.number()
    case 1: proof.balance = generator.word()
    case 2: proof.codeHash = generator.pick([.zero, Code.emptyHash, generator.hash()])
    case 3: proof.storageHash = generator.pick([.zero, StateTrie.emptyRoot, generator.hash()])
    case 4: proof.address = Address(UInt64(generator.below(40)))
    default:
      guard !proof.slots.isEmpty else { return }
      let place = generator.below(proof.slots.count)
      if generator.oneIn(2) {
        proof.slots[place].word = generator.pick([.zero, generator.word()])
      } else {
        proof.slots[place].slot = UInt256(UInt64(generator.below(20)))
      }
    }
  }

  // MARK: Text

  private func checkText(
    _ proof: AccountProof, _ world: ProvenState, _ generator: inout SeededGenerator
  ) -> Finding? {
    let damaged = generator.mutated(text(proof))
    func problem(_ bytes: [UInt8]) -> String? {
      guard let document = try? JSONDocument(parsing: bytes, source: "proof"),
        let proof = try? AccountProof(document.root),
        (try? proof.verify(root: world.root)) != nil
      else { return nil }
      return world.lie(in: proof).map { "the text proves that \($0)" }
    }
    guard problem(damaged) != nil else { return nil }
    let smallest = Shrinker.smallest(damaged) { problem($0) != nil }
    return Finding(problem(smallest) ?? "fails only now and then", input: smallest)
  }
}

extension StateTrie {
  /// The root of a trie without keys.
  fileprivate static var emptyRoot: Hash256 { Header.emptyTrieRoot }
}
