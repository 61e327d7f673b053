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
    limit = Self.limit(of: size)
  }

  private static func limit(of size: UInt64) -> UInt64 {
    // What is longer could not all be read again.
    max(leastSize, min(3 * size, EditRecord.framing.readLimit - (64 << 20)))
  }

  /// The records of the journal at `path`, and how many pieces of it were none, which are passed over.
  static func read(_ path: String) throws(StoreError) -> (records: [EditRecord], skipped: Int) {
    let (contents, skipped) = try EditRecord.framing.read(path)
    let lists = contents.compactMap { try? EditRecord.list(decoding: $0) }
    return (lists.flatMap(\.self), skipped + contents.count - lists.count)
  }

  /// Writes records that belong together behind the others. `all` are those that are left to be said, these included, for the case that
  /// the file is to be written anew.
  func append(_ records: [EditRecord], all: () -> [EditRecord]) throws(StoreError) {
    var bytes: [UInt8] = []
    EditRecord.append(records, to: &bytes)
    do throws(StoreError) {
      try file.write(bytes, at: size)
    } catch {
      // What is refused is not to be there after a restart.
      try? file.truncate(to: size)
      throw error
    }
    size += UInt64(bytes.count)
    guard size > limit else { return }
    // Where it fails, it is not tried again at once.
    limit *= 2
    guard let new = try? Self.write(all(), to: path) else { return }
    (file, size) = new
    limit = Self.limit(of: size)
  }

  private static func write(
    _ records: [EditRecord], to path: String
  ) throws(StoreError) -> (File, UInt64) {
    let new = path + ".new"
    if Folder.exists(new) { try Folder.removeFile(new) }
    let file = try File(new, .create)
    var bytes = EditRecord.framing.head
    for record in records { EditRecord.append([record], to: &bytes) }
    try file.write(bytes, at: 0)
    try file.sync()
    try Folder.move(new, to: path)
    // From here on the old file has no name: this one counts, whether or not its name is on the disk.
    try? Folder.sync(Folder.parent(of: path))
    return (file, UInt64(bytes.count))
  }
}
