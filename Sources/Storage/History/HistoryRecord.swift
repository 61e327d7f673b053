// What the database says of the history that is kept.

/// How far back the store keeps states, and which blocks the index of an archive knows.
struct HistoryRecord: Equatable {
  var kept: Store.History
  /// The index has the changes of all blocks behind this one that the database knows. Nothing without an
  /// archive.
  var indexStart: UInt64

  static let key = DatabaseKey.meta("history")

  var bytes: [UInt8] {
    var buffer = ByteBuffer(capacity: 24)
    switch kept {
    case .blocks(let count):
      buffer.append(UInt8(0))
      buffer.append(count)
    case .archive:
      buffer.append(UInt8(1))
      buffer.append(indexStart)
    }
    return buffer.array
  }

  init(_ kept: Store.History, indexStart: UInt64) {
    self.kept = kept
    self.indexStart = indexStart
  }

  init?(_ bytes: UnsafeRawBufferPointer) {
    var reader = ByteReader(bytes)
    guard let kind = reader.byte(), kind < 2, let number = reader.integer(UInt64.self),
      reader.isAtEnd
    else { return nil }
    self.init(kind == 1 ? .archive : .blocks(number), indexStart: number)
  }
}
