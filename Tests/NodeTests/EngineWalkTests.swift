// Walks over a tree of blocks, in any order.

import Foundation
import Ledger
import Primitives
import Samples
import Testing

@Suite struct EngineWalkTests {
  /// A block of the tree with what the state has behind it: how often each payee was paid.
  private struct Node {
    let payload: TestEngine.Payload
    let parent: Int?
    let depth: Int
    let paid: [UInt8: UInt64]
  }

  private static let payees: ClosedRange<UInt8> = 1...4

  /// A tree of blocks, each of which pays one payee.
  private func tree(_ count: Int, _ generator: inout SeededGenerator) async throws -> [Node] {
    let maker = try TestEngine()
    var nodes: [Node] = []
    while nodes.count < count {
      let parent = nodes.isEmpty ? nil : Int.random(in: -1..<nodes.count, using: &generator)
      let before = parent.flatMap { $0 < 0 ? nil : nodes[$0] }
      let payee = UInt8.random(in: Self.payees, using: &generator)
      let depth = (before?.depth ?? 0) + 1
      // No two blocks are the same, and where the maker's head is plays no part.
      _ = try await maker.status(before?.payload.hash ?? maker.genesisHash)
      let payload = try await maker.build(
        on: before?.payload.hash ?? maker.genesisHash,
        time: UInt64(1000 + 100 * depth + nodes.count), payee: payee)
      var paid = before?.paid ?? [:]
      paid[payee, default: 0] += 1
      nodes.append(
        Node(payload: payload, parent: before == nil ? nil : parent, depth: depth, paid: paid))
    }
    return nodes
  }

  /// Whatever order the blocks and heads come in, and whenever the node is started again, the head is the block
  /// that was named, with its state. The database follows after every few changes, or never.
  @Test(arguments: [(1, 3), (2, 4_000_000), (3, 12)] as [(UInt64, Int)])
  func aWalkEndsWhereItShould(_ seed: UInt64, _ changesPerFlush: Int) async throws {
    var generator = SeededGenerator(seed: seed)
    let nodes = try await tree(14, &generator)
    let engine = try TestEngine(changesPerFlush: changesPerFlush)
    var known: Set<Int> = []
    /// What came before its ancestors did.
    var waiting: Set<Int> = []
    var head: Int?
    func line(_ index: Int?) -> Set<Int> {
      var line: Set<Int> = []
      var next = index
      while let index = next {
        line.insert(index)
        next = nodes[index].parent
      }
      return line
    }
    /// Whether all that leads to a block is there, which is executed then.
    func connects(_ index: Int) -> Bool {
      guard line(index).isSubset(of: known.union(waiting)) else { return false }
      known.formUnion(line(index))
      return true
    }
    for step in 0..<70 {
      let index = Int.random(in: nodes.indices, using: &generator)
      let node = nodes[index]
      switch Int.random(in: 0..<10, using: &generator) {
      case 0 where step % 3 == 0:
        try engine.restart()
        // What was executed is remembered, also where it is not in the chain.
        (known, waiting) = (line(head), known)
      case ..<5:
        waiting.insert(index)
        let status = try await engine.give(node.payload).status
        #expect(status == (connects(index) ? "VALID" : "SYNCING"), "step \(step)")
      default:
        let status = try await engine.status(node.payload.hash)
        let isThere = connects(index)
        #expect(status == (isThere ? "VALID" : "SYNCING"), "step \(step)")
        if isThere { head = index }
      }
      let wanted = head.map { nodes[$0] }
      #expect(try await engine.block("latest") == wanted?.payload.hash ?? engine.genesisHash)
      for payee in Self.payees {
        let gwei = (wanted?.paid[payee] ?? 0) * 1_000_000_000
        #expect(try await engine.balance(payee) == "0x" + String(gwei, radix: 16), "step \(step)")
      }
    }
    // What is on disk is the same.
    try engine.restart()
    #expect(
      try await engine.block("latest") == head.map { nodes[$0].payload.hash } ?? engine.genesisHash)
  }
}
