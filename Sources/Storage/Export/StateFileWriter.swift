// Writes an exported state, chunk by chunk.

internal import Primitives

/// Writes chunks of whatever was appended to `content`.
struct StateFileWriter: ~Copyable {
  private var file: OutputFile
  private var number: UInt64 = 0
  /// The content of the chunk under way.
  var content: ByteBuffer
  var counts = StateFile.Counts()

  /// A chunk of this many bytes is enough.
  private static let chunkSize = 1 << 20

  init(_ path: String, replaces: Bool) throws(StoreError) {
    var file = try OutputFile(path, replaces: replaces)
    try file.append(withUnsafeBytes(of: StateFile.magic.littleEndian) { Array($0) })
    self.file = file
    content = ByteBuffer(capacity: 2 << 20)
  }

  var isChunkFull: Bool { content.count >= Self.chunkSize }

  /// Ends the chunk under way.
  mutating func endChunk(_ kind: StateFile.Kind) throws(StoreError) {
    var header = ByteBuffer(capacity: StateFile.chunkHeaderSize)
    header.append(kind.rawValue)
    header.append(UInt32(0))
    header.append(UInt64(content.count))
    header.append(number)
    header.append(content.checksum)
    header.append(header.checksum)
    try header.withBytes { (bytes) throws(StoreError) in try file.append(bytes) }
    try file.append(content.borrowedBytes)
    content.removeAll()
    number += 1
  }

  /// Writes the last chunk; the file has its name then.
  mutating func finish() throws(StoreError) {
    counts.write(to: &content)
    try endChunk(.end)
    try file.finish()
  }
}
