// needletail_ methods, and others that tell what the engine finds out about blocks.

internal import Execution
internal import JSON
internal import Ledger
internal import Primitives
internal import Reports
internal import State
internal import Storage

/// Methods that execute whole blocks of the past once more.
struct NeedletailMethods {
  let runner: CallRunner

  private var chain: ChainReader { runner.chain }

  /// What a block's execution may take.
  private static let memoryLimit = 256 << 20

  var methods: [String: RPCMethod] {
    [
      "eth_getBlockAccessList": { (parameters, writer) throws(RPCError) in
        guard let block = try chain.block(try selector(parameters)) else { return writer.null() }
        try accessList(of: block).write(to: &writer)
      },
      "debug_getRawBlockAccessList": { (parameters, writer) throws(RPCError) in
        let block = try chain.existingBlock(try selector(parameters))
        writer.value(data: try accessList(of: block).encoded)
      },
      "needletail_blockAccessList": { (parameters, writer) throws(RPCError) in
        let block = try chain.existingBlock(try selector(parameters))
        let list = try accessList(of: block)
        writer.object { object in
          // No header commits to a list yet: it is what this engine found.
          object.member("source", "engine")
          object.member("blockHash", block.hash)
          object.member("hash", list.hash)
          object.key("accessList")
          list.write(to: &object)
        }
      },
      "needletail_blockConflicts": { (parameters, writer) throws(RPCError) in
        try writeConflicts(of: try chain.existingBlock(try selector(parameters)), to: &writer)
      },
      "needletail_engineStatistics": { (parameters, writer) throws(RPCError) in
        try parameters.expect(atMost: 0)
        let statistics = chain.store.statistics
        writer.object { statistics.write(to: &$0) }
      },
    ]
  }

  private func selector(_ parameters: RPCParameters) throws(RPCError) -> BlockSelector {
    try parameters.required(0) { (value) throws(RPCError) in try BlockSelector(value) }
  }

  /// What a block accesses, found by executing it.
  private func accessList(of block: ChainReader.Found) throws(RPCError) -> BlockAccessList {
    let executable = try chain.executable(block)
    if executable.rules.fork < .cancun {
      throw .failed("blocks have access lists from Cancun on")
    }
    let executor = SequentialExecutor(memoryLimit: Self.memoryLimit)
    executor.emitsAccessLists = true
    let state = try chain.state(before: block)
    do throws(BlockExecutionError) {
      return try executor.execute(executable, on: state).accessList ?? BlockAccessList()
    } catch {
      throw .failed("\(error)")
    }
  }

  /// What the transactions of a block need of each other, and how they come off side by side.
  private func writeConflicts(
    of block: ChainReader.Found, to writer: inout JSONWriter
  ) throws(RPCError) {
    let executable = try chain.executable(block)
    let state = try chain.state(before: block)
    let start = ContinuousClock.now
    let profiler = BlockProfiler(memoryLimit: Self.memoryLimit) {
      let passed = (ContinuousClock.now - start).components
      return UInt64(passed.seconds) * 1_000_000_000 + UInt64(passed.attoseconds / 1_000_000_000)
    }
    let parallel = ParallelExecutor(workers: 2, memoryLimit: Self.memoryLimit)
    parallel.executesSmallBlocksSerially = false
    let report: ConflictReport
    do throws(BlockExecutionError) {
      let profile = try profiler.profile(executable, on: state)
      report = ConflictReport([
        ConflictReport.Entry(name: "\(block.number)", profile: profile)
      ])
      _ = try parallel.execute(executable, on: state)
    } catch {
      throw .failed("\(error)")
    }
    let statistics = parallel.statistics
    writer.object { object in
      object.member("number", quantity: block.number)
      object.member("hash", block.hash)
      report.write(to: &object)
      object.key("execution")
      object.object { execution in
        execution.member("workers", parallel.workerCount)
        execution.member("transactions", statistics.transactions)
        execution.member("executions", statistics.executions)
        execution.member("aborts", statistics.aborts)
        execution.member("deferrals", statistics.deferrals)
        execution.member("turns", statistics.turns)
        execution.member("batches", statistics.batches)
      }
    }
  }
}

extension StoreStatistics {
  fileprivate func write(to object: inout JSONWriter) {
    object.key("head")
    object.object { part in
      part.member("number", quantity: head.number)
      part.member("hash", head.hash)
    }
    object.member("databaseBlock", quantity: databaseBlock.number)
    if let oldestState { object.member("oldestState", quantity: oldestState) }
    object.member("segments", segments)
    object.member("prunedSegments", prunedSegments)
    object.member("segmentBytes", segmentBytes)
    object.member("databaseBytes", databaseBytes)
    object.member("databaseKeys", keys)
    object.member("cachedEntries", cachedEntries)
    object.member("stateBytes", stateBytes)
    object.member("trieBytes", trieBytes)
    object.member("leafBytes", leafBytes)
  }
}
