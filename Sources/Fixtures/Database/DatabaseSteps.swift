// How far something long has come, for another thread to look at.

internal import Synchronization

/// Steps of work on a store.
public final class DatabaseSteps: Sendable {
  private let state = Mutex<(done: Int, all: Int)>((0, 0))

  /// No steps.
  public init() {}

  /// How many of how many are done. Any thread may ask.
  public var progress: (done: Int, of: Int) { state.withLock { ($0.done, $0.all) } }

  /// Notes how many of how many are done.
  public func note(done: Int, of all: Int) { state.withLock { $0 = (done, all) } }
}
