// A pipeline that is begun anew when it has failed.

internal import Chain
internal import Synchronization

/// A pipeline at the end of a store, begun when it is needed. One that has failed takes no more blocks, though the next
/// attempt may do better, with other transactions or more room on the disk: so it is ended, and another begun for the
/// next block. Blocks are made by one thread at a time; `times` may be asked by any.
final class RenewedPipeline: @unchecked Sendable {
  private let begin: () throws(PipelineError) -> Pipeline
  private var current: Pipeline?
  /// What the stages took in those that have ended, and the one that has not.
  private let work = Mutex<(ended: StageTimes, current: Pipeline?)>((StageTimes(), nil))

  /// A pipeline that `begin` begins.
  init(_ begin: @escaping () throws(PipelineError) -> Pipeline) { self.begin = begin }

  /// Begins it, unless that was done.
  @discardableResult func start() throws(PipelineError) -> Pipeline {
    if let current { return current }
    let pipeline = try begin()
    current = pipeline
    work.withLock { $0.current = pipeline }
    return pipeline
  }

  /// Does something with the pipeline. Where it throws, another has its place next time.
  func use<Value>(
    _ body: (Pipeline) throws(PipelineError) -> Value
  ) throws(PipelineError) -> Value {
    let pipeline = try start()
    do throws(PipelineError) {
      return try body(pipeline)
    } catch {
      // Why the block could not be made says more than why its changes cannot be forgotten.
      try? end()
      throw error
    }
  }

  /// Ends the pipeline.
  func end() throws(PipelineError) {
    guard let ended = current else { return }
    current = nil
    work.withLock { work in
      work.ended += ended.times
      work.current = nil
    }
    try ended.end()
  }

  /// What the stages of all blocks took.
  var times: StageTimes {
    work.withLock { work in
      var times = work.ended
      if let current = work.current { times += current.times }
      return times
    }
  }
}
