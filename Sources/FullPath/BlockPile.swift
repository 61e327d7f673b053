// Signed transactions of many blocks in a file.

internal import Foundation
internal import Ledger

/// Writes a file of blocks, each a list of encoded transactions. It gets its name when it is whole.
final class BlockPileWriter {
  private let path: String
  private let file: FileHandle
  private var isFinished = false
  private var partial: String { path + ".partial" }

  init(_ path: String) throws(FullPathError) {
    self.path = path
    guard FileManager.default.createFile(atPath: path + ".partial", contents: nil),
      let file = FileHandle(forWritingAtPath: path + ".partial")
    else { throw FullPathError("\(path): cannot be created") }
    self.file = file
  }

  deinit { if !isFinished { try? FileManager.default.removeItem(atPath: partial) } }

  func append(_ block: EncodedTransactions) throws(FullPathError) {
    var head = Data(capacity: 8 + 4 * block.count)
    head.append(UInt32(block.count).littleEndianBytes)
    for index in 0..<block.count {
      head.append(UInt32(block.range(index).count).littleEndianBytes)
    }
    do {
      try file.write(contentsOf: head)
      try file.write(contentsOf: block.bytes)
    } catch {
      throw FullPathError("\(path): cannot be written: \(error.localizedDescription)")
    }
  }

  func finish() throws(FullPathError) {
    do {
      try file.close()
      try FileManager.default.moveItem(atPath: partial, toPath: path)
      isFinished = true
    } catch {
      throw FullPathError("\(path): cannot be written: \(error.localizedDescription)")
    }
  }
}

/// Reads such a file block by block.
final class BlockPileReader {
  private let path: String
  private let file: FileHandle

  init(_ path: String) throws(FullPathError) {
    self.path = path
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw FullPathError("\(path): cannot be read")
    }
    self.file = file
  }

  /// The next block; nil at the end.
  func next() throws(FullPathError) -> EncodedTransactions? {
    guard let count = try read(4, isOptional: true)?.words.first else { return nil }
    let lengths = try read(4 * Int(count))?.words ?? []
    var block = EncodedTransactions(
      reservingCapacity: lengths.count, byteCount: lengths.reduce(0) { $0 + Int($1) })
    let bytes = [UInt8](try read(lengths.reduce(0) { $0 + Int($1) }) ?? Data())
    var start = 0
    for length in lengths {
      block.append(bytes[start..<start + Int(length)])
      start += Int(length)
    }
    return block
  }

  private func read(_ count: Int, isOptional: Bool = false) throws(FullPathError) -> Data? {
    if count == 0 { return Data() }
    let data = try? file.read(upToCount: count)
    if data?.count == count { return data }
    if isOptional && (data ?? Data()).isEmpty { return nil }
    throw FullPathError("\(path): is cut off; delete it, so that it is made anew")
  }
}

extension UInt32 {
  fileprivate var littleEndianBytes: Data { withUnsafeBytes(of: littleEndian) { Data($0) } }
}

extension Data {
  fileprivate var words: [UInt32] {
    withUnsafeBytes { bytes in
      stride(from: 0, to: bytes.count, by: 4).map { place in
        UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self))
      }
    }
  }
}
