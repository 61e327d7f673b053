// Chains imported a second time, through the pipeline into a store.

internal import Chain
internal import Foundation
internal import Ledger
internal import Primitives
internal import State
internal import Storage

/// A chain that was imported in memory, with what became of each block.
struct ImportedBlocks {
  let genesis: Header
  let allocations: [AccountAllocation]
  let rules: ChainRules
  let seal: Blockchain.SealCheck?
  /// The blocks in order, and whether each was refused.
  var steps: [(encoding: [UInt8], isRefused: Bool)] = []
}

/// Imports chains through the pipeline into a store, which must come to the end that they have in memory,
/// and be there again, whole, after it was closed.
struct StoreCheck {
  private let memoryLimit: Int

  init(memoryLimit: Int) { self.memoryLimit = memoryLimit }

  /// What is not as in memory, where the chain ends with `head`; nil when nothing is.
  func problem(of blocks: ImportedBlocks, head: Header) -> String? {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("needletail-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    do {
      if let problem = try importing(blocks, into: folder) { return problem }
      let store = try Store.open(at: folder, options: Self.options)
      let stored = try store.header(store.head.number)
      guard let stored, stored == head, store.head.hash == head.hash else {
        return "the store ends with block \(store.head.number), \(store.head.hash), "
          + "not with \(head.number), \(head.hash)"
      }
      _ = try store.verify()
      try store.close()
      return nil
    } catch {
      return "the store: \(error)"
    }
  }

  private static let options = Store.Options(cacheSize: 64 << 20, isSynced: false)

  /// Imports block after block. Accepted ones are handed over without waiting.
  private func importing(_ blocks: ImportedBlocks, into folder: String) throws -> String? {
    let store = try Store.create(
      at: folder, genesis: blocks.genesis, allocations: blocks.allocations, options: Self.options)
    defer { try? store.close() }
    var options = Pipeline.Options(threads: Self.options.workerCount)
    options.memoryLimit = memoryLimit
    options.seal = blocks.seal
    let chain = try StoredChain(store: store, rules: blocks.rules, options: options)
    defer { try? chain.close() }
    for (number, step) in blocks.steps.enumerated() {
      if !step.isRefused {
        do throws(PipelineError) {
          _ = try chain.add(try Self.decoded(step.encoding))
        } catch {
          return "block \(number): accepted in memory, not by the pipeline: \(error)"
        }
        continue
      }
      // All before it is right, so what is thrown from now on is about this block.
      try chain.finish()
      do throws(PipelineError) {
        if case .appended = try chain.add(try Self.decoded(step.encoding)) {
          try chain.finish()
          return "block \(number): refused in memory, accepted by the pipeline"
        }
      } catch {
        guard case .invalid = error else { return "block \(number): \(error)" }
      }
    }
    try chain.finish()
    return nil
  }

  private static func decoded(_ encoding: [UInt8]) throws(PipelineError) -> EncodedBlock {
    do throws(Block.DecodingError) {
      return try EncodedBlock(encoding)
    } catch {
      throw .invalid(number: 0, header: nil, .malformed(error))
    }
  }
}
