// A chain in a store that grows by encoded blocks.

internal import Chain
internal import Execution
internal import Ledger
internal import Primitives
internal import Storage

/// A chain in a store, which is made where there is none.
final class ImportedStore: ImportTarget {
  private let store: Store
  private let chain: StoredChain
  private(set) var head: Header
  var asideCount: Int { chain.asideCount }

  /// The chain of `genesis` in the store at `destination`. `onCommit` hears how many transactions each
  /// block has that is durable, and how much gas they used.
  init(
    _ genesis: Genesis, _ destination: ImportRun.Destination, memoryLimit: Int?,
    seal: Blockchain.SealCheck?, onCommit: @escaping @Sendable (Int, UInt64) -> Void
  ) throws(PipelineError) {
    var options = Pipeline.Options(threads: destination.threads)
    options.seal = seal
    if let memoryLimit { options.memoryLimit = memoryLimit }
    do throws(StoreError) {
      let storeOptions = Store.Options(
        cacheSize: destination.cacheSize, history: destination.history,
        workerCount: destination.threads)
      if Store.exists(at: destination.path) {
        store = try Store.open(at: destination.path, genesis: genesis.hash, options: storeOptions)
      } else {
        store = try Store.create(
          at: destination.path, genesis: genesis.header, allocations: genesis.allocations,
          options: storeOptions)
      }
      do throws(StoreError) {
        try RulesRecord.keep(genesis.rules, in: store)
      } catch {
        try? store.close()
        throw error
      }
    } catch {
      throw .store(error)
    }
    chain = try StoredChain(
      store: store, rules: genesis.rules, options: options, forkChoice: .longest
    ) { report in onCommit(report.transactions, report.header.gasUsed) }
    head = genesis.header
    readHead()
  }

  private func readHead() {
    if let header = try? store.header(store.head.number) { head = header }
  }

  func add(_ encoding: [UInt8]) -> ImportVerdict {
    let block: EncodedBlock
    do throws(Block.DecodingError) {
      block = try EncodedBlock(encoding)
    } catch {
      // What is wrong with a block before it counts more.
      return finish() ?? .refused(nil, .malformed(error))
    }
    do throws(PipelineError) {
      switch try chain.add(block) {
      case .appended, .aside: return .handedOver(block.header.hash)
      case .known: return .known
      case .older: return .older
      }
    } catch {
      return verdict(on: error)
    }
  }

  func finish() -> ImportVerdict? {
    do throws(PipelineError) {
      try chain.finish()
      return nil
    } catch {
      return verdict(on: error)
    }
  }

  func close() -> String? {
    var problem: String?
    do throws(PipelineError) {
      try chain.close()
    } catch {
      problem = "\(error)"
    }
    readHead()
    do throws(StoreError) {
      try store.close()
    } catch {
      problem = problem ?? "\(error)"
    }
    return problem
  }

  func limitPassed(by header: Header) -> UInt64? {
    header.number > 0 && header.number - 1 + StoredChain.branchLimit <= store.head.number
      ? StoredChain.branchLimit : nil
  }

  private func verdict(on error: PipelineError) -> ImportVerdict {
    switch error {
    case .invalid(_, let header, let reason): .refused(header, reason)
    case .notExecuted(_, let header?, let error): .notExecuted(header, error)
    case .notExecuted(_, nil, _): .failed("\(error)")
    case .store, .noThreads, .noMemory: .failed("\(error)")
    }
  }
}
