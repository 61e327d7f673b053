// Reads an exported state, chunk by chunk, without trusting it.

internal import Primitives

/// Reads chunks in their order; each is what was written, or the reader throws.
struct StateFileReader {
  let file: File
  let size: UInt64
  /// Where the next chunk begins.
  private(set) var offset: UInt64 = 8
  private var number: UInt64 = 0

  init(_ path: String) throws(StoreError) {
    file = try File(path, .read)
    size = try file.size()
    let isOurs = try file.bytes(8, at: 0)?.withBytes { bytes in
      var reader = ByteReader(bytes)
      return reader.integer(UInt64.self) == StateFile.magic
    }
    guard isOurs == true else {
      throw .stateFile(path: path, offset: 0, reason: "this is no export of a state")
    }
  }

  /// The next chunk. The file must have one.
  mutating func next() throws(StoreError) -> (kind: StateFile.Kind, content: SharedBytes) {
    guard let header = try file.bytes(StateFile.chunkHeaderSize, at: offset) else {
      throw failure("the file ends before it is whole")
    }
    let fields = header.withBytes { bytes -> (StateFile.Kind, UInt64, UInt64)? in
      var reader = ByteReader(bytes)
      guard let kind = reader.integer(UInt32.self).flatMap(StateFile.Kind.init),
        reader.integer(UInt32.self) == 0, let length = reader.integer(UInt64.self),
        reader.integer(UInt64.self) == number, let checksum = reader.integer(UInt64.self),
        reader.integer(UInt64.self)
          == Checksum.of(
            UnsafeRawBufferPointer(rebasing: bytes[..<(StateFile.chunkHeaderSize - 8)])),
        length <= StateFile.limit(kind)
      else { return nil }
      return (kind, length, checksum)
    }
    guard let (kind, length, checksum) = fields else {
      throw failure("the chunk's first bytes are not what was written")
    }
    let start = offset + UInt64(StateFile.chunkHeaderSize)
    guard let content = try file.bytes(Int(length), at: start) else {
      throw failure("the file ends within a chunk")
    }
    guard content.withBytes({ Checksum.of($0) }) == checksum else {
      throw failure("a chunk is not what was written")
    }
    offset = start + length
    number += 1
    return (kind, content)
  }

  /// What is wrong with the chunk that was read last, or with the next one.
  func failure(_ reason: String) -> StoreError {
    .stateFile(path: file.path, offset: offset, reason: reason)
  }

  /// The first chunk.
  mutating func head() throws(StoreError) -> StateFile.Head {
    let (kind, content) = try next()
    guard kind == .head else { throw failure("the first chunk is another") }
    let head = try content.withBytes { (bytes) throws(StoreError) in
      var reader = ByteReader(bytes)
      guard let version = reader.integer(UInt32.self) else { throw failure("the head is cut off") }
      guard version == StateFile.version else {
        throw failure("it has format \(version), this program has format \(StateFile.version)")
      }
      guard let flags = reader.integer(UInt32.self), flags < 2,
        let genesisNumber = reader.integer(UInt64.self), let genesis = reader.hash(),
        let number = reader.integer(UInt64.self), let hash = reader.hash(), reader.isAtEnd
      else { throw failure("the head is not in its form") }
      return StateFile.Head(
        keepsSlotKeys: flags == 1, genesis: BlockIdentity(number: genesisNumber, hash: genesis),
        head: BlockIdentity(number: number, hash: hash))
    }
    return head
  }
}

extension StateFile.Counts {
  init?(_ bytes: UnsafeRawBufferPointer) {
    var reader = ByteReader(bytes)
    guard let blocks = reader.integer(UInt64.self), let codes = reader.integer(UInt64.self),
      let accounts = reader.integer(UInt64.self), let slots = reader.integer(UInt64.self),
      reader.isAtEnd
    else { return nil }
    self.init(blocks: blocks, codes: codes, accounts: accounts, slots: slots)
  }
}
