// Which changes are still wanted.

internal import Synchronization

/// Says from which segment on somebody still wants the changes of blocks, so that they are not dropped
/// in the middle of a reading.
final class HistoryPins: Sendable {
  private let counts = Mutex<[UInt32: Int]>([:])

  fileprivate func add(_ segment: UInt32) { counts.withLock { $0[segment, default: 0] += 1 } }

  fileprivate func remove(_ segment: UInt32) {
    counts.withLock { counts in
      let count = counts[segment] ?? 1
      counts[segment] = count == 1 ? nil : count - 1
    }
  }

  /// Calls `body` unless somebody wants the changes in `segment` or in one before; nobody new does
  /// meanwhile. Whether it was called.
  func unlessPinned(
    _ segment: UInt32, _ body: () throws(StoreError) -> Void
  ) throws(StoreError) -> Bool {
    try counts.withLock { (counts) throws(StoreError) in
      if counts.keys.contains(where: { $0 <= segment }) { return false }
      try body()
      return true
    }
  }
}

/// Holds the changes from a segment on, as long as the object lives.
final class HistoryPin: Sendable {
  private let pins: HistoryPins
  private let segment: UInt32

  init(_ pins: HistoryPins, _ segment: UInt32) {
    self.pins = pins
    self.segment = segment
    pins.add(segment)
  }

  deinit { pins.remove(segment) }
}
