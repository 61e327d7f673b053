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
    try pipeline.use { (pipeline) throws(PipelineError) in
      try pipeline.append(block)
      try pipeline.drain()
    }
    guard let report = last.report.withLock({ $0 }) else { return nil }
    aside[report.hash] = Aside(header: report.header, block: store.keptTip, report: report)
    try forgetOld()
    return report
  }
}

/// What the pipeline said last of a block.
final class LastReport: Sendable {
  let report = Mutex<Pipeline.Report?>(nil)
}
