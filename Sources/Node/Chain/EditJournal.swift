// What outlives the process of the edits of a chain's states.

internal import Storage

/// The edits of a chain's states in a file beside its store. They are written to the system before anybody is told
/// that they are made: they outlive the end of the process, however that comes, but not always that of the machine.
final class EditJournal {
  private let path: String
  private var file: JournalFile

  /// Begins the journal at `path` with `records`; what was there is replaced.
  init(_ path: String, _ records: [EditRecord]) throws(StoreError) {
    self.path = path
    file = try Self.file(path, records)
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
    try EditRecord.append(records, to: &bytes)
    if file.isGrown(adding: bytes.count) {
      if let new = try? Self.file(path, all()) {
        file = new
        return
      }
      file.postponeRewrite()
    }
    try file.append(bytes)
  }

  /// A file with these records, in the place of the one at `path`.
  private static func file(
    _ path: String, _ records: [EditRecord]
  ) throws(StoreError) -> JournalFile {
    let file = try JournalFile(replacing: path, EditRecord.framing, records) {
      (record, bytes) throws(StoreError) in try EditRecord.append([record], to: &bytes)
    }
    try file.takePlace()
    // From here on the old file has no name: this one counts, whether or not its name is on the disk.
    try? file.syncName()
    return file
  }
}
