// News for clients that stay connected.

internal import JSON
internal import Ledger
internal import Primitives
internal import Storage
internal import Synchronization

/// What `eth_subscribe` and `eth_unsubscribe` do.
final class Subscriptions: Sendable {
  /// What is wanted.
  enum Topic: Sendable {
    case heads
    case logs(LogFilter)
    case transactions(isFull: Bool)
    /// There is nothing to tell: the node never follows others.
    case syncing

    var isAboutTransactions: Bool { if case .transactions = self { true } else { false } }
  }

  private final class Subscription: Sendable {
    /// So many messages wait for the client to know the name; more are not told.
    private static let waitingLimit = 4096

    let topic: Topic
    let session: RPCSession
    private let name: String
    /// What waits until the client knows the name; nil when it does.
    private let waiting = Mutex<[String]?>([])

    init(_ name: String, to topic: Topic, of session: RPCSession) {
      self.name = name
      self.topic = topic
      self.session = session
    }

    /// Tells a result; false where the client takes nothing any more.
    @discardableResult func tell(_ result: String) -> Bool {
      let message =
        "{\"jsonrpc\":\"2.0\",\"method\":\"eth_subscription\",\"params\":"
        + "{\"subscription\":\"\(name)\",\"result\":\(result)}}"
      let isKnown = waiting.withLock { waiting in
        guard let count = waiting?.count else { return true }
        if count < Self.waitingLimit { waiting?.append(message) }
        return false
      }
      return isKnown ? session.send(message) : true
    }

    /// Tells the logs that it is about.
    func tell(_ logs: [WrittenLog]) {
      guard case .logs(let filter) = topic else { return }
      for log in logs where filter.matches(log.log) {
        // There may be thousands more.
        if !tell(log.text) { return }
      }
    }

    /// The client knows the name: it is told what waits, before anything else.
    func becomeKnown() {
      waiting.withLock { waiting in
        for message in waiting ?? [] { session.send(message) }
        waiting = nil
      }
    }
  }

  /// A log with its text, which is the same for all who hear of it.
  private struct WrittenLog {
    let log: Log
    let text: String

    init(_ log: PlacedLog, isRemoved: Bool = false) {
      self.log = log.log
      text = JSONWriter.text { $0.object { log.write(to: &$0, isRemoved: isRemoved) } }
    }
  }

  private struct Contents {
    var all: [String: Subscription] = [:]
    /// The names of the subscriptions of each client that had one.
    var names: [ObjectIdentifier: Set<String>] = [:]
  }

  private let events: ChainEvents
  private let chain: ChainReader
  private let limits: EventLimits
  private let contents = Mutex(Contents())

  init(_ events: ChainEvents, _ chain: ChainReader, limits: EventLimits) {
    self.events = events
    self.chain = chain
    self.limits = limits
    events.listen { [weak self] in self?.tell($0) }
  }

  /// How many there are.
  var count: Int { contents.withLock { $0.all.count } }

  var methods: [String: RPCMethod] {
    [
      "eth_subscribe": { [self] (parameters, writer) throws(RPCError) in
        guard let session = parameters.session else { throw .notificationsUnsupported }
        writer.value(try subscribe(session, to: try Self.topic(parameters)))
      },
      "eth_unsubscribe": { [self] (parameters, writer) throws(RPCError) in
        guard let session = parameters.session else { throw .notificationsUnsupported }
        let name = try parameters.required(0) { (value) throws(RPCError) in try value.rpcText() }
        guard end(name, of: session) else { throw .failed("subscription not found") }
        writer.value(true)
      },
    ]
  }

  private static func topic(_ parameters: RPCParameters) throws(RPCError) -> Topic {
    guard let name = parameters.optional(0), name.kind == .string else {
      throw .invalidParameters("expected subscription name as first argument")
    }
    switch try name.rpcText() {
    case "newHeads": return .heads
    case "logs":
      let filter = try parameters.optional(1) { (value) throws(RPCError) in try LogFilter(value) }
      return .logs(filter ?? LogFilter())
    case "newPendingTransactions":
      return .transactions(isFull: try parameters.flag(1, otherwise: false))
    case "syncing": return .syncing
    case let other:
      throw RPCError(code: -32601, message: "no \"\(other)\" subscription in eth namespace")
    }
  }

  private func subscribe(_ session: RPCSession, to topic: Topic) throws(RPCError) -> String {
    let name = RandomID.make()
    let subscription = Subscription(name, to: topic, of: session)
    let client = ObjectIdentifier(session)
    let (isTaken, isFirst) = contents.withLock { contents in
      let isFirst = contents.names[client] == nil
      guard contents.names[client, default: []].count < limits.subscriptionsPerClient else {
        return (false, false)
      }
      contents.names[client, default: []].insert(name)
      contents.all[name] = subscription
      return (true, isFirst)
    }
    guard isTaken else {
      throw RPCError(
        code: -32005, message: "more than \(limits.subscriptionsPerClient) subscriptions")
    }
    if topic.isAboutTransactions { events.countTransactionListeners(1) }
    // The client must know the name before it hears anything under it.
    session.afterAnswer { subscription.becomeKnown() }
    if isFirst { session.onEnd { [weak self] in self?.endAll(of: client) } }
    return name
  }

  /// Ends those of a client that is gone.
  private func endAll(of client: ObjectIdentifier) {
    let ended = contents.withLock { contents in
      (contents.names.removeValue(forKey: client) ?? []).compactMap {
        contents.all.removeValue(forKey: $0)
      }
    }
    let count = ended.count { $0.topic.isAboutTransactions }
    if count > 0 { events.countTransactionListeners(-count) }
  }

  private func end(_ name: String, of session: RPCSession) -> Bool {
    let ended = contents.withLock { contents in
      guard let subscription = contents.all[name], subscription.session === session else {
        return nil as Subscription?
      }
      contents.all[name] = nil
      contents.names[ObjectIdentifier(session)]?.remove(name)
      return subscription
    }
    if ended?.topic.isAboutTransactions == true { events.countTransactionListeners(-1) }
    return ended != nil
  }

  // MARK: - Telling

  private func tell(_ news: [ChainEvents.Event]) {
    let all = contents.withLock { Array($0.all.values) }
    if all.isEmpty { return }
    for event in news {
      switch event {
      case .added(let block): tell(block, to: all)
      case .removed(let entry):
        let logs = entry.logs.map { WrittenLog($0, isRemoved: true) }
        for subscription in all { subscription.tell(logs) }
      case .pooled(let transaction): tell(transaction, to: all)
      }
    }
  }

  private func tell(_ block: ChainReader.Found, to all: [Subscription]) {
    var header: String?
    var logs: [WrittenLog]?
    for subscription in all {
      switch subscription.topic {
      case .heads:
        let text =
          header ?? JSONWriter.text { $0.object { block.header.write(hash: block.hash, to: &$0) } }
        header = text
        subscription.tell(text)
      case .logs(let filter):
        guard filter.blooms.mayMatch(block.header.logsBloom) else { continue }
        // The block may be gone by now, and that is told next.
        let found =
          logs ?? ((try? chain.logs(of: block) { _ in true }) ?? []).map { WrittenLog($0) }
        logs = found
        subscription.tell(found)
      case .transactions, .syncing: continue
      }
    }
  }

  private func tell(_ transaction: PooledTransaction, to all: [Subscription]) {
    var full: String?
    for subscription in all {
      guard case .transactions(let isFull) = subscription.topic else { continue }
      if !isFull {
        subscription.tell("\"\(transaction.hash.hex)\"")
        continue
      }
      let text = full ?? JSONWriter.text { transaction.write(to: &$0) }
      full = text
      subscription.tell(text)
    }
  }
}

extension JSONWriter {
  /// The text of one value.
  fileprivate static func text(_ write: (inout JSONWriter) -> Void) -> String {
    var writer = JSONWriter(.compact)
    write(&writer)
    return writer.text
  }
}
