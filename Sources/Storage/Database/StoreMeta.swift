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

extension Database {
  /// Which block the database stands at, when it is looked at now or was at a snapshot.
  func position(at snapshot: DatabaseSnapshot? = nil) throws(StoreError) -> DatabasePosition {
    guard
      let position = try read(DatabasePosition.key, at: snapshot, { DatabasePosition($0) })
        .flatMap(\.self)
    else { throw damage("what the database says of itself") }
    return position
  }

  /// What history is kept; nil in a store that is being made.
  func history(at snapshot: DatabaseSnapshot? = nil) throws(StoreError) -> HistoryRecord? {
    guard let stored = try read(HistoryRecord.key, at: snapshot, { HistoryRecord($0) }) else {
      return nil
    }
    guard let record = stored else { throw damage("what the database says of its history") }
    return record
  }

  /// Where the record of block `number` stands; nil for a block that the database does not know.
  func recordPlace(
    _ number: UInt64, at snapshot: DatabaseSnapshot? = nil
  ) throws(StoreError) -> RecordPlace? {
    guard let stored = try read(.block(number), at: snapshot, { RecordPlace($0, number: number) })
    else { return nil }
    guard let record = stored else { throw damage("the entry of block \(number)") }
    return record
  }

  /// Where the record of block `number` stands, one that the database knows.
  func record(of number: UInt64, at snapshot: DatabaseSnapshot? = nil) throws(StoreError)
    -> RecordPlace
  {
    guard let record = try recordPlace(number, at: snapshot) else {
      throw damage("the entry of block \(number), which is not there,")
    }
    return record
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
