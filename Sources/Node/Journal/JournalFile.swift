// The file under a journal.

internal import Storage

/// A file of records. They are written behind its end, whole or not at all, and from time to time it is written anew:
/// beside the one that is there, in whose place it comes when it is whole. What is written is with the system, and
/// outlives the end of the process; `sync` brings it to the disk.
struct JournalFile {
  /// So many bytes are collected before they are written.
  private static let bufferSize = 1 << 20

  private let path: String
  private let framing: JournalFraming
  private let file: File
  private(set) var size: UInt64 = 0
  private var schedule: RewriteSchedule
  /// Whether behind the end there may be something of what could not be written.
  private var isTorn = false

  /// Begins a file with these records, which `encode` puts into bytes. It is on the disk, and comes in the place of the
  /// one at `path` by `takePlace`.
  init<Record>(
    replacing path: String, _ framing: JournalFraming, _ records: [Record],
    _ encode: (Record, inout [UInt8]) throws(StoreError) -> Void
  ) throws(StoreError) {
    self.path = path
    self.framing = framing
    let new = path + ".new"
    if Folder.exists(new) { try Folder.removeFile(new) }
    file = try File(new, .create)
    schedule = RewriteSchedule(size: 0, readLimit: framing.readLimit)
    do throws(StoreError) {
      var bytes = framing.head
      for record in records {
        try encode(record, &bytes)
        if bytes.count < Self.bufferSize { continue }
        try append(bytes)
        bytes.removeAll(keepingCapacity: true)
      }
      try append(bytes)
      try file.sync()
    } catch {
      // Half a file takes room that somebody may lack.
      try? Folder.removeFile(new)
      throw error
    }
    schedule = RewriteSchedule(size: size, readLimit: framing.readLimit)
  }

  /// Puts it in the place of the file that was there. Whose name that is, is on the disk with `syncName`.
  func takePlace() throws(StoreError) { try Folder.move(path + ".new", to: path) }

  /// Brings the file's name to the disk.
  func syncName() throws(StoreError) { try Folder.sync(Folder.parent(of: path)) }

  /// Brings what was written to the disk.
  func sync() throws(StoreError) { try file.sync() }

  /// Writes bytes behind the others, all or none.
  mutating func append(_ bytes: [UInt8]) throws(StoreError) {
    guard size + UInt64(bytes.count) <= framing.readLimit else {
      throw .system(
        path: path, operation: "write",
        reason: "it is full; no more than \(framing.readLimit >> 20) MiB are read again")
    }
    try mend()
    do throws(StoreError) {
      try file.write(bytes, at: size)
    } catch {
      // What is refused is not to be there after a restart.
      isTorn = true
      try? mend()
      // The file was made under another name.
      if case .noSpace = error { throw .noSpace(path: path) }
      throw error
    }
    size += UInt64(bytes.count)
  }

  /// Cuts off what could not be written whole.
  private mutating func mend() throws(StoreError) {
    guard isTorn else { return }
    try file.truncate(to: size)
    isTorn = false
  }

  /// Whether it is due to be written anew, with so many bytes more.
  func isGrown(adding count: Int = 0) -> Bool {
    schedule.isDue(size: size + UInt64(count), now: .now)
  }

  /// Lets some time go by until it is due again, since it could not be done.
  mutating func postponeRewrite() { schedule.postpone(now: .now) }
}
