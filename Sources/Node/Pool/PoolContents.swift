// What a pool holds, behind its lock.

internal import Crypto
internal import Ledger
internal import Primitives

/// The lines of all senders, with what finds a transaction in them.
struct PoolContents {
  private let limits: TransactionPool.Limits
  private(set) var lines: [Address: SenderLine] = [:]
  private(set) var byHash: [Hash256: PooledTransaction] = [:]
  /// The lines with executable transactions, in no order: a block is made of these alone.
  private(set) var ready: [SenderLine] = []
  /// How many transactions could stand in a block.
  private(set) var pending = 0
  /// Which transactions have the blob of this versioned hash.
  private(set) var blobs: [Hash256: [PooledTransaction]] = [:]
  var generation: UInt64 = 0
  /// Changes with each transaction that comes or goes.
  var version: UInt64 = 0
  /// The time, which whoever changes something tells.
  var now: ContinuousClock.Instant

  private var slots = 0
  private var bytes = 0
  private var blobBytes = 0
  /// All transactions and some that have gone, the cheapest first: made when the pool is full for the first time, and
  /// forgotten when half of it is room again.
  private var cheapest: BinaryHeap<PooledTransaction>?

  /// When what was abandoned was last looked for, and how long that is not done again.
  private var lastRemoval: ContinuousClock.Instant
  private static let removalPause = Duration.seconds(60)

  init(_ limits: TransactionPool.Limits, now: ContinuousClock.Instant) {
    self.limits = limits
    self.now = now
    lastRemoval = now
  }

  /// How many transactions are held only to find the cheapest ones.
  var listedCount: Int { cheapest?.count ?? 0 }

  // MARK: - Adding

  /// Adds a transaction; those that had to go for it.
  mutating func add(
    _ transaction: PooledTransaction, _ account: SenderAccount
  ) throws(RPCError) -> [PooledTransaction] {
    if byHash[transaction.hash] != nil { throw .failed("already known") }
    if transaction.nonce < account.nonce {
      throw .usedNonce(transaction.nonce, next: account.nonce)
    }
    if account.isContract, transaction.transaction.statedSender == nil {
      throw .senderIsContract(transaction.sender)
    }
    let line = lines[transaction.sender] ?? SenderLine(transaction.sender, account)
    defer { if line.transactions.isEmpty { lines[transaction.sender] = nil } }
    if line.account != account { follow(line, account) }
    try checkFunds(of: account, for: transaction, line)
    let old = line.transaction(transaction.nonce)
    if let old {
      try checkReplacement(of: old, by: transaction)
    } else {
      try checkQueue(line, for: transaction)
    }
    try checkBlobs(line, for: transaction, replacing: old)
    let victims = try makeRoom(for: transaction, line, replacing: old)
    // Making room may have emptied the line, or taken the one that is replaced.
    lines[transaction.sender] = line
    if let old = line.transaction(transaction.nonce) { forget(old) }
    byHash[transaction.hash] = transaction
    change(line) { $0.insert(transaction) }
    count(transaction, 1)
    for hash in transaction.transaction.blobVersionedHashes {
      blobs[hash, default: []].append(transaction)
    }
    cheapest?.insert(transaction)
    return victims + (old.map { [$0] } ?? [])
  }

  private func checkFunds(
    of account: SenderAccount, for transaction: PooledTransaction, _ line: SenderLine
  ) throws(RPCError) {
    let balance = account.balance
    guard let cost = transaction.cost, cost <= balance else {
      let cost = transaction.cost.map(\.decimal) ?? "over 2^256"
      throw .failed(
        "insufficient funds for gas * price + value: balance \(balance.decimal), tx cost \(cost)")
    }
    let queued = line.executableCost(without: transaction.nonce)
    let (sum, overflow) = queued.addingReportingOverflow(cost)
    if overflow || sum > balance {
      throw .failed(
        "insufficient funds for gas * price + value: balance \(balance.decimal), queued cost "
          + "\(queued.decimal), tx cost \(cost.decimal), overshot \((sum &- balance).decimal)")
    }
  }

  private func checkReplacement(
    of old: PooledTransaction, by new: PooledTransaction
  ) throws(RPCError) {
    let isBlob = old.transaction.kind == .blob
    guard isBlob == (new.transaction.kind == .blob) else {
      throw .failed("address already reserved")
    }
    let percent = isBlob ? limits.blobPriceBump : limits.priceBump
    guard new.outbids(old, percent: percent) else {
      throw .failed("replacement transaction underpriced")
    }
  }

  private func checkQueue(
    _ line: SenderLine, for transaction: PooledTransaction
  ) throws(RPCError) {
    if transaction.nonce == line.nextNonce { return }
    if line.queued >= limits.accountQueue { throw .failed("account limit exceeded") }
    if byHash.count - pending >= limits.globalQueue { throw .failed("txpool is full") }
  }

  private func checkBlobs(
    _ line: SenderLine, for transaction: PooledTransaction, replacing old: PooledTransaction?
  ) throws(RPCError) {
    guard transaction.transaction.kind == .blob else { return }
    let others = line.transactions.count { $0 !== old && $0.transaction.kind == .blob }
    if others >= limits.accountBlobs { throw .failed("account limit exceeded") }
    let size = blobBytes - (old?.blobSize ?? 0) + transaction.blobSize
    if size > limits.blobBytes { throw .failed("txpool is full") }
  }

  /// Makes room where there is none: those that pay less have to go, but only where that is enough. They are returned,
  /// without the one that is replaced.
  private mutating func makeRoom(
    for transaction: PooledTransaction, _ line: SenderLine, replacing old: PooledTransaction?
  ) throws(RPCError) -> [PooledTransaction] {
    // What is replaced goes in any case.
    var room = Room(
      slots: slots + transaction.slots - (old?.slots ?? 0),
      bytes: bytes + transaction.encoding.count - (old?.encoding.count ?? 0))
    if room.isEnough(limits) { return [] }
    if line.transactions.count >= limits.accountSlots { throw .failed("txpool is full") }
    if cheapest == nil { listCheapest() }
    var victims: [PooledTransaction] = []
    var refusal: RPCError?
    while refusal == nil, !room.isEnough(limits) {
      guard let victim = cheapest?.popFirst() else {
        refusal = .failed("txpool is full")
        break
      }
      guard byHash[victim.hash] === victim else { continue }
      victims.append(victim)
      if victim === old { continue }
      if !victim.isCheaper(than: transaction) { refusal = .failed("transaction underpriced") }
      room.slots -= victim.slots
      room.bytes -= victim.encoding.count
    }
    if let refusal {
      for victim in victims { cheapest?.insert(victim) }
      throw refusal
    }
    victims.removeAll { $0 === old }
    for victim in victims { remove(victim) }
    return victims
  }

  /// What is taken.
  private struct Room {
    var slots: Int
    var bytes: Int

    func isEnough(_ limits: TransactionPool.Limits) -> Bool {
      slots <= limits.globalSlots + limits.globalQueue && bytes <= limits.bytes
    }
  }

  private mutating func listCheapest() {
    cheapest = BinaryHeap(Array(byHash.values)) { $0.isCheaper(than: $1) }
  }

  /// Lets the list go when there is room, and makes it anew when most in it have gone: so it never holds many more
  /// than wait, and each of them is moved a few times at most.
  private mutating func dropGone() {
    guard let count = cheapest?.count else { return }
    if slots < (limits.globalSlots + limits.globalQueue) / 2, bytes < limits.bytes / 2 {
      cheapest = nil
    } else if count > 2 * byHash.count + 1024 {
      listCheapest()
    }
  }

  // MARK: - Removing

  /// Removes what waits behind the gaps of senders of whom nothing could stand in a block for long.
  mutating func removeAbandoned() {
    guard now - lastRemoval >= min(limits.lifetime, Self.removalPause) else { return }
    lastRemoval = now
    for line in Array(lines.values) {
      guard let since = line.waitsSince, now - since > limits.lifetime else { continue }
      for transaction in line.transactions[line.executable...] { remove(transaction) }
    }
  }

  mutating func remove(_ transaction: PooledTransaction) {
    guard let line = lines[transaction.sender] else { return }
    change(line) { $0.remove(transaction.nonce) }
    forget(transaction)
    if line.transactions.isEmpty { lines[transaction.sender] = nil }
  }

  /// Follows an account: what it has sent already, or can no longer pay for, goes.
  mutating func follow(_ sender: Address, _ account: SenderAccount) {
    guard let line = lines[sender] else { return }
    follow(line, account)
    if line.transactions.isEmpty { lines[sender] = nil }
  }

  private mutating func follow(_ line: SenderLine, _ account: SenderAccount) {
    var removed: [PooledTransaction] = []
    change(line) { removed = $0.follow(account) }
    for transaction in removed { forget(transaction) }
  }

  /// Forgets a transaction that is in no line any more.
  private mutating func forget(_ transaction: PooledTransaction) {
    byHash[transaction.hash] = nil
    count(transaction, -1)
    for hash in transaction.transaction.blobVersionedHashes {
      let others = blobs[hash]?.filter { $0 !== transaction } ?? []
      blobs[hash] = others.isEmpty ? nil : others
    }
    dropGone()
  }

  private mutating func count(_ transaction: PooledTransaction, _ sign: Int) {
    version += 1
    slots += sign * transaction.slots
    bytes += sign * transaction.encoding.count
    blobBytes += sign * transaction.blobSize
  }

  /// Changes a line, and counts what is executable.
  private mutating func change(_ line: SenderLine, _ body: (SenderLine) -> Void) {
    let before = line.executable
    body(line)
    pending += line.executable - before
    line.noteWaiting(at: now, isActive: line.executable > before)
    if line.executable > 0, line.readyIndex == nil {
      line.readyIndex = ready.count
      ready.append(line)
    } else if line.executable == 0, let index = line.readyIndex {
      let last = ready.removeLast()
      if last !== line {
        ready[index] = last
        last.readyIndex = index
      }
      line.readyIndex = nil
    }
  }
}

extension RPCError {
  private static let usedNonceWords = "nonce too low: "

  /// The sender has sent a transaction with this nonce already.
  static func usedNonce(_ nonce: UInt64, next: UInt64) -> RPCError {
    .failed("\(usedNonceWords)next nonce \(next), tx nonce \(nonce)")
  }

  /// Whether the pool has refused a transaction for this.
  var isAboutUsedNonce: Bool { message.hasPrefix(Self.usedNonceWords) }

  /// Who has code is a contract, whatever key there is, and signs nothing.
  static func senderIsContract(_ address: Address) -> RPCError {
    .failed("sender not an eoa: address \(address.checksummed)")
  }
}
