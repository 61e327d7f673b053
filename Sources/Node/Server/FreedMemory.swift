// Memory that the work for clients leaves behind.

internal import CAllocator
internal import Synchronization

/// Gives freed memory back to the system where a rush of requests has left much of it behind: the allocator keeps
/// some in the arena of each thread, and many threads answer when there is much to do.
final class FreedMemory: Sendable {
  /// Below so many bytes all is kept.
  private static let least = 256.0 * 1_048_576
  private static let pace = Duration.seconds(5)

  private struct State {
    var last = ContinuousClock.now
    /// Bytes that the process took when it was last looked at, and nothing was to be given back.
    var kept = FreedMemory.least / 2
  }

  private let state = Mutex(State())

  /// To be called now and then.
  func look(now: ContinuousClock.Instant) {
    state.withLock { state in
      guard now - state.last > Self.pace else { return }
      state.last = now
      guard let resident = ProcessMetrics.residentBytes() else { return }
      if resident > max(Self.least, 2 * state.kept) {
        nt_give_back_freed_memory()
        state.kept = ProcessMetrics.residentBytes() ?? resident
      } else {
        state.kept = min(state.kept, resident)
      }
    }
  }
}
