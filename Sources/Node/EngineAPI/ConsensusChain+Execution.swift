// Blocks executed beside the chain.

internal import Chain
internal import Ledger
internal import Primitives
internal import Storage
internal import Synchronization

extension ConsensusChain {
  /// Lets the next block be executed behind a known one, beside the chain.
  func prepareToExecute(on parent: Hash256) throws(PipelineError) -> Bool {
    guard try moveState(to: parent) else { return false }
    if !store.isOnBranch {
      try Self.reading { () throws(StoreError) in try store.beginBranch(at: store.head.number) }
    }
    return true
  }

  /// Executes a block where the state stands, and keeps it.
  func run(_ block: PipelineBlock) throws(PipelineError) -> Pipeline.Report? {
    last.report.withLock { $0 = nil }
    do throws(PipelineError) {
      let pipeline = try pipelineAtTip()
      try pipeline.append(block)
      try pipeline.drain()
    } catch {
      try endPipeline()
      throw error
    }
    guard let report = last.report.withLock({ $0 }) else { return nil }
    aside[report.hash] = Aside(header: report.header, block: store.keptTip, report: report)
    try forgetOld()
    return report
  }

  private func pipelineAtTip() throws(PipelineError) -> Pipeline {
    if let pipeline { return pipeline }
    let total = try Self.reading { () throws(StoreError) in
      try store.header(of: store.keptTip).totalDifficulty
    }
    let made = try Pipeline(
      store: store, rules: rules, totalDifficulty: total, options: options
    ) { [last] report in last.report.withLock { $0 = report } }
    pipeline = made
    work.withLock { $0.current = made }
    return made
  }

  func endPipeline() throws(PipelineError) {
    guard let ended = pipeline else { return }
    pipeline = nil
    work.withLock { work in
      work.ended += ended.times
      work.current = nil
    }
    try ended.end()
  }
}

/// What the pipeline said last of a block.
final class LastReport: Sendable {
  let report = Mutex<Pipeline.Report?>(nil)
}
