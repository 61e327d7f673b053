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

  private struct Subscription {
    let topic: Topic
    let session: RPCSession
    /// Whether its client knows its name.
    var isKnown = false

    func tell(_ name: String, _ result: String) {
      session.send(
        "{\"jsonrpc\":\"2.0\",\"method\":\"eth_subscription\",\"params\":"
          + "{\"subscription\":\"\(name)\",\"result\":\(result)}}")
    }

    func tell(_ name: String, _ write: (inout JSONWriter) -> Void) {
      tell(name, JSONWriter.text(write))
    }
  }

  private let events: ChainEvents
  private let chain: ChainReader
  private let limits: EventLimits
  private let all = Mutex<[String: Subscription]>([:])

  init(_ events: ChainEvents, _ chain: ChainReader, limits: EventLimits) {
    self.events = events
    self.chain = chain
    self.limits = limits
    events.listen { [weak self] in self?.tell($0) }
  }

  /// How many there are.
  var count: Int { all.withLock { $0.count } }

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
    let isTaken = all.withLock { all in
      guard all.values.count(where: { $0.session === session }) < limits.subscriptionsPerClient
      else { return false }
      all[name] = Subscription(topic: topic, session: session)
      return true
    }
    guard isTaken else {
      throw RPCError(
        code: -32005, message: "more than \(limits.subscriptionsPerClient) subscriptions")
    }
    if topic.isAboutTransactions { events.countTransactionListeners(1) }
    // The client must know the name before it hears anything under it.
    session.afterAnswer { [weak self] in self?.all.withLock { $0[name]?.isKnown = true } }
    session.onEnd { [weak self, weak session] in
      if let session { _ = self?.end(name, of: session) }
    }
    return name
  }

  private func end(_ name: String, of session: RPCSession) -> Bool {
    let ended = all.withLock { all in
      guard let subscription = all[name], subscription.session === session else {
        return nil as Subscription?
      }
      all[name] = nil
      return subscription
    }
    if ended?.topic.isAboutTransactions == true { events.countTransactionListeners(-1) }
    return ended != nil
  }

  // MARK: - Telling

  private func tell(_ news: [ChainEvents.Event]) {
    let known = all.withLock { $0.filter { $0.value.isKnown } }
    if known.isEmpty { return }
    for event in news {
      switch event {
      case .added(let block): tell(block, to: known)
      case .removed(let entry):
        for (name, subscription) in known {
          guard case .logs(let filter) = subscription.topic else { continue }
          for log in entry.logs where filter.matches(log.log) {
            subscription.tell(name) { $0.object { log.write(to: &$0, isRemoved: true) } }
          }
        }
      case .pooled(let transaction): tell(transaction, to: known)
      }
    }
  }

  private func tell(_ block: ChainReader.Found, to known: [String: Subscription]) {
    var header: String?
    var logs: [PlacedLog]?
    for (name, subscription) in known {
      switch subscription.topic {
      case .heads:
        let text =
          header ?? JSONWriter.text { $0.object { block.header.write(hash: block.hash, to: &$0) } }
        header = text
        subscription.tell(name, text)
      case .logs(let filter):
        guard filter.mayMatch(block.header.logsBloom) else { continue }
        // The block may be gone by now, and that is told next.
        let found = logs ?? (try? chain.logs(of: block) { _ in true }) ?? []
        logs = found
        for log in found where filter.matches(log.log) {
          subscription.tell(name) { $0.object { log.write(to: &$0) } }
        }
      case .transactions, .syncing: continue
      }
    }
  }

  private func tell(_ transaction: PooledTransaction, to known: [String: Subscription]) {
    var full: String?
    for (name, subscription) in known {
      guard case .transactions(let isFull) = subscription.topic else { continue }
      if !isFull {
        subscription.tell(name, "\"\(transaction.hash.hex)\"")
        continue
      }
      let text = full ?? JSONWriter.text { transaction.write(to: &$0) }
      full = text
      subscription.tell(name, text)
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
