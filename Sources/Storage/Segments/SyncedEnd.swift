// How far the segments are known to be on disk.

/// A small file that says up to where the segments were synced. It is written after each sync and not
/// synced itself: after the end of the process it is exact, after a power failure it may say less, and
/// never more. Two places take turns, so that one is always whole.
final class SyncedEnd {
  private let file: File
  private var sequence: UInt64 = 0
  /// What was read or written last; nil where the file says nothing.
  private(set) var end: Place?

  private static let magic: UInt64 = 0x444e_4544_434e_5953
  private static let size = 48
  private static let distance: UInt64 = 512

  init(_ path: String) throws(StoreError) {
    let isNew = !Folder.exists(path)
    file = try File(path, isNew ? .create : .write)
    for turn in 0..<UInt64(2) {
      guard let (sequence, end) = try read(turn), sequence >= self.sequence else { continue }
      self.sequence = sequence
      self.end = end
    }
  }

  private func read(_ turn: UInt64) throws(StoreError) -> (UInt64, Place)? {
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.size, alignment: 8)
    defer { bytes.deallocate() }
    guard try file.read(into: bytes, at: turn * Self.distance) == Self.size else { return nil }
    var reader = ByteReader(UnsafeRawBufferPointer(bytes))
    guard reader.integer(UInt64.self) == Self.magic, let sequence = reader.integer(UInt64.self),
      let segment = reader.integer(UInt32.self), reader.integer(UInt32.self) != nil,
      let offset = reader.integer(UInt64.self), reader.integer(UInt64.self) != nil,
      reader.integer(UInt64.self)
        == Checksum.of(UnsafeRawBufferPointer(rebasing: bytes[..<(Self.size - 8)]))
    else { return nil }
    return (sequence, Place(segment: segment, offset: offset))
  }

  /// Notes that everything before `end` is on disk.
  func set(_ end: Place) throws(StoreError) {
    sequence += 1
    var buffer = ByteBuffer(capacity: Self.size)
    buffer.append(Self.magic)
    buffer.append(sequence)
    buffer.append(end.segment)
    buffer.append(UInt32(0))
    buffer.append(end.offset)
    buffer.append(UInt64(0))
    buffer.append(buffer.checksum)
    try file.write(buffer, at: sequence % 2 * Self.distance)
    self.end = end
  }
}
