// When to give up.

import Synchronization

/// When the execution of a block is to end before its time. It is asked for between transactions; what
/// was executed until then is forgotten, or makes the block where one is built.
public struct StopCondition: Sendable {
  /// The instant from which on nothing more is begun.
  public var deadline: ContinuousClock.Instant?
  /// A switch that others can turn.
  public var cancellation: Cancellation?

  /// Whichever comes first.
  public init(deadline: ContinuousClock.Instant? = nil, cancellation: Cancellation? = nil) {
    self.deadline = deadline
    self.cancellation = cancellation
  }

  /// Whether it is time.
  public var isMet: Bool {
    if let cancellation, cancellation.isCancelled { return true }
    if let deadline { return ContinuousClock.now >= deadline }
    return false
  }
}

/// A switch that any thread may turn, once, to end an execution.
public final class Cancellation: Sendable {
  private let isTurned = Atomic<Bool>(false)

  /// A switch that is not turned.
  public init() {}

  /// Turns it.
  public func cancel() { isTurned.store(true, ordering: .releasing) }

  /// Whether it was turned.
  public var isCancelled: Bool { isTurned.load(ordering: .acquiring) }
}
