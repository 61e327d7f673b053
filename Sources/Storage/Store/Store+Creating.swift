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
  /// With `chainFile`, what it says of the chain's rules is kept beside. The folder is a store when it is whole.
  public static func create(
    at path: String, genesis: Header, allocations: some Sequence<AccountAllocation>,
    keepsSlotKeys: Bool = true, chainFile: [UInt8]? = nil, options: Options = Options()
  ) throws(StoreError) -> Store {
    var rest = allocations.makeIterator()
    let batches = sequence(state: ()) { _ -> GenesisBatch? in
      let batch = GenesisBatch(&rest, atMost: batchSize, keepsSlotKeys: keepsSlotKeys)
      return batch.count == 0 ? nil : batch
    }
    return try create(
      at: path,
      genesis: { (root) throws(StoreError) in
        if root != genesis.stateRoot {
          throw .wrongStateRoot(stated: genesis.stateRoot, computed: root)
        }
        return genesis
      }, batches: batches, keepsSlotKeys: keepsSlotKeys, chainFile: chainFile, options: options)
  }

  /// Makes a store of a first block whose state is made by `state`, in the folder `path`, which is new or
  /// empty, and opens it. The header gets the root of that state.
  ///
  /// The diffs lead on from each other, destroy nothing, and are taken as they come. The keys of their
  /// slots are not kept, so no contract with storage may be destroyed later (see EIP-6780).
  public static func create(
    at path: String, genesis: Header, state: some Sequence<StateDiff>, options: Options = Options()
  ) throws(StoreError) -> Store {
    try create(
      at: path,
      genesis: { root in
        var header = genesis
        header.stateRoot = root
        return header
      }, batches: state.lazy.map { GenesisBatch($0) }, keepsSlotKeys: false, options: options)
  }

  private static func create(
    at path: String, genesis: (_ stateRoot: Hash256) throws(StoreError) -> Header,
    batches: some Sequence<GenesisBatch>, keepsSlotKeys: Bool, chainFile: [UInt8]? = nil,
    options: Options
  ) throws(StoreError) -> Store {
    let path = Folder.withoutSlashes(path)
    try options.checkRoom(path)
    try StoreFormat.create(path) { () throws(StoreError) in
      if let chainFile { try writeChainFile(chainFile, in: path) }
      try fill(
        path, genesis: genesis, batches: batches, keepsSlotKeys: keepsSlotKeys, options: options)
    }
    return try openMade(at: path, options: options)
  }

  /// Opens the store in `path` that has just been made.
  static func openMade(at path: String, options: Options) throws(StoreError) -> Store {
    do throws(StoreError) {
      return try open(at: path, genesis: nil, options: options, isJustMade: true)
    } catch {
      throw .madeButNotOpened(path: path, error)
    }
  }

  /// How many accounts and slots go to the database at a time.
  static var batchSize: Int { 400_000 }

  private static func fill(
    _ path: String, genesis: (_ stateRoot: Hash256) throws(StoreError) -> Header,
    batches: some Sequence<GenesisBatch>, keepsSlotKeys: Bool, options: Options
  ) throws(StoreError) {
    let database = try Database(
      StoreFormat.database(path), cacheSize: options.databaseMemory, isNew: true)
    let tries = StateTries(
      workerCount: options.workerCount, memoryLimit: options.trieMemory,
      source: DatabaseTrieSource(LeafPages(database, byteCount: 0)))
    let folder = SegmentFolder(StoreFormat.segments(path))
    // As long as the state is not whole, the database does not say where it stands.
    func store(_ batch: GenesisBatch, _ record: RecordPlace?) throws(StoreError) {
      do throws(StateReadError) {
        _ = try tries.apply(batch.diff, run: inTurn)
      } catch {
        throw .state(error)
      }
      let blocks = record.map { record in
        RecentBlock(
          record: record, standing: Standing(step: 0, resume: record.end), changeCount: 0, codes: []
        )
      }
      let job = FlushJob(
        position: DatabasePosition(
          block: record?.block ?? BlockIdentity(number: 0, hash: .zero),
          resume: record?.end ?? .start),
        changes: tries.takeChanges(), blocks: blocks.map { [$0] } ?? [],
        meta: StoreMeta(
          genesis: record?.block ?? BlockIdentity(number: 0, hash: .zero),
          keepsSlotKeys: keepsSlotKeys),
        folder: folder, history: options.history ?? .standard, slotKeys: batch.slotKeys,
        codes: batch.diff.codes)
      try job.run(on: database, file: StoreFormat.flushFile(path))
      tries.changesAreStored()
    }
    for batch in batches { try store(batch, nil) }
    try database.compactIfScattered()
    let header = try genesis(tries.root)
    let identity = BlockIdentity(number: header.number, hash: header.hash)
    try store(
      GenesisBatch(), try writeFirstRecord(of: header, identity, in: path, options: options))
  }

  /// The log begins with the first block, which changes nothing.
  private static func writeFirstRecord(
    of genesis: Header, _ identity: BlockIdentity, in path: String, options: Options
  ) throws(StoreError) -> RecordPlace {
    let folder = SegmentFolder(StoreFormat.segments(path))
    try Folder.make(folder.path)
    try SegmentLog.begin(1, in: folder, genesis: identity.hash)
    let log = try SegmentLog(
      folder, genesis: identity.hash, end: .start,
      synced: try SyncedEnd(making: StoreFormat.syncedEnd(path)), segmentSize: options.segmentSize,
      isSynced: true)
    let changes = StateChangesWriter(accountCount: 0, slotCount: 0).finish(codes: [])
    let block = CommittedBlock(
      header: genesis, hash: identity.hash, totalDifficulty: genesis.difficulty,
      withdrawals: genesis.withdrawalsRoot == nil ? nil : [], changes: changes)
    let record = try log.append(block, .block, parent: .start)
    try log.close()
    return record
  }
}

/// Accounts of a genesis that go to the database together.
private struct GenesisBatch {
  private(set) var diff = StateDiff()
  private(set) var slotKeys: [HashedSlotKey] = []
  /// Accounts and slots.
  private(set) var count = 0

  init(_ diff: StateDiff = StateDiff()) { self.diff = diff }

  init(
    _ allocations: inout some IteratorProtocol<AccountAllocation>, atMost size: Int,
    keepsSlotKeys: Bool
  ) {
    var changes: [AccountChange] = []
    var codes: [Code] = []
    while count < size, let allocation = allocations.next() {
      let code = Code.of(allocation.code)
      if code.reference.count > 0 { codes.append(code) }
      let slots = allocation.storage.filter { !$0.value.isZero }
        .map { SlotChange(slot: $0.key, value: $0.value) }
      if keepsSlotKeys {
        slotKeys += slots.map { HashedSlotKey(address: allocation.address, slot: $0.slot) }
      }
      changes.append(
        AccountChange(
          address: allocation.address,
          account: Account(
            nonce: allocation.nonce, balance: allocation.balance, codeHash: code.hash),
          storage: slots))
      count += 1 + slots.count
    }
    diff = StateDiff(accounts: changes, codes: codes)
  }
}
