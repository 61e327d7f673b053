// Drops what only serves history that is not kept.

internal import Primitives
internal import Synchronization

/// Prunes segments, the oldest first: those that were pruned come before all others. For one thread at a
/// time, or on a thread of its own.
final class HistoryPruner: Sendable {
  let pins = HistoryPins()
  /// What was in the way when it was last tried in the background; it is tried again.
  let problem = Mutex<StoreError?>(nil)

  private let folder: SegmentFolder
  private let genesis: Hash256
  private let state = Condition(State())

  private struct State {
    var isRunning = false
    var isStopped = false
    var thread: BackgroundThread?
  }

  /// More segments than a flush brings, so that the background keeps up, and not so many that it would
  /// take the disk for long.
  private static let segmentsAtATime = 8

  init(_ folder: SegmentFolder, genesis: Hash256) {
    self.folder = folder
    self.genesis = genesis
  }

  /// The first of the segments before `limit` that was not pruned.
  private func first(before limit: UInt32) throws(StoreError) -> UInt32 {
    var low: UInt32 = 1
    var high = max(limit, 1)
    while low < high {
      let middle = low + (high - low) / 2
      if try folder.file(middle).isPruned { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Prunes segments before `limit`, as long as `isWanted` holds and nobody wants their changes; how many
  /// it were. `isWanted` hears of how many how many are done.
  func prune(
    before limit: UInt32, _ isWanted: (_ done: Int, _ of: Int) throws(StoreError) -> Bool
  ) throws(StoreError) -> Int {
    var done = 0
    let first = try first(before: limit)
    while first + UInt32(done) < limit, try isWanted(done, Int(limit - first)),
      try prune(first + UInt32(done))
    {
      done += 1
    }
    return done
  }

  /// Prunes a segment, unless somebody wants its changes.
  private func prune(_ segment: UInt32) throws(StoreError) -> Bool {
    if try !pins.unlessPinned(segment, {}) { return false }
    let file = try PrunedSegment.write(segment, in: folder, genesis: genesis)
    let isDone = try pins.unlessPinned(segment) { () throws(StoreError) in
      try Folder.move(file, to: folder.filePath(segment))
      folder.forget(segment)
    }
    if isDone { try Folder.sync(folder.path) } else { try Folder.removeFile(file) }
    return isDone
  }

  // MARK: - In the background

  /// Prunes some of the segments before `limit` on a thread of its own, unless one is at it.
  func begin(before limit: UInt32) {
    guard limit > 1, !state.with({ $0.isRunning || $0.isStopped }) else { return }
    join()
    state.with { $0.isRunning = true }
    let thread = BackgroundThread { [self] in
      var failure: StoreError?
      do throws(StoreError) {
        _ = try prune(before: limit) { (done, _) throws(StoreError) in
          done < Self.segmentsAtATime && !state.with { $0.isStopped }
        }
      } catch {
        failure = error
      }
      let found = failure
      problem.withLock { $0 = found }
      state.with { $0.isRunning = false }
    }
    state.with { $0.thread = thread }
  }

  /// Waits until the thread has ended, after the segment it is at; none is begun from now on.
  func stop() {
    state.with { $0.isStopped = true }
    join()
  }

  /// Waits until the thread has ended.
  func join() {
    let thread = state.with { state in
      defer { state.thread = nil }
      return state.thread
    }
    thread?.join()
  }
}
