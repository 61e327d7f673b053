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
      let done = commit(blocks)
      pipeline.schedule.withLock { $0.finishCommit(of: done) }
      pipeline.crew.wake()
      pipeline.place.wakeAll()
    }
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

  /// Commits blocks; answers those that are durable, which are fewer where the store fails.
  private func commit(_ blocks: [BlockInFlight]) -> [BlockInFlight] {
    var done: [BlockInFlight] = []
    pipeline.clock.measure(.commit) {
      for block in blocks {
        guard let committed = block.committed else {
          preconditionFailure("the block has its roots")
        }
        do throws(StoreError) {
          try pipeline.store.commit(committed)
        } catch {
          return pipeline.fail(.store(error), at: block)
        }
        done.append(block)
      }
    }
    for block in done { pipeline.report(block) }
    return done
  }
}
