// The transactions that wait for a block.

internal import Ledger
internal import Primitives
internal import Synchronization

/// Transactions by sender and nonce. Any thread may call it.
public final class TransactionPool: Sendable {
  /// What may wait. Slots are 32 KiB of a transaction each; the names are geth's.
  public struct Limits: Sendable {
    /// Slots of a sender whom a full pool still takes, for the price of others.
    public var accountSlots = 16
    /// Slots of transactions that could stand in a block. More than geth's 5,120: here one node makes all
    /// blocks, and what comes until the next one must wait somewhere.
    public var globalSlots = 131_072
    /// Transactions of a sender that wait for others with lower nonces.
    public var accountQueue = 64
    /// Slots of transactions that wait for others with lower nonces.
    public var globalQueue = 1024
    /// How long they wait when nothing of their sender can stand in a block meanwhile. They go with the next
    /// transaction or block after that.
    public var lifetime = Duration.seconds(3 * 3600)
    /// By how many percent who replaces a transaction must raise each fee.
    public var priceBump: UInt64 = 10
    /// The same for a transaction with blobs.
    public var blobPriceBump: UInt64 = 100
    /// Bytes of all transactions without their blobs.
    public var bytes = 256 << 20
    /// Bytes of blobs.
    public var blobBytes = 128 << 20
    /// Transactions with blobs of one sender.
    public var accountBlobs = 16

    /// The usual limits.
    public init() {}
  }

  let contents: Mutex<PoolContents>
  let limits: Limits
  private let arrivals = Atomic<UInt64>(0)

  private let clock: @Sendable () -> ContinuousClock.Instant

  /// A pool of these limits, whose time `clock` tells.
  init(
    limits: Limits = Limits(), clock: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
  ) {
    self.limits = limits
    self.clock = clock
    contents = Mutex(PoolContents(limits, now: clock()))
  }

  /// How many transactions could stand in a block, and how many wait for others.
  var counts: (pending: Int, queued: Int) {
    contents.withLock { ($0.pending, $0.byHash.count - $0.pending) }
  }

  /// The number of the next transaction to come.
  func nextArrival() -> UInt64 { arrivals.add(1, ordering: .relaxed).newValue }

  /// The transaction with this hash.
  func transaction(_ hash: Hash256) -> PooledTransaction? {
    contents.withLock { $0.byHash[hash] }
  }

  /// Another number as soon as something else waits.
  var version: UInt64 { contents.withLock { $0.version } }

  /// Changes with each block that the pool has heard of. Who reads accounts asks for it before.
  var generation: UInt64 { contents.withLock { $0.generation } }

  /// Adds transactions that may stand in a block once their turn comes, each with its sender's account, which was
  /// read when the pool was in `generation`. What became of each: those that had to go for it, or in geth's words why it
  /// was refused. Nil where the pool has heard of a block since, and all accounts are to be read again.
  func add(
    _ transactions: [(transaction: PooledTransaction, account: SenderAccount)],
    readIn generation: UInt64
  ) -> [Result<[PooledTransaction], RPCError>]? {
    contents.withLock { contents in
      guard contents.generation == generation else { return nil }
      contents.now = clock()
      contents.removeAbandoned()
      return transactions.map { transaction, account in
        Result { () throws(RPCError) in try contents.add(transaction, account) }
      }
    }
  }

  /// Removes a transaction; false where it is not there. Those behind it wait until another takes its place.
  @discardableResult func remove(_ hash: Hash256) -> Bool {
    contents.withLock { contents in
      guard let transaction = contents.byHash[hash] else { return false }
      contents.now = clock()
      contents.remove(transaction)
      return true
    }
  }

  /// Removes all transactions.
  func removeAll() {
    contents.withLock { contents in
      let (generation, version) = (contents.generation, contents.version)
      contents = PoolContents(limits, now: clock())
      (contents.generation, contents.version) = (generation + 1, version + 1)
    }
  }

  /// The first nonce from `nonce` on for which none of `sender` waits.
  func nextNonce(of sender: Address, from nonce: UInt64) -> UInt64 {
    contents.withLock { contents in
      guard let line = contents.lines[sender] else { return nonce }
      var next = line.account.nonce <= nonce ? max(nonce, line.nextNonce) : nonce
      while line.transaction(next) != nil { next += 1 }
      return next
    }
  }

  /// The senders of whom something waits.
  var senders: [Address] { contents.withLock { Array($0.lines.keys) } }

  /// What waits of a sender: what could stand in a block, and what waits for others.
  func line(
    of sender: Address
  ) -> (pending: [PooledTransaction], queued: [PooledTransaction]) {
    contents.withLock { contents in
      guard let line = contents.lines[sender] else { return ([], []) }
      return (
        Array(line.executables), Array(line.transactions[line.executable...])
      )
    }
  }

  /// All that could stand in a block.
  var pending: [PooledTransaction] {
    contents.withLock { $0.ready.flatMap { Array($0.executables) } }
  }

  /// All transactions, each sender's by rising nonce.
  var all: [PooledTransaction] {
    contents.withLock { Array($0.byHash.values) }.sorted { $0.nonce < $1.nonce }
  }

  /// The hashes of all transactions, in no order.
  var hashes: [Hash256] { contents.withLock { Array($0.byHash.keys) } }

  // MARK: - Blocks

  /// Follows the accounts of some senders: what they have sent already, or can no longer pay for, is forgotten. To be
  /// called after each change of the head, with all who sent something in the blocks between.
  func follow(_ accounts: [(sender: Address, account: SenderAccount)]) {
    contents.withLock { contents in
      contents.generation += 1
      contents.now = clock()
      contents.removeAbandoned()
      for (sender, account) in accounts { contents.follow(sender, account) }
    }
  }

  /// The blobs with a versioned hash, and the transaction that has them: for whoever asks the pool for what a block of
  /// others needs.
  func blob(
    _ hash: Hash256
  ) -> (sidecar: BlobSidecar, index: Int)? {
    contents.withLock { contents in
      guard let transaction = contents.blobs[hash]?.first,
        let sidecar = transaction.sidecar,
        let index = transaction.transaction.blobVersionedHashes.firstIndex(of: hash)
      else { return nil }
      return (sidecar, index)
    }
  }
}
