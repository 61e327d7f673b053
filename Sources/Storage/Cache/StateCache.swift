// The hot state in memory, in front of the database.

internal import Crypto
public import Ledger
public import Primitives
public import State
internal import Synchronization

/// The state at the last block that the store was advanced to.
///
/// Accounts and slots that were read or written lately stand in a table of fixed size; the rest is
/// read from the database. What changed since the block that the database stands at is always in the
/// table: nothing else knows it. Any number of threads may read at once; `Store.advance` and
/// `Store.retreat` need that nobody does. A `Code` that was handed out lives at least until the next
/// block is advanced to.
public final class StateCache: StateView, @unchecked Sendable {
  let pages: LeafPages
  var database: Database { pages.database }
  // Changed only by who advances, when nobody reads, but for entries that readers add under the lock;
  // the dynamic check of a class property would cost as much as the read.
  @exclusivity(unchecked) var table: CacheTable
  @exclusivity(unchecked) var codes = CodeTable()
  @exclusivity(unchecked) var blockHashes: [BlockIdentity?]
  let inserting = Mutex(())
  let names = BlockNames()
  let codeLimit: Int

  /// Counts what changed the table; entries bear it, less `stampBase`.
  var step: UInt64 = 0
  var stampBase: UInt64 = 0
  /// The step whose state the database has. Told by the thread that flushes.
  let covered = Atomic<UInt64>(0)
  /// `covered` when the state moved last: what is forgotten follows this.
  var seenCovered: UInt64 = 0
  /// The slots that each step changed, by the numbers of their entries, for steps that the database
  /// did not have when it was last looked at.
  var changedSlots: [(step: UInt64, numbers: [UInt32])] = []

  private static let hashCount = 256

  init(pages: LeafPages, byteCount: Int) {
    self.pages = pages
    codeLimit = byteCount / 8
    table = CacheTable(byteCount: byteCount - codeLimit)
    blockHashes = Array(repeating: nil, count: Self.hashCount)
  }

  // MARK: - Reading

  /// The account, or nil when there is none.
  public func account(_ address: Address) throws(StateReadError) -> Account? {
    if let entry = table.find(address) {
      entry.touch()
      return entry.account
    }
    return try loadAccount(address)
  }

  /// The word in `slot` of the account, zero when nothing was ever written there.
  public func storage(_ address: Address, _ slot: UInt256) throws(StateReadError) -> UInt256 {
    let key = StorageKey(address: address, slot: slot)
    if let entry = table.find(key) {
      entry.touch()
      return entry.word
    }
    return try loadWord(key)
  }

  /// The code with this hash.
  public func code(_ hash: Hash256) throws(StateReadError) -> Code {
    if hash == Code.emptyHash { return Code.empty }
    if let entry = codes.find(hash) { return entry.pointee.code.takeUnretainedValue() }
    return try loadCode(hash)
  }

  /// The code with this hash, uncounted.
  public func codeReference(_ hash: Hash256) throws(StateReadError) -> CodeReference {
    if let entry = codes.find(hash) { return entry.pointee.reference }
    return try code(hash).reference
  }

  /// The hash of block `number`, one of the last 256. Waits for that of a block that has none yet.
  public func blockHash(_ number: UInt64) -> Hash256? {
    guard let identity = blockHashes[Int(number % UInt64(Self.hashCount))],
      identity.number == number
    else { return nil }
    return identity.hash == .zero ? names.name(of: number) : identity.hash
  }

  /// Brings the accounts into the processor's caches: all index words first, so that the waits overlap.
  public func prefetch(_ addresses: UnsafeBufferPointer<Address>) {
    for address in addresses { table.prefetchIndex(address) }
    for address in addresses { table.prefetchEntry(address) }
  }

  /// Brings the index of the slot into the processor's caches.
  public func prefetch(_ address: Address, _ slot: UInt256) {
    table.prefetchIndex(StorageKey(address: address, slot: slot))
  }

  func setBlockHash(_ block: BlockIdentity) {
    blockHashes[Int(block.number % UInt64(Self.hashCount))] = block
  }

  /// How many accounts and slots are in memory.
  public var entryCount: Int { inserting.withLock { _ in table.count } }

  /// How many bytes the table and the code objects take.
  public var byteCount: Int { inserting.withLock { _ in table.byteCount + codes.byteCount } }

  // MARK: - Reading from the database

  @inline(never)
  private func loadAccount(_ address: Address) throws(StateReadError) -> Account? {
    let account = try storedAccount(address)
    keep(address, account)
    return account
  }

  @inline(never)
  private func loadWord(_ key: StorageKey) throws(StateReadError) -> UInt256 {
    let word = try storedWord(key)
    keep(key, word)
    return word
  }

  @inline(never)
  private func loadCode(_ hash: Hash256) throws(StateReadError) -> Code {
    let bytes = try readingState { () throws(StoreError) in
      try database.read(.code(hash)) { Code($0, hash: hash) }
    }
    guard let code = bytes else { throw .missingCode(hash) }
    return inserting.withLock { _ in
      codes.insert(code, step: 0)
      return codes.find(hash)?.pointee.code.takeUnretainedValue() ?? code
    }
  }

  func storedAccount(_ address: Address) throws(StateReadError) -> Account? {
    try readingState { () throws(StoreError) in
      let key = Keccak256.hash(address)
      guard let stored = try pages.read(key, of: .accounts, { AccountRecord($0) }) else {
        return nil
      }
      guard let stored else { throw database.damage("the entry of the account \(address)") }
      return stored.account
    }
  }

  func storedWord(_ key: StorageKey) throws(StateReadError) -> UInt256 {
    try readingState { () throws(StoreError) in
      let trie = TrieName.storage(ofAccountWithHash: Keccak256.hash(key.address))
      let slot = Keccak256.hash(key.slot)
      guard let word = try pages.read(slot, of: trie, { UInt256(bigEndian: $0) }) else {
        return .zero
      }
      guard let word else {
        throw database.damage("the entry of slot \(key.slot) of \(key.address)")
      }
      return word
    }
  }

  /// Adds an account that was read, if there is room and nobody else did.
  private func keep(_ address: Address, _ account: Account?) {
    inserting.withLock { _ in
      if table.number(of: address) >= 0 { return }
      _ = table.insert(address) { $0.initialize(address, account) }
    }
  }

  private func keep(_ key: StorageKey, _ word: UInt256) {
    inserting.withLock { _ in
      if table.number(of: key) >= 0 { return }
      _ = table.insert(key) { $0.initialize(key, word) }
    }
  }

  func readingState<Value>(
    _ body: () throws(StoreError) -> Value
  ) throws(StateReadError) -> Value {
    do throws(StoreError) {
      return try body()
    } catch {
      throw .damaged("\(error)")
    }
  }
}
