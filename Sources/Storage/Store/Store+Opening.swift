// Opening a store: what the database lacks is made up from the records.

internal import Ledger
public import Primitives
internal import State

extension Store {
  /// Whether there is a store in the folder `path`, of whatever format. One that cannot be looked at
  /// counts: opening it says why.
  public static func exists(at path: String) -> Bool {
    !Folder.isMissing(StoreFormat.formatFile(path))
  }

  /// Opens the store in the folder `path`.
  ///
  /// Checks format and lock, the records since the database's block, their links and the state root they
  /// lead to. What was being written when the process ended is cut off; it was not acknowledged. With
  /// `genesis`, the store must belong to the chain whose first block has that hash.
  public static func open(
    at path: String, genesis: Hash256? = nil, options: Options = Options()
  ) throws(StoreError) -> Store {
    try open(at: path, genesis: genesis, options: options, isJustMade: false)
  }

  /// Opens a store that this process has just made, or not.
  static func open(
    at path: String, genesis: Hash256?, options: Options, isJustMade: Bool
  ) throws(StoreError) -> Store {
    try StoreFormat.check(path)
    try options.checkRoom(path, isMade: isJustMade)
    let lock = try StoreFormat.lock(path)
    let database = try Database(StoreFormat.database(path), cacheSize: options.databaseMemory)
    let position = try database.position()
    guard let meta = try database.read(StoreMeta.key, { StoreMeta($0) }).flatMap(\.self) else {
      throw database.damage("what the database says of itself")
    }
    if let genesis, genesis != meta.genesis.hash {
      throw .wrongGenesis(path: path, expected: genesis, found: meta.genesis.hash)
    }
    var opening = StoreOpening(
      path: path, options: options, lock: lock, database: database, meta: meta)
    return try opening.open(at: position)
  }
}

/// What is known while a store is being opened.
struct StoreOpening: ~Copyable {
  let path: String
  let options: Store.Options
  let lock: File
  let database: Database
  let meta: StoreMeta
  let folder: SegmentFolder

  init(path: String, options: Store.Options, lock: File, database: Database, meta: StoreMeta) {
    self.path = path
    self.options = options
    self.lock = lock
    self.database = database
    self.meta = meta
    folder = SegmentFolder(StoreFormat.segments(path))
  }

  /// Opens the store whose database stands at `position`.
  mutating func open(at position: DatabasePosition) throws(StoreError) -> Store {
    let head = try database.record(of: position.block.number)
    guard head.block == position.block, let first = try? database.record(of: meta.genesis.number),
      first.block == meta.genesis
    else { throw database.damage("the database's entry of a block") }
    let header = try Store.header(at: head, in: folder)
    let genesis = try Store.header(at: first, in: folder)
    let pages = LeafPages(database, byteCount: options.pageMemory)
    let state = StateCache(pages: pages, byteCount: options.stateMemory)
    let tries = StateTries(
      workerCount: options.workerCount, memoryLimit: options.trieMemory,
      source: DatabaseTrieSource(pages), root: header.stateRoot)
    let standing = Standing(step: 0, resume: position.resume)
    var replay = Replay(
      folder: folder, state: state, tries: tries,
      tail: ChainTail(head: head, standing: standing, databaseBlock: position.block))
    let synced = try SyncedEnd(StoreFormat.syncedEnd(path))
    var scan = SegmentScan(folder, from: position.resume, synced: synced.end)
    while let (header, place) = try scan.next() {
      try replay.take(header, at: place) { (number) throws(StoreError) in
        try database.record(of: number)
      }
    }
    try replay.checkRoot()
    let history = try noteHistory(at: position)
    let log = try SegmentLog(
      folder, genesis: meta.genesis.hash, end: scan.place, synced: synced,
      segmentSize: options.segmentSize, isSynced: options.isSynced)
    folder.reopen()
    let store = Store(
      Store.Parts(
        path: path, options: options,
        history: history, genesis: genesis, state: state, meta: meta,
        database: database, pages: pages, folder: folder, tail: replay.tail, lock: lock,
        tries: tries, log: log))
    try store.rememberBlockHashes()
    if replay.wentBack { try store.flush() }
    return store
  }

  /// How far back the state of blocks is to be kept, as the database says from now on.
  private func noteHistory(at position: DatabasePosition) throws(StoreError) -> Store.History {
    let known = try database.history()?.kept
    let wanted = options.history ?? known ?? .standard
    if wanted != known {
      try FlushJob(
        position: position, changes: .none, blocks: [], meta: meta, folder: folder, history: wanted
      ).run(on: database, file: StoreFormat.flushFile(path))
    }
    return wanted
  }
}

/// Takes state and tries along the records behind the database's block.
struct Replay: ~Copyable {
  let folder: SegmentFolder
  let state: StateCache
  let tries: StateTries
  private(set) var tail: ChainTail
  /// Whether the chain went back behind the database's block.
  private(set) var wentBack = false

  init(folder: SegmentFolder, state: StateCache, tries: StateTries, tail: ChainTail) {
    self.folder = folder
    self.state = state
    self.tries = tries
    self.tail = tail
  }

  /// Follows a record, to a later block or to an earlier one. `known` finds blocks in the database.
  mutating func take(
    _ header: RecordHeader, at place: Place, known: (UInt64) throws(StoreError) -> RecordPlace
  ) throws(StoreError) {
    let record = RecordPlace(place: place, length: header.length, block: header.block)
    switch header.kind {
    case .block:
      guard header.block.number == tail.head.block.number + 1,
        header.parentHash == tail.head.block.hash
      else {
        throw folder.damage(
          record,
          "it does not follow block \(tail.head.block.number), \(tail.head.block.hash), which comes "
            + "before it")
      }
      try follow(record)
    case .aside: return
    case .head: try move(to: header.block, at: header.parent, by: record, known: known)
    }
  }

  /// Makes another block the head, whose record stands at `place`: back to where its branch begins, and
  /// along it.
  private mutating func move(
    to target: BlockIdentity, at place: Place, by record: RecordPlace,
    known: (UInt64) throws(StoreError) -> RecordPlace
  ) throws(StoreError) {
    var way: [RecordPlace] = []
    var (block, place) = (target, place)
    while try !isInChain(block, known: known) {
      guard block.number > 0, let header = try folder.header(at: place), header.kind != .head,
        header.block == block
      else { throw folder.damage(record, "it goes to a block that is not there") }
      way.append(RecordPlace(place: place, length: header.length, block: block))
      block = BlockIdentity(number: block.number - 1, hash: header.parentHash)
      place = header.parent
    }
    try goBack(to: block, before: way.isEmpty ? record.end : record.place, known: known)
    for block in way.reversed() { try follow(block) }
    tail.stand(at: Standing(step: state.step, resume: record.end))
  }

  private func isInChain(
    _ block: BlockIdentity, known: (UInt64) throws(StoreError) -> RecordPlace
  ) throws(StoreError) -> Bool {
    guard block.number <= tail.head.block.number else { return false }
    return try place(of: block.number, known: known).block == block
  }

  /// Where the record of a block of the chain stands.
  private func place(
    of number: UInt64, known: (UInt64) throws(StoreError) -> RecordPlace
  ) throws(StoreError) -> RecordPlace {
    if number == tail.head.block.number { return tail.head }
    if let recent = tail.recent(number) { return recent.record }
    return try known(number)
  }

  /// Goes on to the next block.
  private mutating func follow(_ record: RecordPlace) throws(StoreError) {
    let changes = StateChanges(try folder.section(.changes, of: record))
    try state.replace(by: changes, undoing: false)
    try apply(try changes.diff())
    tail.append(
      RecentBlock(
        record: record, standing: Standing(step: state.step, resume: record.end),
        changeCount: changes.accountCount + changes.slotCount, codes: try changes.codes()))
  }

  /// Goes back to an earlier block of the chain, behind which the log goes on at `resume`.
  private mutating func goBack(
    to target: BlockIdentity, before resume: Place,
    known: (UInt64) throws(StoreError) -> RecordPlace
  ) throws(StoreError) {
    while tail.head.block.number > target.number {
      let head = tail.head
      let changes = StateChanges(try folder.section(.changes, of: head))
      try state.replace(by: changes, undoing: true)
      try apply(try changes.inverse())
      let parent = try place(of: head.block.number - 1, known: known)
      tail.rewind(to: parent, standing: Standing(step: state.step, resume: resume))
    }
    if target.number < tail.databaseBlock.number { wentBack = true }
  }

  private func apply(_ diff: StateDiff) throws(StoreError) {
    do throws(StateReadError) {
      _ = try tries.apply(diff, run: Store.inTurn)
    } catch {
      throw .state(error)
    }
  }

  /// Throws unless the state is the one that the head's header states.
  func checkRoot() throws(StoreError) {
    let header = try Store.header(at: tail.head, in: folder)
    guard tries.root == header.stateRoot else {
      throw folder.damage(
        tail.head, "its state root is \(header.stateRoot), the changes make \(tries.root)")
    }
  }
}
