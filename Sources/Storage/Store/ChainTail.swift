// The end of the chain, which the database does not know yet.

internal import Ledger
internal import Primitives

/// Where the state of a block stands: in steps of the cache, and in the log.
struct Standing: BitwiseCopyable, Sendable {
  /// The step of the cache that led to the block.
  var step: UInt64
  /// Where the log goes on behind the block.
  var resume: Place
}

/// A committed block that the database does not know yet.
struct RecentBlock: Sendable {
  var record: RecordPlace
  var standing: Standing
  var changeCount: Int
  var codes: [Code]
}

/// The blocks from where the database stands to the head.
struct ChainTail {
  /// The last committed block.
  var head: RecordPlace
  /// Where the state of the head stands.
  var headStanding: Standing
  /// The blocks behind `knownThrough` up to the head, by rising number.
  var recents: [RecentBlock] = []
  private(set) var numbers: [Hash256: UInt64] = [:]
  /// The block whose state the database has.
  var databaseBlock: BlockIdentity
  /// Up to this number the database's entries of blocks hold.
  var knownThrough: UInt64
  /// What changed, and the bytes of the records, since the database's block.
  private(set) var changeCount = 0
  private(set) var byteCount: UInt64 = 0
  /// Whether a flush is under way; it has its block, which is final until it ends.
  var flush = FlushState.idle
  /// Whether the head has gone to another branch, which the database has yet to follow.
  var isSwitching = false

  init(head: RecordPlace, standing: Standing, databaseBlock: BlockIdentity) {
    self.head = head
    headStanding = standing
    self.databaseBlock = databaseBlock
    knownThrough = databaseBlock.number
  }

  /// The place of block `number` among the recent ones.
  func recent(_ number: UInt64) -> RecentBlock? {
    guard let first = recents.first?.record.block.number, number >= first,
      number - first < UInt64(recents.count)
    else { return nil }
    return recents[Int(number - first)]
  }

  mutating func append(_ block: RecentBlock) {
    recents.append(block)
    numbers[block.record.block.hash] = block.record.block.number
    head = block.record
    headStanding = block.standing
    changeCount += block.changeCount
    byteCount += block.record.length
  }

  /// Goes back to an earlier block, whose state stands at `standing` now.
  mutating func rewind(to record: RecordPlace, standing: Standing) {
    while let last = recents.last, last.record.block.number > record.block.number {
      recents.removeLast()
      numbers[last.record.block.hash] = nil
    }
    head = record
    stand(at: standing)
    if recents.isEmpty { knownThrough = min(knownThrough, record.block.number) }
  }

  /// Notes changes to and fro, which are in memory until the database has followed.
  mutating func note(changes count: Int) { changeCount += count }

  /// Says where the head's state stands.
  mutating func stand(at standing: Standing) {
    headStanding = standing
    if !recents.isEmpty { recents[recents.count - 1].standing = standing }
  }

  /// Forgets what the database knows by now.
  mutating func follow(to block: BlockIdentity) {
    databaseBlock = block
    knownThrough = block.number
    let count = recents.firstIndex { $0.record.block.number > block.number } ?? recents.count
    for recent in recents[..<count] { numbers[recent.record.block.hash] = nil }
    recents.removeFirst(count)
    changeCount = recents.reduce(0) { $0 + $1.changeCount }
    byteCount = recents.reduce(0) { $0 + $1.record.length }
  }
}

/// What the thread that flushes is at.
enum FlushState {
  case idle
  case running
  /// The database has followed; the tries have not been told.
  case done
  case failed(StoreError)

  var isRunning: Bool {
    if case .running = self { true } else { false }
  }
}
