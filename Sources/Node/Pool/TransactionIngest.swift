// The way into the pool.

internal import Crypto
internal import Execution
internal import Ledger
internal import Primitives
internal import State
internal import Storage
internal import Synchronization

/// Takes signed transactions into the pool, many at once: those of one request together, and those of requests that
/// come while others are under way. Any thread may call it.
final class TransactionIngest: Sendable {
  private let chain: ChainReader
  let pool: TransactionPool
  private let journal: TransactionJournal?
  /// The gas that the next block may use, where that is not the head's.
  private let gasLimit: @Sendable () -> UInt64?
  /// Told of each transaction that waits and outlives the process.
  private let onAdded: @Sendable (PooledTransaction) -> Void
  /// Requests that wait for the one that is under way, and whether one is.
  private let line = Mutex(WaitingLine())
  private let place = SleepingPlace()

  /// From so many signatures on, recovery gains little by waiting for more.
  private static let wholeBatch = 32

  init(
    _ chain: ChainReader, _ pool: TransactionPool, journal: TransactionJournal? = nil,
    gasLimit: @escaping @Sendable () -> UInt64? = { nil },
    onAdded: @escaping @Sendable (PooledTransaction) -> Void = { _ in }
  ) {
    self.chain = chain
    self.pool = pool
    self.journal = journal
    self.gasLimit = gasLimit
    self.onAdded = onAdded
  }

  /// What became of a transaction.
  typealias Outcome = Result<Hash256, RPCError>

  private struct WaitingLine {
    var submissions: [Submission] = []
    var isLed = false
  }

  /// The transactions of one request.
  private final class Submission: Sendable {
    let encodings: [[UInt8]]
    let outcomes = Mutex<[Outcome]?>(nil)

    init(_ encodings: [[UInt8]]) { self.encodings = encodings }
  }

  /// Takes in the transactions with these encodings, and with stated senders if such are allowed; what became of
  /// each, in order.
  func add(_ encodings: [[UInt8]], allowsStatedSenders: Bool = false) -> [Outcome] {
    if encodings.isEmpty { return [] }
    if let problem = chain.store.problem {
      // No block will have them.
      return encodings.map { _ in .failure(.failed("\(problem)")) }
    }
    if allowsStatedSenders { return take(encodings, allowsStatedSenders: true) }
    if encodings.count >= Self.wholeBatch { return take(encodings) }
    let submission = Submission(encodings)
    line.withLock { $0.submissions.append(submission) }
    while true {
      // Either somebody else takes this one along, or it is this thread's turn to take all that wait.
      place.wait(until: { [self] in
        line.withLock { !$0.isLed } || submission.outcomes.withLock { $0 != nil }
      })
      if let outcomes = submission.outcomes.withLock({ $0 }) { return outcomes }
      let taken: [Submission]? = line.withLock { line in
        if line.isLed { return nil }
        line.isLed = true
        defer { line.submissions = [] }
        return line.submissions
      }
      guard let taken else { continue }
      answer(taken)
      line.withLock { $0.isLed = false }
      place.wakeAll()
    }
  }

  private func answer(_ submissions: [Submission]) {
    var outcomes = take(submissions.flatMap(\.encodings))[...]
    for submission in submissions {
      let own = Array(outcomes.prefix(submission.encodings.count))
      outcomes = outcomes.dropFirst(submission.encodings.count)
      submission.outcomes.withLock { $0 = own }
    }
  }

  /// Takes in transactions that waited or stood in a block before, and with stated senders if such are allowed;
  /// how many were taken, and of how many the nonce is used: those stand in a block, or another in their place does.
  @discardableResult
  func restore(
    _ encodings: [[UInt8]], allowsStatedSenders: Bool = false
  ) -> (taken: Int, used: Int) {
    var (taken, used) = (0, 0)
    var rest = encodings
    // What found no room behind a gap is tried again when others have closed it.
    for _ in 0..<Self.restoringRounds where !rest.isEmpty {
      let before = taken
      var refused: [[UInt8]] = []
      for start in stride(from: 0, to: rest.count, by: Transaction.senderBatch) {
        let part = Array(rest[start..<min(start + Transaction.senderBatch, rest.count)])
        let outcomes = take(part, allowsStatedSenders: allowsStatedSenders, isNews: false)
        for (encoding, outcome) in zip(part, outcomes) {
          switch outcome {
          case .success: taken += 1
          case .failure(let error):
            if error.isAboutUsedNonce { used += 1 } else { refused.append(encoding) }
          }
        }
      }
      if taken == before { break }
      rest = refused
    }
    return (taken, used)
  }

  private static let restoringRounds = 4

  /// Lets the pool follow the accounts of all senders: for when the head has gone to another branch, or accounts
  /// were set by hand. After a block of the producer the pool has followed those who took part already.
  func followHead() throws(RPCError) { try followAccounts(of: pool.senders) }

  /// Lets the pool follow the accounts of these senders.
  func followAccounts(of senders: [Address]) throws(RPCError) {
    let state = try chain.state(at: .latest)
    var accounts: [(Address, SenderAccount)] = []
    for sender in senders {
      accounts.append((sender, try chain.senderAccount(sender, in: state)))
    }
    pool.follow(accounts)
  }

  /// Forgets transactions, also over a restart; how many of them waited.
  @discardableResult func drop(_ hashes: [Hash256]) throws(RPCError) -> Int {
    let dropped = hashes.compactMap { pool.transaction($0) }.filter { pool.remove($0.hash) }
    if dropped.isEmpty { return 0 }
    do throws(RPCError) {
      try journal?.drop(dropped.map(\.hash))
    } catch {
      // What a restart brings back has not gone.
      _ = try? admit(dropped)
      throw error
    }
    return dropped.count
  }

  /// Lets these transactions wait and no others, as far as the state allows them, also over a restart.
  func replaceAll(by transactions: [PooledTransaction]) throws(RPCError) {
    let before = pool.all
    do throws(RPCError) {
      pool.removeAll()
      let outcomes = try admit(transactions)
      let added = zip(transactions, outcomes).compactMap { transaction, outcome in
        if case .success = outcome { transaction } else { nil }
      }
      // The journal has those that waited anyway.
      let known = Set(before.map(\.hash))
      try journal?.keepWaiting(adding: added.filter { !known.contains($0.hash) })
      for transaction in added { onAdded(transaction) }
    } catch {
      pool.removeAll()
      _ = try? admit(before)
      throw error
    }
  }

  /// Lets a restart forget what waits no more: for when the blocks that have it are to be undone.
  func forgetMined() throws(RPCError) { try journal?.keepWaiting() }

  // MARK: - All together

  private func take(
    _ encodings: [[UInt8]], allowsStatedSenders: Bool = false, isNews: Bool = true
  ) -> [Outcome] {
    var batch = IngestBatch(encodings, allowsStatedSenders: allowsStatedSenders)
    let drops = journal?.drops ?? 0
    do throws(RPCError) {
      batch.prepare(try PoolValidation(chain, gasLimit: gasLimit()), pool)
      batch.note(try admit(batch.prepared.map(\.transaction)))
    } catch {
      return encodings.map { _ in .failure(error) }
    }
    do throws(RPCError) {
      // Only what the journal has is answered: so an answer outlives the process.
      try journal?.append(batch.accepted, displacing: batch.displaced, since: drops)
    } catch {
      // To those who waited before, nothing is answered.
      if isNews {
        takeBack(batch)
        return batch.outcomes.map { $0.flatMap { _ in .failure(error) } }
      }
    }
    for transaction in batch.accepted { onAdded(transaction) }
    return batch.outcomes
  }

  /// Lets the pool have transactions, as far as it takes them.
  private func admit(
    _ transactions: [PooledTransaction]
  ) throws(RPCError) -> [Result<[PooledTransaction], RPCError>] {
    while true {
      let generation = pool.generation
      let state = try chain.state(at: .latest)
      var accounts: [Address: SenderAccount] = [:]
      for sender in transactions.map(\.sender) where accounts[sender] == nil {
        accounts[sender] = try chain.senderAccount(sender, in: state)
      }
      let outcomes = pool.add(
        transactions.map { ($0, accounts[$0.sender] ?? .none) }, readIn: generation)
      if let outcomes { return outcomes }
    }
  }

  /// Lets those wait again that had to go for others, which nobody is promised.
  private func takeBack(_ batch: IngestBatch) {
    for transaction in batch.accepted { pool.remove(transaction.hash) }
    let own = Set(batch.accepted.map(\.hash))
    _ = try? admit(batch.displaced.filter { !own.contains($0.hash) })
  }
}

extension SenderAccount {
  /// An account that is not there.
  static let none = SenderAccount(nonce: 0, balance: .zero)
}

extension ChainReader {
  /// What the pool must know of an account.
  func senderAccount(
    _ address: Address, in state: any StateView
  ) throws(RPCError) -> SenderAccount {
    try readingState { () throws(StateReadError) in
      guard let account = try state.account(address) else { return .none }
      var known = SenderAccount(nonce: account.nonce, balance: account.balance)
      if account.hasCode {
        let code = try state.code(account.codeHash)
        known.isContract = withExtendedLifetime(code) { $0.reference.delegate == nil }
      }
      return known
    }
  }
}
