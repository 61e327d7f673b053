// News for clients that ask for it from time to time.

internal import JSON
internal import Ledger
internal import Primitives
internal import Storage
internal import Synchronization

/// What `eth_newFilter` and its like do. A filter of blocks or logs is a place in the journal of blocks; one
/// of transactions keeps what came.
final class Filters: Sendable {
  /// What is wanted.
  private enum Topic {
    case blocks
    case logs(LogFilter, LogRange)
    case transactions(isFull: Bool)
  }

  private struct Filter {
    let topic: Topic
    /// Where in the journal it goes on.
    var place: UInt64
    var transactions: [PooledTransaction] = []
    var isOverfull = false
    var lastUse = ContinuousClock.now

    var isAboutTransactions: Bool { if case .transactions = topic { true } else { false } }
  }

  private let events: ChainEvents
  private let chain: ChainReader
  private let limits: EventLimits
  private let all = Mutex<[String: Filter]>([:])

  init(_ events: ChainEvents, _ chain: ChainReader, limits: EventLimits) {
    self.events = events
    self.chain = chain
    self.limits = limits
    events.listen { [weak self] in self?.take($0) }
  }

  /// How many there are.
  var count: Int { all.withLock { $0.count } }

  var methods: [String: RPCMethod] {
    [
      "eth_newBlockFilter": { [self] (parameters, writer) throws(RPCError) in
        try parameters.expect(atMost: 0)
        writer.value(try add(.blocks))
      },
      "eth_newFilter": { [self] (parameters, writer) throws(RPCError) in
        let topic = try parameters.required(0) { (value) throws(RPCError) in
          Topic.logs(try LogFilter(value), try LogRange(value))
        }
        writer.value(try add(topic))
      },
      "eth_newPendingTransactionFilter": { [self] (parameters, writer) throws(RPCError) in
        writer.value(try add(.transactions(isFull: try parameters.flag(0, otherwise: false))))
      },
      "eth_uninstallFilter": { [self] (parameters, writer) throws(RPCError) in
        writer.value(remove(try Self.name(parameters)))
      },
      "eth_getFilterChanges": { [self] (parameters, writer) throws(RPCError) in
        try writeChanges(try Self.name(parameters), to: &writer)
      },
      "eth_getFilterLogs": { [self] (parameters, writer) throws(RPCError) in
        let name = try Self.name(parameters)
        let topic = all.withLock { all in
          all[name]?.lastUse = .now
          return all[name]?.topic
        }
        guard case .logs(let filter, let range)? = topic else { throw .failed("filter not found") }
        try writer.array { (list) throws(RPCError) in
          for number in try range.numbers(in: chain) {
            for log in try chain.logs(of: number, filter) { list.object { log.write(to: &$0) } }
          }
        }
      },
    ]
  }

  private static func name(_ parameters: RPCParameters) throws(RPCError) -> String {
    try parameters.required(0) { (value) throws(RPCError) in try value.rpcText() }
  }

  // MARK: - Filters

  private func add(_ topic: Topic) throws(RPCError) -> String {
    removeOld()
    let filter = Filter(topic: topic, place: events.journal.end)
    let name = RandomID.make()
    let isTaken = all.withLock { all in
      if all.count >= limits.filters { return false }
      all[name] = filter
      return true
    }
    guard isTaken else {
      throw RPCError(code: -32005, message: "more than \(limits.filters) filters")
    }
    if filter.isAboutTransactions { events.countTransactionListeners(1) }
    return name
  }

  private func remove(_ name: String) -> Bool {
    guard let filter = all.withLock({ $0.removeValue(forKey: name) }) else { return false }
    if filter.isAboutTransactions { events.countTransactionListeners(-1) }
    return true
  }

  /// Removes those that nobody has asked about for long.
  func removeOld(now: ContinuousClock.Instant = .now) {
    let old = all.withLock { all in
      all.filter { $0.value.isOverfull || now - $0.value.lastUse > .seconds(limits.filterSeconds) }
    }
    for name in old.keys { _ = remove(name) }
  }

  // MARK: - News

  private func take(_ news: [ChainEvents.Event]) {
    all.withLock { all in
      if !all.values.contains(where: \.isAboutTransactions) { return }
      for case .pooled(let transaction) in news {
        for (name, filter) in all where filter.isAboutTransactions && !filter.isOverfull {
          if filter.transactions.count < limits.newsPerFilter {
            all[name]?.transactions.append(transaction)
          } else {
            all[name]?.isOverfull = true
            all[name]?.transactions = []
          }
        }
      }
    }
    removeOld()
  }

  private func writeChanges(_ name: String, to writer: inout JSONWriter) throws(RPCError) {
    removeOld()
    // The end is read while nobody else takes the filter's news: a place only goes on.
    let (filter, end) = all.withLock { all in
      let (filter, end) = (all[name], events.journal.end)
      all[name]?.lastUse = .now
      all[name]?.place = end
      all[name]?.transactions = []
      return (filter, end)
    }
    guard let filter else { throw .failed("filter not found") }
    let entries = events.journal.entries(from: filter.place)?.prefix(
      Int(clamping: end - min(end, filter.place)))
    guard let entries else {
      _ = remove(name)
      throw .failed("filter not found")
    }
    switch filter.topic {
    case .blocks:
      writer.array { list in
        for entry in entries where !entry.isRemoval { list.value(entry.block.hash) }
      }
    case .logs(let wanted, let range):
      try writeLogs(of: entries, wanted, range, to: &writer)
    case .transactions(let isFull):
      writer.array { list in
        for transaction in filter.transactions {
          if isFull { transaction.write(to: &list) } else { list.value(transaction.hash) }
        }
      }
    }
  }

  private func writeLogs(
    of entries: some Sequence<BlockJournal.Entry>, _ filter: LogFilter, _ range: LogRange,
    to writer: inout JSONWriter
  ) throws(RPCError) {
    try writer.array { (list) throws(RPCError) in
      for entry in entries where range.mayContain(entry.block.number) {
        if entry.isRemoval {
          for log in entry.logs where filter.matches(log.log) {
            list.object { log.write(to: &$0, isRemoved: true) }
          }
        } else if let block = try chain.block(.hash(entry.block.hash)),
          filter.mayMatch(block.header.logsBloom)
        {
          // One that has left the chain meanwhile is told of as removed next time.
          for log in (try? chain.logs(of: block, filter.matches)) ?? [] {
            list.object { log.write(to: &$0) }
          }
        }
      }
    }
  }
}
