// The part that is timed.

internal import Chain
internal import Fixtures
internal import Ledger
internal import Primitives
internal import Storage
internal import Synchronization
internal import Workloads

extension FullPathRun {
  /// What is known when a block has become durable.
  private struct Milestone {
    let time: UInt64
    let latency: UInt64
    let transactions: Int
    let leftOut: Int
    let lag: Int
    let stateRoot: Hash256
    /// What was used until then, for the block that ends the warm-up.
    var usage: ProcessUsage?
    var stages: StageTimes?
  }

  /// Feeds all blocks, as fast as the pipeline takes them.
  func measure(
    _ store: Store, _ blocksPath: String, _ result: inout FullPathResult
  ) throws(FullPathError) {
    let milestones = Mutex<[Milestone]>([])
    let clock = Mutex<Pipeline?>(nil)
    let (plan, note) = (self.plan, self.note)
    let begin = WallClock.now
    let pipeline: Pipeline
    do throws(PipelineError) {
      pipeline = try Pipeline(
        store: store, rules: TransferStream.rules, options: .init(threads: plan.threads)
      ) { report in
        let count = milestones.withLock { milestones in
          let isEndOfWarmUp = milestones.count + 1 == plan.warmUpBlocks
          milestones.append(
            Milestone(
              time: WallClock.now, latency: report.latency, transactions: report.transactions,
              leftOut: report.leftOut, lag: Int(store.head.number - store.databaseBlock.number),
              stateRoot: report.header.stateRoot,
              usage: isEndOfWarmUp ? ProcessUsage() : nil,
              stages: isEndOfWarmUp ? clock.withLock { $0?.times } : nil))
          return milestones.count
        }
        note("blocks", count, plan.blockCount)
      }
    } catch {
      throw FullPathError("\(error)")
    }
    clock.withLock { $0 = pipeline }
    let start = Milestone(
      time: begin, latency: 0, transactions: 0, leftOut: 0, lag: 0, stateRoot: .zero,
      usage: ProcessUsage(),
      stages: pipeline.times)
    let failure = feed(pipeline, from: blocksPath)
    clock.withLock { $0 = nil }
    let stages = pipeline.times
    do throws(PipelineError) {
      try pipeline.end()
    } catch {
      throw failure ?? FullPathError("\(error)")
    }
    if let failure { throw failure }
    let drain = WallClock.now
    try flush(store)
    let end = WallClock.now
    evaluate(
      [start] + milestones.withLock { $0 }, end: end, drain: end - drain, stages: stages, &result)
    result.head = store.head.hash
    result.stateRoot = milestones.withLock { $0.last?.stateRoot ?? .zero }
  }

  /// Hands over all blocks of a file and waits for them. Returns why that was not possible, if so.
  private func feed(_ pipeline: Pipeline, from path: String) -> FullPathError? {
    do throws(FullPathError) {
      let reader = try BlockPileReader(path)
      var timestamp = FullPathPreparation.genesis.timestamp
      for _ in 0..<plan.blockCount {
        try goOn()
        guard let transactions = try reader.next() else {
          throw FullPathError("\(path): is cut off; delete it, so that it is made anew")
        }
        timestamp += 1
        try handOver(
          BlockDraft(
            timestamp: timestamp, gasLimit: FullPathPreparation.genesis.gasLimit,
            transactions: transactions), to: pipeline)
      }
      try handOver(nil, to: pipeline)
      return nil
    } catch {
      return error
    }
  }

  private func handOver(_ draft: BlockDraft?, to pipeline: Pipeline) throws(FullPathError) {
    do throws(PipelineError) {
      if let draft { try pipeline.append(.draft(draft)) } else { try pipeline.drain() }
    } catch {
      throw FullPathError("\(error)")
    }
  }

  private func evaluate(
    _ milestones: [Milestone], end: UInt64, drain: UInt64, stages: StageTimes,
    _ result: inout FullPathResult
  ) {
    let first = min(plan.warmUpBlocks, milestones.count - 1)
    let start = milestones[first]
    let counted = milestones[(first + 1)...]
    result.blocks = counted.count
    result.transactions = counted.reduce(0) { $0 + $1.transactions }
    result.seconds = Double(end - start.time) / 1e9
    result.drainSeconds = Double(drain) / 1e9
    result.thirds = Self.thirds(from: start.time, Array(counted))
    let latencies = Series(counted.map { Double($0.latency) / 1e6 })
    result.latency = (latencies.median, latencies.quantile(0.99))
    result.largestLag = milestones.map(\.lag).max() ?? 0
    if let before = start.stages { result.stages = stages - before }
    let usage = ProcessUsage()
    result.peakMemory = usage.peakMemory
    if let before = start.usage {
      result.stolen = usage.stolen(since: before)
      result.processor = usage.processor - before.processor
      result.bytesWritten = usage.bytesWritten - before.bytesWritten
    }
    result.firstSpeed = Self.firstSpeed(milestones)
    let leftOut = milestones.reduce(0) { $0 + $1.leftOut }
    if leftOut > 0 { result.problems.append("\(leftOut) transactions were left out of blocks") }
    let planned = plan.blockCount * plan.blockSize
    let all = milestones.reduce(0) { $0 + $1.transactions }
    if all != planned { result.problems.append("\(all) transactions instead of \(planned)") }
  }

  /// Transactions a second in each third of the blocks.
  private static func thirds(from start: UInt64, _ blocks: [Milestone]) -> [Double] {
    let count = blocks.count / 3
    guard count > 0 else { return [] }
    return (0..<3).map { third in
      let part = blocks[third * count..<third * count + count]
      let begin = third == 0 ? start : blocks[third * count - 1].time
      let seconds = Double(part[part.endIndex - 1].time - begin) / 1e9
      return Double(part.reduce(0) { $0 + $1.transactions }) / seconds
    }
  }

  /// Transactions a second in the first ten seconds.
  private static func firstSpeed(_ milestones: [Milestone]) -> Double {
    guard let start = milestones.first else { return 0 }
    let early = milestones.dropFirst().prefix { $0.time - start.time <= 10_000_000_000 }
    guard let last = early.last, last.time > start.time else { return 0 }
    return Double(early.reduce(0) { $0 + $1.transactions }) * 1e9 / Double(last.time - start.time)
  }

  private func flush(_ store: Store) throws(FullPathError) {
    do throws(StoreError) {
      try store.flush()
    } catch {
      throw FullPathError("\(error)")
    }
  }
}
