// News for clients that ask for it from time to time.

internal import JSON
internal import Ledger
internal import Primitives
internal import Storage
internal import Synchronization

/// What `eth_newFilter` and its like do. A filter is a place: one of blocks or logs in the journal of blocks, one
/// of transactions among those that came of late.
final class Filters: Sendable {
  /// What is wanted.
  private enum Topic {
    case blocks
    case logs(LogFilter, LogRange)
    case transactions(isFull: Bool)
  }

  private struct Filter {
    let topic: Topic
    /// Where it goes on.
    var place: UInt64
    var lastUse = ContinuousClock.now

    var isAboutTransactions: Bool { if case .transactions = topic { true } else { false } }
    var wantsWholeTransactions: Bool {
      if case .transactions(isFull: true) = topic { true } else { false }
    }
  }

  private struct Contents {
    var filters: [String: Filter] = [:]
    var transactions: TransactionNews
  }

  private let events: ChainEvents
  private let chain: ChainReader
  private let limits: EventLimits
  private let logs: EthLogs
  private let contents: Mutex<Contents>

  init(
    _ events: ChainEvents, _ chain: ChainReader, limits: EventLimits,
    logLimits: EthLogs.Limits = EthLogs.Limits()
  ) {
    self.events = events
    self.chain = chain
    self.limits = limits
    logs = EthLogs(chain: chain, limits: logLimits)
    contents = Mutex(
      Contents(
        transactions: TransactionNews(limit: limits.newsPerFilter, byteLimit: limits.newsBytes)))
    events.listen { [weak self] in self?.take($0) }
  }

  /// How many there are.
  var count: Int { contents.withLock { $0.filters.count } }

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
        let topic = contents.withLock { contents in
          contents.filters[name]?.lastUse = .now
          return contents.filters[name]?.topic
        }
        guard case .logs(let filter, let range)? = topic else { throw .failed("filter not found") }
        try writer.array { (list) throws(RPCError) in
          try logs.forEachLog(in: range, filter) { log in list.object { log.write(to: &$0) } }
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
    var filter = Filter(topic: topic, place: 0)
    let isAboutTransactions = filter.isAboutTransactions
    let name = RandomID.make()
    let isTaken = contents.withLock { contents in
      if contents.filters.count >= limits.filters { return false }
      filter.place = isAboutTransactions ? contents.transactions.end : events.journal.end
      contents.filters[name] = filter
      return true
    }
    guard isTaken else {
      throw RPCError(code: -32005, message: "more than \(limits.filters) filters")
    }
    if isAboutTransactions { events.countTransactionListeners(1) }
    return name
  }

  private func remove(_ name: String) -> Bool {
    guard let filter = contents.withLock({ $0.filters.removeValue(forKey: name) }) else {
      return false
    }
    if filter.isAboutTransactions { events.countTransactionListeners(-1) }
    return true
  }

  /// Removes those that nobody has asked about for long, or too seldom for all that came, and what nobody asks for
  /// any more.
  func removeOld(now: ContinuousClock.Instant = .now) {
    let old = contents.withLock { contents in
      let news = contents.transactions
      return contents.filters.filter { _, filter in
        filter.isAboutTransactions && news.isForgotten(filter.place)
          || now - filter.lastUse > .seconds(limits.filterSeconds)
      }
    }
    for name in old.keys { _ = remove(name) }
    contents.withLock { contents in
      let places = contents.filters.values.lazy.filter(\.isAboutTransactions).map(\.place)
      contents.transactions.forget(before: places.min() ?? contents.transactions.end)
    }
  }

  // MARK: - News

  private func take(_ news: [ChainEvents.Event]) {
    contents.withLock { contents in
      if !contents.filters.values.contains(where: \.isAboutTransactions) { return }
      let isWhole = contents.filters.values.contains(where: \.wantsWholeTransactions)
      for case .pooled(let transaction) in news {
        contents.transactions.add(transaction, isWhole: isWhole)
      }
    }
    removeOld()
  }

  private func writeChanges(_ name: String, to writer: inout JSONWriter) throws(RPCError) {
    removeOld()
    // What came is read while nobody else takes the filter's news: a place only goes on.
    let (filter, transactions, end): (Filter?, [TransactionNews.Entry]?, UInt64)
    (filter, transactions, end) = contents.withLock { contents in
      let filter = contents.filters[name]
      let isAboutTransactions = filter?.isAboutTransactions == true
      let end = isAboutTransactions ? contents.transactions.end : events.journal.end
      contents.filters[name]?.lastUse = .now
      contents.filters[name]?.place = end
      guard isAboutTransactions, let place = filter?.place else { return (filter, nil, end) }
      return (filter, contents.transactions.entries(from: place).map { Array($0) }, end)
    }
    guard let filter else { throw .failed("filter not found") }
    if case .transactions(let isFull) = filter.topic, let transactions {
      return writer.array { list in
        for entry in transactions {
          if isFull { entry.transaction?.write(to: &list) } else { list.value(entry.hash) }
        }
      }
    }
    let entries = events.journal.entries(from: filter.place)?.prefix(
      Int(clamping: end - min(end, filter.place)))
    guard let entries, !filter.isAboutTransactions else {
      _ = remove(name)
      throw .failed("filter not found")
    }
    guard case .logs(let wanted, let range) = filter.topic else {
      return writer.array { list in
        for entry in entries where !entry.isRemoval { list.value(entry.block.hash) }
      }
    }
    var reached = filter.place
    defer {
      // The rest is for the next request, unless another has told it meanwhile.
      contents.withLock { contents in
        if contents.filters[name]?.place == end { contents.filters[name]?.place = reached }
      }
    }
    try writer.array { (list) throws(RPCError) in
      let count = try logs.forEachLog(in: entries, wanted, range) { log, isRemoved in
        list.object { log.write(to: &$0, isRemoved: isRemoved) }
      }
      reached += UInt64(count)
    }
  }
}
