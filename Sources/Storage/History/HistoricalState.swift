// The state after a block of the past, while the chain goes on.

internal import Crypto
public import Ledger
public import Primitives
public import State
internal import Synchronization

/// The state after one block, as it stays whatever the store does.
///
/// It is the database as it was when the view was made, with the changes of the blocks in between: if
/// the database stood further on, the first of them that changed something tells what it was before; if
/// it had not come so far, the last of them tells what it became. Where there is an index of history, the
/// first that changed something is found there. Any thread may read.
public final class HistoricalState: StateView, @unchecked Sendable {
  /// The block after which this is the state.
  public let block: BlockIdentity

  let database: Database
  let snapshot: DatabaseSnapshot
  let cache: ChangesCache
  let folder: SegmentFolder
  let record: RecordPlace
  let way: Way
  private let codes: Mutex<[Hash256: Code]>
  private let hashes = Mutex<[UInt64: Hash256]>([:])

  /// The blocks between the view's and the database's.
  struct Way {
    /// Those next to the view's, the next one first.
    var records: [RecordPlace] = []
    /// Finds those behind them.
    var index: HistoryIndex?
    /// Whether the database stood further on.
    var undoes = false
    /// Keeps their changes from being dropped.
    var pin: HistoryPin?
  }

  init(
    _ record: RecordPlace, database: Database, snapshot: DatabaseSnapshot, cache: ChangesCache,
    folder: SegmentFolder, way: Way, codes: [Code]
  ) {
    block = record.block
    self.record = record
    self.database = database
    self.snapshot = snapshot
    self.cache = cache
    self.folder = folder
    self.way = way
    self.codes = Mutex(Dictionary(codes.map { ($0.hash, $0) }) { first, _ in first })
  }

  /// The account, or nil when there is none.
  public func account(_ address: Address) throws(StateReadError) -> Account? {
    try readingState { () throws(StoreError) in
      let step = try first(HistoryIndex.name(of: address)) { (changes) throws(StoreError) in
        try changes.step(of: address)
      }
      if let step { return way.undoes ? step.before : step.after }
      let key = DatabaseKey.account(Keccak256.hash(address))
      guard let stored = try database.read(key, at: snapshot, { AccountRecord($0) }) else {
        return nil
      }
      guard let stored else { throw database.damage("the entry of the account \(address)") }
      return stored.account
    }
  }

  /// The word in `slot` of the account, zero when nothing was ever written there.
  public func storage(_ address: Address, _ slot: UInt256) throws(StateReadError) -> UInt256 {
    try readingState { () throws(StoreError) in
      let key = StorageKey(address: address, slot: slot)
      let step = try first(HistoryIndex.name(of: key)) { (changes) throws(StoreError) in
        try changes.step(of: key)
      }
      if let step { return way.undoes ? step.before : step.after }
      let name = DatabaseKey.slot(Keccak256.hash(address), Keccak256.hash(slot))
      guard let word = try database.read(name, at: snapshot, { UInt256(bigEndian: $0) }) else {
        return .zero
      }
      guard let word else { throw database.damage("the entry of slot \(slot) of \(address)") }
      return word
    }
  }

  /// Whether any slot of the account is not zero.
  public func hasStorage(_ address: Address) throws(StateReadError) -> Bool {
    try readingState { () throws(StoreError) in
      var words: [UInt256: UInt256] = [:]
      _ = try first(HistoryIndex.name(of: address)) { (changes) throws(StoreError) -> Void? in
        for slot in try changes.slots(of: address) where words[slot.slot] == nil {
          // The block next to the view's has the last word.
          words[slot.slot] = way.undoes ? slot.before : slot.after
        }
        return nil
      }
      if words.values.contains(where: { !$0.isZero }) { return true }
      let cleared = Set(words.keys.map { Keccak256.hash($0) })
      let prefix = TrieName.storage(ofAccountWithHash: Keccak256.hash(address)).leaves
      var slots = DatabaseIterator(database, prefix: prefix, at: snapshot)
      while let (key, _) = try slots.current() {
        guard key.count == prefix.count + 32 else { throw database.damage("the key of a slot") }
        if !cleared.contains(Hash256(bytesAt: key.place(prefix.count))) { return true }
        slots.advance()
      }
      return false
    }
  }

  /// The code with this hash.
  public func code(_ hash: Hash256) throws(StateReadError) -> Code {
    if hash == Code.emptyHash { return Code.empty }
    if let code = codes.withLock({ $0[hash] }) { return code }
    let read = try readingState { () throws(StoreError) in
      try database.read(.code(hash)) { Code($0, hash: hash) }
    }
    guard let read else { throw .missingCode(hash) }
    // Of two that read at once, both get the object that stays.
    return codes.withLock { codes in
      let kept = codes[hash] ?? read
      codes[hash] = kept
      return kept
    }
  }

  /// The hash of block `number`, one of the 256 up to the view's.
  public func blockHash(_ number: UInt64) throws(StateReadError) -> Hash256? {
    guard number <= block.number, block.number - number < 256 else { return nil }
    if let hash = hashes.withLock({ $0[number] }) { return hash }
    return try readingState { () throws(StoreError) in
      var found: [UInt64: Hash256] = [:]
      var place = record.place
      var identity = block
      while true {
        found[identity.number] = identity.hash
        if identity.number == number || identity.number == 0 { break }
        guard let header = try folder.header(at: place), header.block == identity else {
          throw folder.damage(
            RecordPlace(place: place, length: 0, block: identity),
            "its header is not what was written")
        }
        identity = BlockIdentity(number: identity.number - 1, hash: header.parentHash)
        place = header.parent
      }
      hashes.withLock { $0.merge(found) { first, _ in first } }
      return found[number]
    }
  }

  /// What `find` finds in the changes of the block next to the view's that has something to tell of what
  /// is called `name`.
  private func first<Step>(
    _ name: @autoclosure () -> UInt64, _ find: (StateChanges) throws(StoreError) -> Step?
  ) throws(StoreError) -> Step? {
    for record in way.records {
      if let step = try find(try cache.changes(of: record)) { return step }
    }
    guard var blocks = way.index?.blocks(name()) else { return nil }
    while let record = try blocks.next() {
      if let step = try find(try cache.changes(of: record)) { return step }
    }
    return nil
  }

  private func readingState<Value>(
    _ body: () throws(StoreError) -> Value
  ) throws(StateReadError) -> Value {
    do throws(StoreError) {
      return try body()
    } catch {
      throw .damaged("\(error)")
    }
  }
}
