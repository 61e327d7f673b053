// The changes of blocks that views looked at lately.

internal import Synchronization

/// Reads the changes of blocks, each checked once, and keeps those that were asked for last.
final class ChangesCache: Sendable {
  private struct Content {
    var changes: [Place: (changes: StateChanges, use: UInt64)] = [:]
    var byteCount = 0
    var use: UInt64 = 0
  }

  private let folder: SegmentFolder
  private let limit: Int
  private let content = Mutex(Content())

  /// Keeps changes of up to `limit` bytes.
  init(_ folder: SegmentFolder, limit: Int) {
    self.folder = folder
    self.limit = limit
  }

  func changes(of record: RecordPlace) throws(StoreError) -> StateChanges {
    let known = content.withLock { content in
      content.use += 1
      content.changes[record.place]?.use = content.use
      return content.changes[record.place]?.changes
    }
    if let known { return known }
    let changes = StateChanges(try folder.section(.changes, of: record))
    content.withLock { content in
      if content.changes[record.place] != nil { return }
      content.byteCount += changes.byteCount
      content.changes[record.place] = (changes, content.use)
      while content.byteCount > limit, content.changes.count > 1,
        let oldest = content.changes.min(by: { $0.value.use < $1.value.use })
      {
        content.byteCount -= oldest.value.changes.byteCount
        content.changes[oldest.key] = nil
      }
    }
    return changes
  }
}
