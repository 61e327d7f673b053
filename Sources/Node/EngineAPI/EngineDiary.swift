// Who is told of what the consensus client asked for, and how often.

internal import Primitives
internal import Storage
internal import Synchronization

/// Tells of events, but not of the same again and again. Any thread may call it.
final class EngineDiary: Sendable {
  /// An event that comes again within so long is not told again.
  fileprivate static let silence = Duration.seconds(60)
  /// Of other heads that are not here, one is told of each time that so long has passed.
  fileprivate static let unknownHeadSilence = Duration.seconds(300)
  /// No more than so many are told within `silence`.
  fileprivate static let countLimit = 32

  fileprivate struct Told {
    var events: [EngineEvent: ContinuousClock.Instant] = [:]
    /// The head that was not here; nil where the last one was.
    var unknownHead: (hash: Hash256, time: ContinuousClock.Instant)?
  }

  private let told = Mutex(Told())
  private let tell: @Sendable (EngineEvent) -> Void

  init(_ tell: @escaping @Sendable (EngineEvent) -> Void) { self.tell = tell }

  func note(_ event: EngineEvent, at now: ContinuousClock.Instant = .now) {
    if told.withLock({ $0.isNews(event, at: now) }) { tell(event) }
  }

  /// A head was named that is here.
  func noteKnownHead(_ block: BlockIdentity) {
    let wasUnknown = told.withLock { told in
      defer { told.unknownHead = nil }
      return told.unknownHead != nil
    }
    if wasUnknown { tell(.caughtUp(block)) }
  }
}

extension EngineDiary.Told {
  fileprivate mutating func isNews(_ event: EngineEvent, at now: ContinuousClock.Instant) -> Bool {
    if case .unknownHead(let hash) = event {
      if let last = unknownHead,
        last.hash == hash || now - last.time < EngineDiary.unknownHeadSilence
      {
        return false
      }
      unknownHead = (hash, now)
      return true
    }
    events = events.filter { now - $0.value < EngineDiary.silence }
    if events[event] != nil || events.count >= EngineDiary.countLimit { return false }
    events[event] = now
    return true
  }
}
