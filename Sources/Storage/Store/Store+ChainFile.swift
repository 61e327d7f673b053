// What a store says of the rules of its chain.

internal import Primitives

/// The store itself needs no rules: what is written here is given back as it is, so that whoever goes on with the
/// chain does so by the same rules.
extension Store {
  /// What was given as `chainFile` when the store in the folder `path` was made; nil where nothing was.
  public static func chainFile(at path: String) throws(StoreError) -> [UInt8]? {
    let name = StoreFormat.chainFile(Folder.withoutSlashes(path))
    if Folder.isMissing(name) { return nil }
    let file = try File(name, .read)
    let count = Int(clamping: try file.size())
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, count), alignment: 8)
    defer { buffer.deallocate() }
    return Array(buffer[..<(try file.read(into: buffer, at: 0))])
  }

  /// Writes the file before the store counts as made.
  static func writeChainFile(_ bytes: [UInt8], in path: String) throws(StoreError) {
    let file = try File(StoreFormat.chainFile(path), .create)
    var buffer = ByteBuffer(capacity: bytes.count)
    buffer.append(bytes)
    try file.write(buffer, at: 0)
    try file.sync()
  }
}
