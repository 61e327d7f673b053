// The segments: the durable log of the chain.

internal import Primitives

/// Appends records, one after another; a record counts when it is synced. For one thread at a time.
final class SegmentLog {
  let folder: SegmentFolder
  private let genesis: Hash256
  private let segmentSize: UInt64
  private let isSynced: Bool
  private var file: File
  private let synced: SyncedEnd
  /// Behind the last record.
  private(set) var end: Place
  /// Whether everything before `end` is on disk.
  private var isClean = true
  private var buffer = ByteBuffer(capacity: 1 << 20)

  /// Makes a segment where the log begins, in a folder that has none from it on.
  static func begin(
    _ segment: UInt32, in folder: SegmentFolder, genesis: Hash256
  ) throws(StoreError) {
    _ = try makeSegment(segment, in: folder, genesis: genesis, size: 0)
  }

  /// Opens the log for appending at `end`, behind which nothing is kept; `synced` says so from now on.
  init(
    _ folder: SegmentFolder, genesis: Hash256, end: Place, synced: SyncedEnd,
    segmentSize: UInt64, isSynced: Bool
  ) throws(StoreError) {
    self.folder = folder
    self.genesis = genesis
    self.end = end
    self.synced = synced
    self.segmentSize = segmentSize
    self.isSynced = isSynced
    file = try File(folder.filePath(end.segment), .write)
    for segment in folder.segments() where segment > end.segment {
      try Folder.removeFile(folder.filePath(segment))
    }
    for name in Folder.names(in: folder.path) ?? []
    where name.hasSuffix(PrunedSegment.unfinishedSuffix) {
      try Folder.removeFile(folder.path + "/" + name)
    }
    try file.truncate(to: end.offset)
    if end.offset == SegmentHeader.size {
      // The segment may have been in the making when the process ended.
      let header = SegmentHeader.bytes(segment: end.segment, genesis: genesis)
      try file.write(header, at: 0)
    }
    try file.sync()
    try Folder.sync(folder.path)
    try synced.set(end)
    try synced.sync()
  }

  /// What was wrong with the note of how far the records are on disk, when the log was opened.
  var noteDamage: StoreError? { synced.damage }

  /// Appends a record whose sections `write` writes, in their order, and syncs it. When it throws, the
  /// log is what it was, and a later try may succeed.
  func append(
    _ header: RecordHeader, _ write: (RecordSection, inout ByteBuffer) -> Void
  ) throws(StoreError) -> RecordPlace {
    var header = header
    header.followsSynced = isClean
    buffer.removeAll()
    _ = buffer.extend(by: RecordHeader.size)
    for section in RecordSection.allCases {
      let start = buffer.count
      write(section, &buffer)
      let content = UnsafeRawBufferPointer(rebasing: buffer.borrowedBytes[start...])
      header.sections[section.rawValue] = RecordHeader.Section(
        length: UInt64(content.count), checksum: Checksum.of(content))
      buffer.pad(to: 8)
    }
    buffer.pad(to: RecordHeader.alignment)
    header.length = UInt64(buffer.count)
    header.write(to: &buffer)
    if end.offset + header.length > segmentSize && end.offset > SegmentHeader.size {
      try beginSegment()
    }
    let place = end
    try file.write(buffer, at: place.offset)
    end.offset += header.length
    isClean = false
    if isSynced { try syncAppended() }
    return RecordPlace(place: place, length: header.length, block: header.block)
  }

  /// Brings a record to the disk that was appended just now. It is there: what fails now must not be tried
  /// again, whatever the reason.
  func syncAppended() throws(StoreError) {
    do throws(StoreError) {
      try sync()
    } catch {
      throw .system(path: folder.path, operation: "sync", reason: "\(error)")
    }
  }

  /// Brings everything to the disk.
  func sync() throws(StoreError) {
    if isClean { return }
    try file.sync()
    isClean = true
    try synced.set(end)
  }

  /// Ends the log in good order: gives back the room that was reserved.
  func close() throws(StoreError) {
    try sync()
    try file.truncate(to: end.offset)
    try synced.sync()
  }

  private func beginSegment() throws(StoreError) {
    try sync()
    try file.truncate(to: end.offset)
    let next = end.segment + 1
    // What a failed try may have left.
    let path = folder.filePath(next)
    if Folder.exists(path) { try Folder.removeFile(path) }
    file = try Self.makeSegment(next, in: folder, genesis: genesis, size: segmentSize)
    end = Place(segment: next, offset: SegmentHeader.size)
  }

  private static func makeSegment(
    _ segment: UInt32, in folder: SegmentFolder, genesis: Hash256, size: UInt64
  ) throws(StoreError) -> File {
    let file = try File(folder.filePath(segment), .create)
    if size > 0 { try file.reserve(size) }
    try file.write(SegmentHeader.bytes(segment: segment, genesis: genesis), at: 0)
    try file.sync()
    try Folder.sync(folder.path)
    return file
  }
}
