// What outlives the process of the edits of a chain's states.

internal import Storage

/// The edits of a chain's states in a file beside its store. They are written to the system before anybody is told
/// that they are made: they outlive the end of the process, however that comes, but not always that of the machine.
final class EditJournal {
  /// Below so many bytes the file is not written anew.
  private static let leastSize: UInt64 = 16 << 20

  private let path: String
  private var file: File
  private var size: UInt64 = 0
  /// The size from which on it is written anew.
  private var limit: UInt64 = 0

  /// Begins the journal at `path` with `records`; what was there is replaced.
  init(_ path: String, _ records: [EditRecord]) throws(StoreError) {
    self.path = path
    (file, size) = try Self.write(records, to: path)
    limit = max(Self.leastSize, 3 * size)
  }

  /// The records of the journal at `path`, and how many pieces of it were none, which are passed over.
  static func read(_ path: String) throws(StoreError) -> (records: [EditRecord], skipped: Int) {
    let (contents, skipped) = try EditRecord.framing.read(path)
    let records = contents.compactMap { try? EditRecord(decoding: $0) }
    return (records, skipped + contents.count - records.count)
  }

  /// Writes records behind the others. `all` are those that are left to be said, these included, for the case that
  /// the file is to be written anew.
  func append(_ records: [EditRecord], all: () -> [EditRecord]) throws(StoreError) {
    var bytes: [UInt8] = []
    for record in records { record.append(to: &bytes) }
    try file.write(bytes, at: size)
    size += UInt64(bytes.count)
    guard size > limit else { return }
    // Where it fails, it is not tried again at once.
    limit *= 2
    guard let new = try? Self.write(all(), to: path) else { return }
    (file, size) = new
    limit = max(Self.leastSize, 3 * size)
  }

  private static func write(
    _ records: [EditRecord], to path: String
  ) throws(StoreError) -> (File, UInt64) {
    let new = path + ".new"
    if Folder.exists(new) { try Folder.removeFile(new) }
    let file = try File(new, .create)
    var bytes = EditRecord.framing.head
    for record in records { record.append(to: &bytes) }
    try file.write(bytes, at: 0)
    try file.sync()
    try Folder.move(new, to: path)
    try Folder.sync(Folder.parent(of: path))
    return (file, UInt64(bytes.count))
  }
}
