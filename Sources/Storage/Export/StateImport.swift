// A store that begins with the state of an exported block.

internal import Crypto
internal import Ledger
public import Primitives
internal import State

extension Store {
  /// Makes a store of a file that `exportState` wrote, in the folder `path`, which is new or empty, and
  /// opens it. Its chain begins at the file's block: of those before, it has the first and the last few,
  /// and their states it has not. `progress` hears of how much is done, from 0 to 1;
  /// what it throws ends it, and nothing is left behind.
  ///
  /// Everything is checked: each byte by checksums, blocks by their hashes and the roots in their headers,
  /// codes by their hashes, and the state by the root in the header of its block. Whether that block
  /// belongs to the chain, nobody can tell from the file: with `genesis`, the first block must have that
  /// hash, and `head` is to be compared with what others say. Memory does not grow with the state.
  public static func importState(
    from file: String, at path: String, genesis: Hash256? = nil, options: Options = Options(),
    progress: (Double) throws(StoreError) -> Void = { _ in }
  ) throws(StoreError) -> (store: Store, content: StateFileContent) {
    var reader = try StateFileReader(file)
    let head = try reader.head()
    if let genesis, genesis != head.genesis.hash {
      throw .wrongGenesis(path: file, expected: genesis, found: head.genesis.hash)
    }
    var counts = StateFile.Counts()
    let path = Folder.withoutSlashes(path)
    try options.checkRoom(path)
    try StoreFormat.create(path) { () throws(StoreError) in
      let database = try Database(
        StoreFormat.database(path), cacheSize: options.databaseMemory, isNew: true)
      var stateImport = StateImport(
        reader, head, path: path, database: database, options: options)
      counts = try stateImport.run(progress)
    }
    return (try openMade(at: path, options: options), StateFileContent(head.head, counts))
  }
}

/// What is known while a state is being imported.
struct StateImport: ~Copyable {
  var reader: StateFileReader
  let head: StateFile.Head
  let path: String
  let database: Database
  let options: Store.Options
  let folder: SegmentFolder
  let tries: StateTries
  var counts = StateFile.Counts()
  var blocks = ImportedBlocks()
  var codes: [Code] = []
  var codeBytes = 0
  var lastCode: Hash256?
  var leaves = HashedLeaves()
  var slotKeys: [HashedSlotKey] = []
  var lastAccount: (key: Hash256, record: AccountRecord)?
  var lastSlot: Hash256?

  init(
    _ reader: StateFileReader, _ head: StateFile.Head, path: String, database: Database,
    options: Store.Options
  ) {
    self.reader = reader
    self.head = head
    self.path = path
    self.database = database
    self.options = options
    folder = SegmentFolder(StoreFormat.segments(path))
    tries = StateTries(
      workerCount: options.workerCount, memoryLimit: options.trieMemory,
      source: DatabaseTrieSource(LeafPages(database, byteCount: 0)))
  }

  mutating func run(
    _ progress: (Double) throws(StoreError) -> Void
  ) throws(StoreError) -> StateFile.Counts {
    var kind = StateFile.Kind.block
    var content = try takeBlocks(&kind)
    while kind != .end {
      switch kind {
      case .codes:
        try content.withBytes { (bytes) throws(StoreError) in try takeCodes(bytes) }
      case .state:
        // Accounts name codes, which are in the database from here on.
        try storeCodes()
        try content.withBytes { (bytes) throws(StoreError) in try takeState(bytes) }
      default: throw reader.failure("a chunk is out of its order")
      }
      try progress(Double(reader.offset) / Double(reader.size))
      (kind, content) = try reader.next()
    }
    guard content.withBytes({ StateFile.Counts($0) }) == counts else {
      throw reader.failure("the file says it has more or less than was found")
    }
    guard reader.offset == reader.size else {
      throw reader.failure("something stands behind the end")
    }
    try finish()
    return counts
  }

  /// Makes the first segment of the blocks; `kind` and the answer are the chunk behind them.
  private mutating func takeBlocks(_ kind: inout StateFile.Kind) throws(StoreError) -> SharedBytes {
    try Folder.make(folder.path)
    var writer = try PrunedSegmentWriter(1, in: folder)
    var content: SharedBytes
    (kind, content) = try reader.next()
    while kind == .block {
      try content.withBytes { (bytes) throws(StoreError) in
        guard let problem = try blocks.take(bytes, head.genesis, to: &writer) else { return }
        throw reader.failure(problem)
      }
      counts.blocks += 1
      (kind, content) = try reader.next()
    }
    guard blocks.records.last?.block == head.head else {
      throw reader.failure("the blocks do not end with the state's")
    }
    try Folder.move(
      try writer.finish(genesis: head.genesis.hash), to: folder.filePath(1))
    try SegmentLog.begin(2, in: folder, genesis: head.genesis.hash)
    return content
  }

  // MARK: - Codes

  private mutating func takeCodes(_ bytes: UnsafeRawBufferPointer) throws(StoreError) {
    var rest = ByteReader(bytes)
    while !rest.isAtEnd {
      guard counts.accounts == 0, let hash = rest.hash(), let size = rest.integer(UInt32.self),
        let code = rest.take(Int(size)), lastCode.map({ $0 < hash }) ?? true
      else { throw reader.failure("the codes are not in their form") }
      guard Keccak256.hash(code) == hash else {
        throw reader.failure("the code \(hash) has another hash")
      }
      lastCode = hash
      counts.codes += 1
      codes.append(Code(code, hash: hash))
      codeBytes += code.count
      if codeBytes >= 32 << 20 { try storeCodes() }
    }
  }

  private mutating func storeCodes() throws(StoreError) {
    if codes.isEmpty { return }
    try store(codes: codes)
    codes = []
    codeBytes = 0
  }

  // MARK: - State

  private mutating func takeState(_ bytes: UnsafeRawBufferPointer) throws(StoreError) {
    var rest = ByteReader(bytes)
    while !rest.isAtEnd {
      switch rest.byte() {
      case StateFile.accountTag: try takeAccount(&rest)
      case StateFile.slotTag: try takeSlot(&rest)
      default: throw reader.failure("the state is not in its form")
      }
      guard leaves.count >= Store.batchSize else { continue }
      try storeLeaves()
      // More of its slots may come.
      if let last = lastAccount { leaves.append(account: last.key, last.record.account) }
    }
  }

  private mutating func takeAccount(_ rest: inout ByteReader) throws(StoreError) {
    guard let key = rest.hash(), let size = rest.byte(), let bytes = rest.take(Int(size)),
      let record = AccountRecord(bytes), lastAccount.map({ $0.key < key }) ?? true
    else { throw reader.failure("an account is not in its form") }
    if record.account.hasCode,
      try database.read(.code(record.account.codeHash), { _ in true }) == nil
    {
      throw reader.failure("the code \(record.account.codeHash) is missing")
    }
    lastAccount = (key, record)
    lastSlot = nil
    leaves.append(account: key, record.account)
    counts.accounts += 1
  }

  private mutating func takeSlot(_ rest: inout ByteReader) throws(StoreError) {
    guard let account = lastAccount?.key, let key = rest.hash(),
      lastSlot.map({ $0 < key }) ?? true
    else { throw reader.failure("a slot is not in its form") }
    if head.keepsSlotKeys {
      guard let slot = rest.word(count: 32), Keccak256.hash(slot) == key else {
        throw reader.failure("the key of a slot has another hash")
      }
      slotKeys.append(HashedSlotKey(account: account, hash: key, slot: slot))
    }
    guard let size = rest.byte(), let word = rest.word(count: Int(size)), !word.isZero else {
      throw reader.failure("a slot is not in its form")
    }
    lastSlot = key
    leaves.append(slot: key, word)
    counts.slots += 1
  }

  private mutating func storeLeaves() throws(StoreError) {
    do throws(StateReadError) {
      _ = try tries.add(leaves, run: Store.inTurn)
    } catch {
      throw .state(error)
    }
    leaves = HashedLeaves()
    try store(slotKeys: slotKeys)
    slotKeys = []
  }

  // MARK: - The database

  private mutating func finish() throws(StoreError) {
    try storeCodes()
    try storeLeaves()
    let stated = blocks.stateRoot
    guard tries.root == stated else {
      throw reader.failure(
        "the header of block \(head.head.number) states the state root \(stated), the accounts "
          + "make \(tries.root)")
    }
    let log = try SegmentLog(
      folder, genesis: head.genesis.hash, end: Place(segment: 2, offset: SegmentHeader.size),
      synced: try SyncedEnd(making: StoreFormat.syncedEnd(path)), segmentSize: options.segmentSize,
      isSynced: true)
    try log.close()
    try store(
      DatabasePosition(block: head.head, resume: log.end),
      blocks: blocks.records.map { record in
        RecentBlock(
          record: record, standing: Standing(step: 0, resume: record.end), changeCount: 0, codes: []
        )
      })
    try database.compactIfScattered()
  }

  /// As long as the state is not whole, the database does not say where it stands.
  private func store(
    _ position: DatabasePosition = DatabasePosition(
      block: BlockIdentity(number: 0, hash: .zero), resume: .start),
    blocks: [RecentBlock] = [], slotKeys: [HashedSlotKey] = [], codes: [Code] = []
  ) throws(StoreError) {
    let job = FlushJob(
      position: position, changes: tries.takeChanges(), blocks: blocks,
      meta: StoreMeta(
        genesis: head.genesis, firstBlock: self.blocks.first, keepsSlotKeys: head.keepsSlotKeys),
      folder: folder, history: options.history ?? .standard, slotKeys: slotKeys, codes: codes)
    try job.run(on: database, file: StoreFormat.flushFile(path))
    tries.changesAreStored()
  }
}
