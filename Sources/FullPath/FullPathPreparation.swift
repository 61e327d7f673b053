// What is made before anything is measured, and kept for the next time.

internal import Chain
internal import Execution
internal import Fixtures
internal import Foundation
internal import Ledger
internal import Primitives
internal import State
internal import Storage
internal import Synchronization
internal import Workloads

/// Makes people, signed blocks and the store that they start from, unless they are in the folder.
struct FullPathPreparation {
  let plan: FullPathPlan
  let folder: String
  /// Whether somebody wants it no more.
  let isStopped: @Sendable () -> Bool
  /// Told how much of what is done.
  let note: @Sendable (_ what: String, _ done: Int, _ of: Int) -> Void

  init(
    _ plan: FullPathPlan, folder: String, isStopped: @escaping @Sendable () -> Bool,
    note: @escaping @Sendable (_ what: String, _ done: Int, _ of: Int) -> Void
  ) throws(FullPathError) {
    self.plan = plan
    self.folder = folder
    self.isStopped = isStopped
    self.note = note
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw FullPathError("\(folder): cannot be made: \(error.localizedDescription)")
    }
  }

  /// The file of signed blocks: one with more than are needed will do.
  var blocksPath: String {
    let prefix = "blocks-\(plan.blocksName)"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let counts = names.compactMap { name in
      name.hasPrefix(prefix) ? Int(name.dropFirst(prefix.count)) : nil
    }
    return "\(folder)/\(prefix)\(counts.filter { $0 >= plan.blockCount }.min() ?? plan.blockCount)"
  }
  var storePath: String { "\(folder)/store-\(plan.stateName)" }
  private var peoplePath: String { "\(folder)/people-\(plan.accounts)-\(plan.seed)" }

  // MARK: - People

  /// The people, whose addresses take a multiplication on the curve each.
  func crowd() throws(FullPathError) -> Crowd {
    if let addresses = try PeopleFile.read(peoplePath, count: plan.accounts) {
      return Crowd(seed: plan.seed, addresses: addresses)
    }
    let addresses = try inParts(of: plan.accounts, atOnce: 2_000, "people") { [seed = plan.seed] in
      Crowd.addresses(of: $0, seed: seed)
    }
    try PeopleFile.write(addresses, to: peoplePath)
    return Crowd(seed: plan.seed, addresses: addresses)
  }

  // MARK: - Blocks

  /// Plans all transfers and signs them, unless the file is there. Returns the stream behind the last.
  func stream(_ crowd: Crowd) throws(FullPathError) -> TransferStream {
    var stream = TransferStream(
      plan.asset, between: crowd, contention: plan.contention, seed: plan.seed)
    let path = blocksPath
    let writer =
      FileManager.default.fileExists(atPath: path) ? nil : try BlockPileWriter(path)
    for number in 0..<plan.blockCount {
      let transfers = stream.next(plan.blockSize)
      guard let writer else { continue }
      let signer = stream
      let signed = try inParts(of: transfers.count, atOnce: 250, nil) { range in
        range.map { signer.encode(transfers[$0]) }
      }
      var block = EncodedTransactions(reservingCapacity: signed.count)
      for encoding in signed { block.append(encoding) }
      try writer.append(block)
      note("signed blocks", number + 1, plan.blockCount)
    }
    try writer?.finish()
    return stream
  }

  // MARK: - Store

  /// The first block's header, without the root of its state.
  static let genesis = Header(
    number: 0, gasLimit: 1 << 40, timestamp: 1_800_000_000, baseFeePerGas: 7,
    withdrawalsRoot: Header.emptyTrieRoot, blobGasUsed: 0, excessBlobGas: 0,
    parentBeaconBlockRoot: .zero)

  /// Puts a store with the state before the first transfer into the folder `path`.
  func makeStore(at path: String, _ stream: TransferStream) throws(FullPathError) {
    if !FileManager.default.fileExists(atPath: storePath) {
      let partial = storePath + ".partial"
      try? FileManager.default.removeItem(atPath: partial)
      do throws(StoreError) {
        var done = 0
        // What is made of a part of the people is thrown away below.
        let parts = stream.genesis().lazy.prefix { _ in !isStopped() }
        let store = try Store.create(
          at: partial, genesis: Self.genesis,
          state: parts.map { part in
            done += part.accounts.count
            note("accounts in the store", done, plan.accounts)
            return part
          }, options: Store.Options(cacheSize: plan.cacheSize, workerCount: plan.threads))
        try store.close()
      } catch {
        throw FullPathError("\(error)")
      }
      if isStopped() {
        try? FileManager.default.removeItem(atPath: partial)
        throw .interrupted
      }
      try move(partial, to: storePath)
    }
    do {
      try FileManager.default.copyItem(atPath: storePath, toPath: path)
    } catch {
      try? FileManager.default.removeItem(atPath: path)
      throw FullPathError("\(path): cannot be made: \(error.localizedDescription)")
    }
  }

  // MARK: - Tools

  private func move(_ path: String, to target: String) throws(FullPathError) {
    do {
      try FileManager.default.moveItem(atPath: path, toPath: target)
    } catch {
      throw FullPathError("\(target): cannot be made: \(error.localizedDescription)")
    }
  }

  /// What `body` gives for all parts of `0..<count`, put together in order. Throws when it is stopped.
  private func inParts<Value: Sendable>(
    of count: Int, atOnce size: Int, _ what: String?,
    _ body: @escaping @Sendable (Range<Int>) -> [Value]
  ) throws(FullPathError) -> [Value] {
    let parts = (count + size - 1) / size
    let results = Mutex([[Value]](repeating: [], count: parts))
    let next = Atomic(0)
    let (note, isStopped) = (self.note, self.isStopped)
    WorkerThreads.run(plan.threads) { _ in
      while !isStopped() {
        let part = next.wrappingAdd(1, ordering: .relaxed).oldValue
        if part >= parts { return }
        let values = body(part * size..<min(part * size + size, count))
        results.withLock { $0[part] = values }
        if let what { note(what, min(part * size + size, count), count) }
      }
    }
    if isStopped() { throw .interrupted }
    return results.withLock { Array($0.joined()) }
  }
}
