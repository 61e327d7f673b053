// How far the segments are known to be on disk.

/// A small file that says up to where the segments were synced. It is written after each sync, and itself
/// synced when the log is opened or closed only: after the end of the process it is exact, after a power
/// failure it may say less, and never more. Two places take turns, so that one is always whole.
final class SyncedEnd {
  private let file: File
  private var sequence: UInt64 = 0
  /// What was read or written last; nil in a new file.
  private(set) var end: Place?
  /// What was wrong with one of the places when the file was opened; the other one says less at worst.
  private(set) var damage: StoreError?

  private static let magic: UInt64 = 0x444e_4544_434e_5953
  private static let size = 48
  private static let distance: UInt64 = 512

  /// Makes the file of a new store.
  init(making path: String) throws(StoreError) { file = try File(path, .create) }

  /// Opens the file of a store, which says something: without it, blocks could be missing at the end and
  /// nobody would know.
  init(_ path: String) throws(StoreError) {
    guard Folder.exists(path) else {
      throw Self.damage(path, nil, "the note of how far the records are on disk is missing")
    }
    file = try File(path, .write)
    for turn in 0..<UInt64(2) {
      switch try read(turn) {
      case .nothing: continue
      case .damaged:
        damage = Self.damage(
          path, turn * Self.distance,
          "one of the two notes of how far the records are on disk was not what was written; "
            + "opening the store has written it anew")
      case .end(let end, let sequence):
        if sequence < self.sequence { continue }
        self.sequence = sequence
        self.end = end
      }
    }
    if end == nil {
      throw Self.damage(path, 0, "it does not say how far the records are on disk")
    }
  }

  private static func damage(_ path: String, _ offset: UInt64?, _ reason: String) -> StoreError {
    .corrupted(path: path, offset: offset, block: nil, reason: reason)
  }

  private enum Reading {
    case nothing
    case damaged
    case end(Place, sequence: UInt64)
  }

  private func read(_ turn: UInt64) throws(StoreError) -> Reading {
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.size, alignment: 8)
    defer { bytes.deallocate() }
    bytes.initializeMemory(as: UInt8.self, repeating: 0)
    _ = try file.read(into: bytes, at: turn * Self.distance)
    // Where nothing was written yet.
    if bytes.allSatisfy({ $0 == 0 }) { return .nothing }
    var reader = ByteReader(UnsafeRawBufferPointer(bytes))
    guard reader.integer(UInt64.self) == Self.magic, let sequence = reader.integer(UInt64.self),
      let segment = reader.integer(UInt32.self), reader.integer(UInt32.self) != nil,
      let offset = reader.integer(UInt64.self), reader.integer(UInt64.self) != nil,
      reader.integer(UInt64.self)
        == Checksum.of(UnsafeRawBufferPointer(rebasing: bytes[..<(Self.size - 8)]))
    else { return .damaged }
    return .end(Place(segment: segment, offset: offset), sequence: sequence)
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

  /// Brings the file to the disk.
  func sync() throws(StoreError) { try file.sync() }
}
