// Making blocks durable, in their order.

import Execution
import Ledger
import Primitives
import Storage
import Synchronization

/// The thread that writes blocks and waits for the disk, which no thread of the crew should do.
struct Committer: Sendable {
  private let pipeline: Pipeline

  init(_ pipeline: Pipeline) { self.pipeline = pipeline }

  /// Commits blocks as they come until the pipeline is closed.
  func run() {
    while let blocks = next() {
      do throws(PipelineError) {
        try commit(blocks)
      } catch {
        pipeline.fail(error)
      }
      pipeline.schedule.withLock { $0.finishCommit(of: blocks.count) }
      pipeline.crew.wake()
      pipeline.place.wakeAll()
    }
    pipeline.hasCommitterEnded.store(true, ordering: .releasing)
    pipeline.place.wakeAll()
  }

  /// All blocks that wait to be committed; nil when no more will come.
  private func next() -> [BlockInFlight]? {
    var blocks: [BlockInFlight]?
    pipeline.place.wait(until: {
      pipeline.schedule.withLock { schedule in
        blocks = schedule.takeRooted()
        return blocks != nil || schedule.isClosed
      }
    })
    return blocks
  }

  private func commit(_ blocks: [BlockInFlight]) throws(PipelineError) {
    try pipeline.clock.measure(.commit) { () throws(PipelineError) in
      do throws(StoreError) {
        for block in blocks.compactMap(\.committed) { try pipeline.store.commit(block) }
      } catch {
        throw .store(error)
      }
    }
    for block in blocks { pipeline.report(block) }
  }
}
