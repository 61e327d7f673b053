// Verifying a store, with progress that another thread can look at.

public import Storage
internal import Synchronization

/// A verification under way.
public final class DatabaseCheck: Sendable {
  private let state = Mutex(VerificationProgress(part: .records, fraction: 0))

  /// A verification that has not begun.
  public init() {}

  /// How far it has come. Any thread may ask.
  public var progress: VerificationProgress { state.withLock { $0 } }

  /// Verifies the store from end to end; throws `interrupted` when it `isStopped` before.
  public func run(
    on store: Store, isStopped: () -> Bool = { false }
  ) throws(StoreError) -> StoreVerification {
    try store.verify { (progress) throws(StoreError) in
      if isStopped() { throw .interrupted }
      state.withLock { $0 = progress }
    }
  }
}
