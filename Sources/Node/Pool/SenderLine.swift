// What waits of one sender.

internal import Primitives

/// The transactions of one sender, by rising nonce.
final class SenderLine {
  let sender: Address
  /// What the account was when the pool last looked.
  private(set) var account: SenderAccount
  private(set) var transactions: [PooledTransaction] = []
  /// How many of them, from the first on, could stand in the next block: their nonces follow the account's
  /// without a gap.
  private(set) var executable = 0
  /// What these may cost together. Each of them can be paid for, which keeps the sum far below 2^256.
  private var executableCost = UInt256.zero
  /// Since when some wait for others without anything of the line having become executable; nil where none does.
  private(set) var waitsSince: ContinuousClock.Instant?
  /// Its place among the lines with executable transactions, which belongs to the pool.
  var readyIndex: Int?

  init(_ sender: Address, _ account: SenderAccount) {
    self.sender = sender
    self.account = account
  }

  /// How many wait for others.
  var queued: Int { transactions.count - executable }

  /// The first nonce for which none waits.
  var nextNonce: UInt64 { account.nonce + UInt64(executable) }

  /// The transaction with this nonce.
  func transaction(_ nonce: UInt64) -> PooledTransaction? {
    let place = place(of: nonce)
    return place < transactions.count && transactions[place].nonce == nonce
      ? transactions[place] : nil
  }

  /// What all executable ones may cost together, but for that with this nonce.
  func executableCost(without nonce: UInt64) -> UInt256 {
    let place = place(of: nonce)
    guard place < executable else { return executableCost }
    return executableCost &- transactions[place].knownCost
  }

  /// Takes a transaction in, in the place of another with the same nonce.
  func insert(_ transaction: PooledTransaction) {
    let place = place(of: transaction.nonce)
    if place < transactions.count, transactions[place].nonce == transaction.nonce {
      if place < executable {
        executableCost = executableCost &- transactions[place].knownCost &+ transaction.knownCost
      }
      transactions[place] = transaction
    } else {
      transactions.insert(transaction, at: place)
    }
    countExecutable()
  }

  /// Removes the transaction with this nonce.
  func remove(_ nonce: UInt64) {
    let place = place(of: nonce)
    guard place < transactions.count, transactions[place].nonce == nonce else { return }
    shrink(to: place)
    transactions.remove(at: place)
  }

  /// Follows the account: what it has sent already, or can no longer pay for, is taken out and returned.
  func follow(_ account: SenderAccount) -> [PooledTransaction] {
    let goesBack = account.nonce < self.account.nonce
    self.account = account
    let used = place(of: account.nonce)
    var removed = Array(transactions[..<used])
    for transaction in removed.prefix(executable) {
      executableCost = executableCost &- transaction.knownCost
    }
    executable = max(0, executable - used)
    transactions.removeFirst(used)
    if goesBack { shrink(to: 0) }
    if !transactions.allSatisfy({ account.pays($0) }) {
      shrink(to: 0)
      removed += transactions.filter { !account.pays($0) }
      transactions.removeAll { !account.pays($0) }
    }
    countExecutable()
    return removed
  }

  /// Notes whether some wait for others after a change, by which something may have become executable.
  func noteWaiting(at now: ContinuousClock.Instant, isActive: Bool) {
    if queued == 0 {
      waitsSince = nil
    } else if isActive || waitsSince == nil {
      waitsSince = now
    }
  }

  /// Those that could stand in the next block.
  var executables: ArraySlice<PooledTransaction> { transactions[..<executable] }

  private func countExecutable() {
    while executable < transactions.count,
      transactions[executable].nonce == account.nonce &+ UInt64(executable)
    {
      executableCost = executableCost &+ transactions[executable].knownCost
      executable += 1
    }
  }

  /// Lets only the first ones be executable.
  private func shrink(to count: Int) {
    while executable > count {
      executable -= 1
      executableCost = executableCost &- transactions[executable].knownCost
    }
  }

  /// Where a transaction with this nonce stands, or would.
  private func place(of nonce: UInt64) -> Int {
    guard let last = transactions.last else { return 0 }
    if nonce > last.nonce { return transactions.count }
    var (low, high) = (0, transactions.count)
    while low < high {
      let middle = (low + high) / 2
      if transactions[middle].nonce < nonce { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// What the pool must know of an account.
struct SenderAccount: Sendable, Equatable {
  /// How many transactions it has sent.
  var nonce: UInt64
  /// What it owns, in wei.
  var balance: UInt256
  /// Whether it has code that is no delegation: then no signature sends for it (EIP-3607).
  var isContract = false

  /// Whether it could pay for a transaction alone.
  func pays(_ transaction: PooledTransaction) -> Bool {
    transaction.cost.map { $0 <= balance } ?? false
  }
}
