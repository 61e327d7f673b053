// The transactions that wait for a block.

internal import Ledger
internal import Primitives
internal import State
internal import Synchronization

/// Transactions by sender and nonce. Any thread may call it.
final class TransactionPool: Sendable {
  /// How many transactions may wait.
  struct Limits: Sendable {
    /// In all.
    var count = 65_536
    /// Of one sender.
    var perSender = 16_384
  }

  fileprivate struct Contents {
    var bySender: [Address: [UInt64: PooledTransaction]] = [:]
    var byHash: [Hash256: (sender: Address, nonce: UInt64)] = [:]
    var arrivals: UInt64 = 0
  }

  private let contents = Mutex(Contents())
  private let limits: Limits

  init(limits: Limits = Limits()) { self.limits = limits }

  /// How many wait.
  var count: Int { contents.withLock { $0.byHash.count } }

  /// The transaction with this hash.
  func transaction(_ hash: Hash256) -> PooledTransaction? {
    contents.withLock { contents in
      contents.byHash[hash].flatMap { contents.bySender[$0.sender]?[$0.nonce] }
    }
  }

  /// Adds a transaction that may stand in a block once its turn comes. Throws in geth's words.
  func add(_ transaction: PooledTransaction) throws(RPCError) {
    try contents.withLock { (contents) throws(RPCError) in
      if contents.byHash[transaction.hash] != nil { throw .failed("already known") }
      let (sender, nonce) = (transaction.sender, transaction.transaction.nonce)
      let waiting = contents.bySender[sender] ?? [:]
      if let old = waiting[nonce] {
        guard transaction.outbids(old) else {
          throw .failed("replacement transaction underpriced")
        }
        contents.byHash[old.hash] = nil
      } else {
        if waiting.count >= limits.perSender { throw .failed("account limit exceeded") }
        if contents.byHash.count >= limits.count { throw .failed("txpool is full") }
      }
      contents.arrivals += 1
      var added = transaction
      added.arrival = contents.arrivals
      contents.bySender[sender, default: [:]][nonce] = added
      contents.byHash[transaction.hash] = (sender, nonce)
    }
  }

  /// Removes a transaction, unless it is not there.
  func remove(_ hash: Hash256) {
    contents.withLock { $0.remove(hash) }
  }

  /// The first nonce from `nonce` on for which none of `sender` waits.
  func nextNonce(of sender: Address, from nonce: UInt64) -> UInt64 {
    contents.withLock { contents in
      guard let waiting = contents.bySender[sender] else { return nonce }
      var next = nonce
      while waiting[next] != nil { next += 1 }
      return next
    }
  }

  /// All transactions by sender and nonce.
  var all: [Address: [UInt64: PooledTransaction]] { contents.withLock { $0.bySender } }

  /// The transactions that may stand in a block, the best paid first, each sender's by rising nonce.
  /// Forgets those whose nonce is used by now.
  func candidates(
    baseFee: UInt256, gasLimit: UInt64, nonce: (Address) throws(RPCError) -> UInt64
  ) throws(RPCError) -> [PooledTransaction] {
    var lines: [[PooledTransaction]] = []
    for (sender, waiting) in all {
      var next = try nonce(sender)
      for (used, transaction) in waiting where used < next { remove(transaction.hash) }
      var line: [PooledTransaction] = []
      while let transaction = waiting[next], transaction.tip(at: baseFee) != nil {
        line.append(transaction)
        next += 1
      }
      if !line.isEmpty { lines.append(line) }
    }
    return Self.merged(lines, baseFee: baseFee, gasLimit: gasLimit)
  }

  /// Takes the best paid of the first in each line again and again, as long as there is gas.
  private static func merged(
    _ lines: [[PooledTransaction]], baseFee: UInt256, gasLimit: UInt64
  ) -> [PooledTransaction] {
    let places = lines.indices.map { ($0, 0) }
    func isBetter(_ a: (Int, Int), _ b: (Int, Int)) -> Bool {
      let (left, right) = (lines[a.0][a.1], lines[b.0][b.1])
      let (tip, other) = (left.tip(at: baseFee) ?? .zero, right.tip(at: baseFee) ?? .zero)
      return tip == other ? left.arrival < right.arrival : tip > other
    }
    var heap = Heap(places, isBetter)
    var chosen: [PooledTransaction] = []
    var gas: UInt64 = 0
    while let (line, place) = heap.popFirst() {
      let transaction = lines[line][place]
      let (sum, overflow) = gas.addingReportingOverflow(transaction.transaction.gasLimit)
      // What follows in this line cannot stand before it.
      if overflow || sum > gasLimit { continue }
      gas = sum
      chosen.append(transaction)
      if place + 1 < lines[line].count { heap.insert((line, place + 1)) }
    }
    return chosen
  }
}

extension TransactionPool.Contents {
  fileprivate mutating func remove(_ hash: Hash256) {
    guard let (sender, nonce) = byHash.removeValue(forKey: hash) else { return }
    bySender[sender]?[nonce] = nil
    if bySender[sender]?.isEmpty == true { bySender[sender] = nil }
  }
}

/// A heap whose first element is the best.
private struct Heap<Element> {
  private var elements: [Element]
  private let isBetter: (Element, Element) -> Bool

  init(_ elements: [Element], _ isBetter: @escaping (Element, Element) -> Bool) {
    self.elements = elements
    self.isBetter = isBetter
    for index in elements.indices.reversed() { sink(index) }
  }

  mutating func insert(_ element: Element) {
    elements.append(element)
    var index = elements.count - 1
    while index > 0, isBetter(elements[index], elements[(index - 1) / 2]) {
      elements.swapAt(index, (index - 1) / 2)
      index = (index - 1) / 2
    }
  }

  mutating func popFirst() -> Element? {
    guard let first = elements.first, let last = elements.popLast() else { return nil }
    if !elements.isEmpty {
      elements[0] = last
      sink(0)
    }
    return first
  }

  private mutating func sink(_ start: Int) {
    var index = start
    while true {
      var best = index
      for child in [2 * index + 1, 2 * index + 2]
      where child < elements.count && isBetter(elements[child], elements[best]) {
        best = child
      }
      if best == index { return }
      elements.swapAt(index, best)
      index = best
    }
  }
}
