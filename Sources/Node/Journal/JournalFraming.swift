// Records in a file that may have been torn or damaged.

internal import Crypto
internal import Primitives
internal import Storage

/// The form of a journal: a line that says what it is, and records behind it. A record is a mark, the length and the
/// first bytes of the hash of what follows, which is what the record says.
struct JournalFraming {
  /// What the file begins with.
  let head: [UInt8]
  /// No record says more.
  let lengthLimit: Int
  /// Of a longer file no more is read.
  let readLimit: UInt64

  private static let mark: [UInt8] = [0xf5, 0x4e, 0x54, 0x78]
  private static let checkSize = 8
  private static let frameSize = 4 + 4 + checkSize

  /// Writes a record; `hash` is that of `content`. Throws where it is longer than any that is read again.
  func append(
    _ content: [UInt8], hash: Hash256, to bytes: inout [UInt8]
  ) throws(StoreError) {
    guard content.count <= lengthLimit else {
      throw .system(
        path: "a journal's record", operation: "writing \(content.count) bytes",
        reason: "no more than \(lengthLimit) are read again")
    }
    bytes += Self.mark
    withUnsafeBytes(of: UInt32(content.count).littleEndian) { bytes.append(contentsOf: $0) }
    bytes += hash.bytes.prefix(Self.checkSize)
    bytes += content
  }

  /// What the records of the file at `path` say, and how many pieces of it were none: what was torn or changed is
  /// passed over up to the next mark.
  func read(_ path: String) throws(StoreError) -> (contents: [[UInt8]], skipped: Int) {
    guard Folder.exists(path) else { return ([], 0) }
    let file = try File(path, .read)
    let size = try file.size()
    let count = Int(min(size, readLimit))
    var failure: StoreError?
    let bytes = [UInt8](unsafeUninitializedCapacity: max(1, count)) { buffer, initialized in
      do throws(StoreError) {
        let target = UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: count)
        initialized = try file.read(into: target, at: 0)
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    var (contents, skipped) = parse(bytes)
    if size > readLimit { skipped += 1 }
    return (contents, skipped)
  }

  /// What the records in the bytes of a journal say, and how many pieces were none.
  func parse(_ bytes: [UInt8]) -> (contents: [[UInt8]], skipped: Int) {
    var contents: [[UInt8]] = []
    var skipped = 0
    var place = 0
    var isLost = false
    // Marks that somebody put everywhere must not cost a hash of all that follows each.
    var budget = bytes.count + lengthLimit
    if bytes.starts(with: head) {
      place = head.count
    } else if !bytes.isEmpty {
      (skipped, isLost) = (1, true)
    }
    while place < bytes.count {
      if let end = record(in: bytes, at: place, budget: &budget) {
        contents.append(Array(bytes[place + Self.frameSize..<end]))
        place = end
        isLost = false
        continue
      }
      if !isLost { skipped += 1 }
      isLost = true
      place = Self.nextMark(in: bytes, after: place)
    }
    return (contents, skipped)
  }

  /// Where the record that begins at `place` ends; nil where there is none.
  private func record(in bytes: [UInt8], at place: Int, budget: inout Int) -> Int? {
    let mark = Self.mark
    guard bytes.count - place > Self.frameSize,
      bytes[place..<place + mark.count].elementsEqual(mark)
    else { return nil }
    let length = (0..<4).reduce(0) { $0 | Int(bytes[place + 4 + $1]) << (8 * $1) }
    let start = place + Self.frameSize
    guard length > 0, length <= min(bytes.count - start, lengthLimit), length <= budget else {
      return nil
    }
    let hash = Keccak256.hash(bytes[start..<start + length])
    if hash.bytes.prefix(Self.checkSize).elementsEqual(bytes[place + 8..<start]) {
      return start + length
    }
    budget -= length
    return nil
  }

  private static func nextMark(in bytes: [UInt8], after place: Int) -> Int {
    var next = place + 1
    while next < bytes.count {
      if bytes[next] == mark[0], bytes[next...].starts(with: mark) { return next }
      next += 1
    }
    return next
  }
}
