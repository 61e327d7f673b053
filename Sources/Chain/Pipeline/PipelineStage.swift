// How long the stages of a pipeline take.

import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What is done with a block, in this order.
public enum PipelineStage: Int, Sendable, CaseIterable {
  /// Its bytes become transactions.
  case decode
  /// Who signed them.
  case recover
  /// They are executed, and the state in memory moves on.
  case execute
  /// The roots of transactions and receipts.
  case lists
  /// The root of the state.
  case root
  /// The block is written and synced.
  case commit
}

/// Time that the stages took, added up over blocks and threads.
public struct StageTimes: Sendable, Equatable {
  /// Nanoseconds of processor time, by stage.
  public var processor = [UInt64](repeating: 0, count: PipelineStage.allCases.count)
  /// Nanoseconds in which some thread was at the stage, waiting included, by stage.
  public var wall = [UInt64](repeating: 0, count: PipelineStage.allCases.count)

  /// Times without any.
  public init() {}

  /// What was added since `earlier`.
  public static func - (later: StageTimes, earlier: StageTimes) -> StageTimes {
    var times = later
    for stage in PipelineStage.allCases {
      times.processor[stage.rawValue] &-= earlier.processor[stage.rawValue]
      times.wall[stage.rawValue] &-= earlier.wall[stage.rawValue]
    }
    return times
  }
}

/// Adds up what stages take; used by all threads of a pipeline.
final class StageClock: Sendable {
  private let times = Mutex(StageTimes())

  var now: StageTimes { times.withLock { $0 } }

  /// Does `body` as part of a stage. What of it other threads do, they measure themselves.
  func measure<Result, Failure: Error>(
    _ stage: PipelineStage, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let (processor, wall) = (Self.read(CLOCK_THREAD_CPUTIME_ID), Self.read(CLOCK_MONOTONIC))
    defer {
      let processor = Self.read(CLOCK_THREAD_CPUTIME_ID) &- processor
      let wall = Self.read(CLOCK_MONOTONIC) &- wall
      times.withLock {
        $0.processor[stage.rawValue] &+= processor
        $0.wall[stage.rawValue] &+= wall
      }
    }
    return try body()
  }

  /// Nanoseconds since some moment.
  static var wall: UInt64 { read(CLOCK_MONOTONIC) }

  private static func read(_ clock: clockid_t) -> UInt64 {
    var time = timespec()
    guard clock_gettime(clock, &time) == 0 else { return 0 }
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
  }
}
