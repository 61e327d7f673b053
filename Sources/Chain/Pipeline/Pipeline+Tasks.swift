// What the threads of a pipeline do.

import Execution
import Ledger
import Primitives
import Storage
import Synchronization

extension Pipeline {
  /// Does the next thing that is to be done; false where there is none now.
  func doNext(as worker: Int) -> Bool {
    guard let task = schedule.withLock({ $0.take() }) else { return false }
    do throws(PipelineError) {
      switch task {
      case .open(let block): try open(block)
      case .prepare(let block, let part): prepare(part, of: block)
      case .execute(let block):
        guard try execute(block, as: worker) else {
          schedule.withLock { $0.postpone(block) }
          crew.wake()
          place.wakeAll()
          return true
        }
      case .root(let block): try seal(block, as: worker)
      }
    } catch {
      fail(error, at: task.block)
    }
    schedule.withLock { $0.finish(task) }
    crew.wake()
    place.wakeAll()
    return true
  }

  /// Gives up a block and all behind it; those before it go on.
  func fail(_ error: PipelineError, at block: BlockInFlight) {
    schedule.withLock { $0.fail(error, at: block) }
    store.expectNames(below: block.number)
  }

  // MARK: - Preparation

  /// Checks the header of a block and decodes its body, or takes what a draft has.
  private func open(_ block: BlockInFlight) throws(PipelineError) {
    switch block.source {
    case .draft(let draft):
      block.encodings = draft.transactions
      block.prepared.reserve(draft.transactions.count)
    case .sealed(let encoded):
      try clock.measure(.decode) { () throws(PipelineError) in
        do throws(InvalidBlock) {
          let decoded = try check(encoded, block)
          block.encodings = EncodedTransactions(decoded.transactions)
          block.prepared.reserve(decoded.transactions.count)
          block.block = decoded
        } catch {
          throw block.refused(error)
        }
      }
    }
  }

  /// Checks all that can be checked before transactions are looked at, what is cheap first.
  private func check(
    _ encoded: EncodedBlock, _ block: BlockInFlight
  ) throws(InvalidBlock) -> Block {
    let header = encoded.header
    guard let parent = block.parentHeader, parent.hash == header.parentHash else {
      throw .unknownParent(header.parentHash)
    }
    let candidate = Candidate.encoded(encoded)
    try candidate.checkSize(fork: block.fork)
    try HeaderValidation.check(header, parent: parent, fork: block.fork, chain: rules)
    if block.fork < .paris, let seal = options.seal { try seal(header) }
    try candidate.checkTransactionCount(fork: block.fork)
    let decoded = try candidate.block()
    try BodyValidation.checkForm(decoded, fork: block.fork)
    return decoded
  }

  /// Makes part of a block's transactions ready for execution.
  private func prepare(_ part: Int, of block: BlockInFlight) {
    let start = part * BlockInFlight.partSize
    let range = start..<min(start + BlockInFlight.partSize, block.encodings.count)
    if case .draft(let draft) = block.source, let signed = draft.signed,
      signed.transactions.count == block.encodings.count
    {
      block.prepared.adopt(range, of: signed, fork: block.fork)
      return
    }
    clock.measure(.decode) {
      if let decoded = block.block {
        block.prepared.adopt(range, of: decoded.transactions)
      } else {
        block.prepared.decode(range, of: block.encodings)
      }
    }
    var allowsStated = false
    if case .draft(let draft) = block.source { allowsStated = draft.allowsStatedSenders }
    clock.measure(.recover) {
      block.prepared.recover(
        range, fork: block.fork, chainID: rules.chainID, allowsStated: allowsStated)
    }
  }

  /// Shares a loop among the threads that are free, and counts what it takes as part of a stage.
  func share(
    _ jobs: Int, as worker: Int, for stage: PipelineStage,
    _ body: (_ job: Int, _ worker: Int) -> Void
  ) {
    withoutActuallyEscaping(body) { body in
      crew.run(jobs, by: worker) { [clock] job, other in
        if other == worker { return body(job, other) }
        clock.measure(stage) { body(job, other) }
      }
    }
  }
}
