// Creating a store from a genesis.

internal import Crypto
public import Ledger
internal import Primitives
public import State

extension Store {
  /// Makes a store of a first block and the accounts that its state begins with, in the folder `path`,
  /// which is new or empty, and opens it.
  ///
  /// The accounts, each at most once, are taken as they come: ten million of them need no more memory
  /// than `options` allow. With `keepsSlotKeys`, the keys of storage slots are kept beside their hashes;
  /// chains need it in which contracts with storage can be destroyed, which ended with Cancun (EIP-6780).
  /// The folder gets its name when it is whole.
  public static func create(
    at path: String, genesis: Header, allocations: some Sequence<AccountAllocation>,
    keepsSlotKeys: Bool = true, options: Options = Options()
  ) throws(StoreError) -> Store {
    if let names = Folder.names(in: path), !names.isEmpty {
      throw .notEmpty(path: path)
    } else if Folder.names(in: path) == nil && Folder.exists(path) {
      throw .notEmpty(path: path)
    }
    let temporary = path + ".new"
    if Folder.exists(temporary) { try Folder.remove(temporary) }
    do throws(StoreError) {
      try Folder.make(temporary)
      try fill(
        temporary, genesis: genesis, allocations: allocations, keepsSlotKeys: keepsSlotKeys,
        options: options)
      try Folder.sync(temporary)
      try Folder.move(temporary, to: path)
      try Folder.sync(Folder.parent(of: path))
    } catch {
      try? Folder.remove(temporary)
      throw error
    }
    return try open(at: path, options: options)
  }

  /// How many accounts and slots go to the database at a time.
  private static var batchSize: Int { 400_000 }

  private static func fill(
    _ path: String, genesis: Header, allocations: some Sequence<AccountAllocation>,
    keepsSlotKeys: Bool, options: Options
  ) throws(StoreError) {
    try StoreFormat.write(in: path)
    let identity = BlockIdentity(number: genesis.number, hash: genesis.hash)
    let record = try writeFirstRecord(of: genesis, identity, in: path, options: options)
    let database = try Database(StoreFormat.database(path), cacheSize: options.databaseMemory)
    let tries = StateTries(
      workerCount: options.workerCount, memoryLimit: options.trieMemory,
      source: DatabaseTrieSource(database))
    var batch = GenesisBatch()
    func store() throws(StoreError) {
      do throws(StateReadError) {
        _ = try tries.apply(batch.diff(), run: inTurn)
      } catch {
        throw .state(error)
      }
      let job = FlushJob(
        position: DatabasePosition(block: identity, resume: record.end),
        changes: tries.takeChanges(),
        blocks: [
          RecentBlock(
            record: record, standing: Standing(step: 0, resume: record.end), changeCount: 0,
            codes: [])
        ],
        meta: StoreMeta(genesis: identity, keepsSlotKeys: keepsSlotKeys),
        folder: SegmentFolder(StoreFormat.segments(path)), slotKeys: batch.slotKeys,
        codes: batch.codes)
      try job.run(on: database, file: path + "/" + flushFile)
      tries.changesAreStored()
      batch = GenesisBatch()
    }
    for allocation in allocations {
      batch.add(allocation, keepsSlotKeys: keepsSlotKeys)
      if batch.count >= batchSize { try store() }
    }
    try store()
    guard tries.root == genesis.stateRoot else {
      throw .wrongStateRoot(stated: genesis.stateRoot, computed: tries.root)
    }
  }

  /// The log begins with the first block, which changes nothing.
  private static func writeFirstRecord(
    of genesis: Header, _ identity: BlockIdentity, in path: String, options: Options
  ) throws(StoreError) -> RecordPlace {
    try SegmentLog.create(StoreFormat.segments(path), genesis: identity.hash)
    let log = try SegmentLog(
      SegmentFolder(StoreFormat.segments(path)), genesis: identity.hash, end: .start,
      synced: try SyncedEnd(StoreFormat.syncedEnd(path)), segmentSize: options.segmentSize,
      isSynced: true)
    let changes = StateChangesWriter(accountCount: 0, slotCount: 0).finish(codes: [])
    let block = CommittedBlock(
      header: genesis, hash: identity.hash,
      withdrawals: genesis.withdrawalsRoot == nil ? nil : [], changes: changes)
    let record = try log.append(block, parent: .start)
    try log.close()
    return record
  }
}

/// Accounts of a genesis that go to the database together.
private struct GenesisBatch {
  private var changes: [AccountChange] = []
  private(set) var codes: [Code] = []
  private(set) var slotKeys: [StorageKey] = []
  /// Accounts and slots.
  private(set) var count = 0

  mutating func add(_ allocation: AccountAllocation, keepsSlotKeys: Bool) {
    let code = Code.of(allocation.code)
    if code.reference.count > 0 { codes.append(code) }
    let slots = allocation.storage.filter { !$0.value.isZero }
      .map { SlotChange(slot: $0.key, value: $0.value) }
    if keepsSlotKeys {
      slotKeys += slots.map { StorageKey(address: allocation.address, slot: $0.slot) }
    }
    changes.append(
      AccountChange(
        address: allocation.address,
        account: Account(
          nonce: allocation.nonce, balance: allocation.balance, codeHash: code.hash),
        storage: slots))
    count += 1 + slots.count
  }

  func diff() -> StateDiff { StateDiff(accounts: changes) }
}
