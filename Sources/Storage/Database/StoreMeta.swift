// What the database says of itself.

internal import Primitives

/// What a store is; never changes.
struct StoreMeta: Equatable {
  var genesis: BlockIdentity
  /// From this block on to the head, none is missing. Between the genesis and it there is none, where the
  /// store began with the state of a later block.
  var firstBlock: UInt64
  /// Whether the keys of slots are kept beside their hashes.
  var keepsSlotKeys: Bool

  static let key = DatabaseKey.meta("store")
  /// The format of folder, segments and database.
  static let version: UInt32 = 1

  var bytes: [UInt8] {
    var buffer = ByteBuffer(capacity: 64)
    buffer.append(Self.version)
    buffer.append(genesis.number)
    buffer.append(genesis.hash)
    buffer.append(UInt8(keepsSlotKeys ? 1 : 0))
    buffer.append(firstBlock)
    return buffer.array
  }

  init(genesis: BlockIdentity, firstBlock: UInt64? = nil, keepsSlotKeys: Bool) {
    self.genesis = genesis
    self.firstBlock = firstBlock ?? genesis.number
    self.keepsSlotKeys = keepsSlotKeys
  }

  init?(_ bytes: UnsafeRawBufferPointer) {
    var reader = ByteReader(bytes)
    guard reader.integer(UInt32.self) == Self.version, let number = reader.integer(UInt64.self),
      let hash = reader.hash(), let flag = reader.byte(), flag < 2
    else { return nil }
    // Stores that begin with the genesis need not say so.
    let firstBlock = reader.isAtEnd ? number : reader.integer(UInt64.self)
    guard let firstBlock, firstBlock >= number, reader.isAtEnd else { return nil }
    self.init(
      genesis: BlockIdentity(number: number, hash: hash), firstBlock: firstBlock,
      keepsSlotKeys: flag == 1)
  }
}

/// The block whose state the database has, and where the log goes on behind it.
struct DatabasePosition: Equatable {
  var block: BlockIdentity
  var resume: Place

  static let key = DatabaseKey.meta("position")

  var bytes: [UInt8] {
    var buffer = ByteBuffer(capacity: 64)
    buffer.append(block.number)
    buffer.append(block.hash)
    buffer.append(resume.segment)
    buffer.append(resume.offset)
    return buffer.array
  }

  init(block: BlockIdentity, resume: Place) {
    self.block = block
    self.resume = resume
  }

  init?(_ bytes: UnsafeRawBufferPointer) {
    var reader = ByteReader(bytes)
    guard let number = reader.integer(UInt64.self), let hash = reader.hash(),
      let segment = reader.integer(UInt32.self), let offset = reader.integer(UInt64.self),
      reader.isAtEnd
    else { return nil }
    self.init(
      block: BlockIdentity(number: number, hash: hash),
      resume: Place(segment: segment, offset: offset))
  }
}

extension RecordPlace {
  /// The database's entry of a block.
  var bytes: [UInt8] {
    var buffer = ByteBuffer(capacity: 64)
    buffer.append(place.segment)
    buffer.append(place.offset)
    buffer.append(length)
    buffer.append(block.hash)
    return buffer.array
  }

  init?(_ bytes: UnsafeRawBufferPointer, number: UInt64) {
    var reader = ByteReader(bytes)
    guard let segment = reader.integer(UInt32.self), let offset = reader.integer(UInt64.self),
      let length = reader.integer(UInt64.self), let hash = reader.hash(), reader.isAtEnd
    else { return nil }
    self.init(
      place: Place(segment: segment, offset: offset), length: length,
      block: BlockIdentity(number: number, hash: hash))
  }
}
