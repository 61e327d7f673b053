// A file that is written from the beginning to the end.

/// A file that gets its name when it is whole: until then it has another, which nobody else has, and is
/// gone when it is not finished.
struct OutputFile: ~Copyable {
  private let path: String
  private let replaces: Bool
  private let file: File
  private var buffer: ByteBuffer
  /// How many bytes were written.
  private(set) var count: UInt64 = 0
  private var isFinished = false

  /// Begins a file that will be at `path`; one that is there already is only replaced where `replaces`
  /// says so.
  init(_ path: String, replaces: Bool) throws(StoreError) {
    guard Folder.isFileOrNothing(path) else {
      throw .system(path: path, operation: "write", reason: "it is no ordinary file")
    }
    guard replaces || !Folder.exists(path) else { throw .fileExists(path: path) }
    let serial = String(UInt64.random(in: 0 ... .max), radix: 36)
    file = try File("\(path).\(serial).new", .create)
    self.path = path
    self.replaces = replaces
    buffer = ByteBuffer(capacity: 1 << 20)
  }

  deinit { if !isFinished { try? Folder.removeFile(file.path) } }

  mutating func append(_ bytes: UnsafeRawBufferPointer) throws(StoreError) {
    buffer.append(bytes)
    if buffer.count >= 1 << 20 { try write() }
  }

  mutating func append(_ bytes: [UInt8]) throws(StoreError) {
    buffer.append(bytes)
    if buffer.count >= 1 << 20 { try write() }
  }

  private mutating func write() throws(StoreError) {
    try file.write(buffer, at: count)
    count += UInt64(buffer.count)
    buffer.removeAll()
  }

  /// Brings the file to the disk and gives it its name.
  mutating func finish() throws(StoreError) {
    try write()
    try file.sync()
    if replaces {
      try Folder.move(file.path, to: path)
    } else {
      try Folder.moveToFreeName(file.path, path)
    }
    isFinished = true
    try Folder.sync(Folder.parent(of: path))
  }
}
