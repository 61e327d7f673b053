// Which blocks changed an account or a slot, as archives note it.

internal import Crypto
internal import Primitives
internal import State

/// Finds the next block that changed an account or a slot, so that a view of the past need not look through
/// all blocks since then.
///
/// The database has an empty entry for each account and slot that a block changed. An entry may also be
/// that of a block which is no longer in the chain, or of something else whose name is the same: what a
/// block really changed, its record tells.
struct HistoryIndex {
  let database: Database
  let snapshot: DatabaseSnapshot
  /// The blocks that are looked for.
  let numbers: ClosedRange<UInt64>

  /// What accounts and slots are called here: eight bytes of a hash, which nobody can make the same for
  /// many.
  static func name(of address: Address) -> UInt64 {
    Self.name(Keccak256.hash(address))
  }

  static func name(of key: StorageKey) -> UInt64 {
    var bytes = ByteBuffer(capacity: 64)
    bytes.append(key.address)
    bytes.append(Hash256(key.slot))
    return Self.name(bytes.withBytes { Keccak256.hash($0) })
  }

  private static func name(_ hash: Hash256) -> UInt64 { hash.word.l3 }

  /// The blocks with an entry of this name, by rising number.
  func blocks(_ name: UInt64) -> Blocks { Blocks(self, name) }

  struct Blocks: ~Copyable {
    private let index: HistoryIndex
    private var entries: DatabaseIterator

    fileprivate init(_ index: HistoryIndex, _ name: UInt64) {
      self.index = index
      entries = DatabaseIterator(
        index.database, from: .history(name, index.numbers.lowerBound),
        to: DatabaseKey.history(name, index.numbers.upperBound).end, at: index.snapshot)
    }

    /// The record of the next block.
    mutating func next() throws(StoreError) -> RecordPlace? {
      guard let (key, _) = try entries.current() else { return nil }
      guard let number = DatabaseKey.historyBlock(key) else {
        throw index.database.damage("an entry of the history")
      }
      entries.advance()
      return try index.database.record(of: number, at: index.snapshot)
    }
  }
}

extension StateChanges {
  /// The names of all accounts and slots that changed.
  func historyNames() throws(StoreError) -> [UInt64] {
    let steps = try accounts()
    var bytes = ByteBuffer(capacity: 52 * (accountCount + slotCount))
    var ends: [Int] = []
    for step in steps {
      bytes.append(step.address)
      ends.append(bytes.count)
      for slot in step.slots {
        bytes.append(step.address)
        bytes.append(Hash256(slot.slot))
        ends.append(bytes.count)
      }
    }
    return bytes.withBytes { bytes in
      var start = 0
      return KeccakBatch.prefixes(
        of: ends.map { end in
          defer { start = end }
          return UnsafeRawBufferPointer(rebasing: bytes[start..<end])
        })
    }
  }
}
