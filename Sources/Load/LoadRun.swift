// Loading a node.

internal import Fixtures
internal import JSON
internal import Ledger
internal import Primitives
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A run of the load generator: pays the senders, signs everything, sends it at a steady rate, and looks for it in
/// the blocks.
public final class LoadRun: Sendable {
  /// How far a run has come.
  public enum Progress: Sendable {
    /// The senders are being paid.
    case funding
    /// So many transactions are signed.
    case signing(done: Int, of: Int)
    /// The node is loaded.
    case loading(LoadFigures, of: Int)
  }

  private let settings: LoadSettings
  private let state = Mutex(Progress.funding)
  private let record = Mutex<LoadRecord?>(nil)
  private let isStopped = Atomic(false)

  /// Milliseconds between two looks for a block, and between two reads whose time is taken.
  private static let pause: UInt32 = 20

  /// A run with these settings.
  public init(_ settings: LoadSettings) { self.settings = settings }

  /// How far it has come.
  public var progress: Progress {
    if let figures = record.withLock({ $0?.figures }) {
      return .loading(figures, of: settings.count)
    }
    return state.withLock { $0 }
  }

  /// Sends nothing more, and comes to an end.
  public func stop() { isStopped.store(true, ordering: .relaxed) }

  /// Runs to the end.
  public func run() throws(LoadError) -> LoadReport {
    let senders = try prepare()
    let plan = LoadPlan(settings, senders) { [self] done in
      state.withLock { $0 = .signing(done: done, of: settings.count) }
      return !isEnded
    }
    try checkEnd()
    let record = LoadRecord(plan)
    self.record.withLock { $0 = record }
    let node = try LoadNode(settings.url)
    let head = try node.count("eth_blockNumber")
    let isDone = Atomic(false)
    let seconds = Mutex(0.0)
    // One thread a connection, one that reads blocks, and one that reads balances.
    let start = ContinuousClock.now.advanced(by: .milliseconds(100))
    let sending = Atomic(plan.connections)
    WorkerThreads.run(plan.connections + 2) { [self] thread in
      switch thread {
      case 0:
        watch(record, from: head + 1, sending: { sending.load(ordering: .acquiring) > 0 })
        isDone.store(true, ordering: .releasing)
      case 1: readBalances(of: senders, record) { isDone.load(ordering: .acquiring) }
      default:
        send(plan, over: thread - 2, record, from: start)
        if sending.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 {
          seconds.withLock { $0 = start.duration(to: .now) / .seconds(1) }
        }
      }
    }
    return record.report(seconds: seconds.withLock { $0 })
  }

  private func prepare() throws(LoadError) -> LoadSenders {
    let node = try LoadNode(settings.url)
    guard let chainID = try node.quantity("eth_chainId").asUInt64 else {
      throw LoadError(description: "the node's chain id has more than 64 bits")
    }
    let price = try node.quantity("eth_gasPrice")
    // The base fee rises while blocks are more than half full.
    let senders = LoadSenders(
      settings.senders, seed: settings.seed, chainID: chainID,
      maxFee: price &* UInt256(20 as UInt64) &+ UInt256(1_000_000_000 as UInt64))
    var funding = try LoadFunding(settings, node) { [self] () throws(LoadError) in try checkEnd() }
    return try funding.fund(senders, usesToken: settings.workload == .erc20)
  }

  private var isEnded: Bool { isStopped.load(ordering: .relaxed) }

  private func checkEnd() throws(LoadError) {
    if isEnded { throw LoadError(description: "interrupted before anything was sent") }
  }

  // MARK: - Threads

  /// Sends the requests of one connection, each when it is due.
  private func send(
    _ plan: LoadPlan, over connection: Int, _ record: LoadRecord,
    from start: ContinuousClock.Instant
  ) {
    do throws(LoadError) {
      let node = try LoadNode(settings.url)
      for index in stride(from: connection, to: plan.batches.count, by: plan.connections) {
        let due = Double(index * settings.batchSize) / Double(settings.rate)
        let left = ContinuousClock.now.duration(to: start.advanced(by: .seconds(due)))
        if left > .zero { usleep(UInt32(clamping: Int64(left / .microseconds(1)))) }
        if isEnded { return }
        let batch = plan.batches[index].encodings
        record.noteSending(index)
        record.note(try node.send((0..<batch.count).map { batch[$0] }), of: index)
      }
    } catch {
      record.note(error)
    }
  }

  /// Reads each new block until all that was accepted is in one, or nothing comes any more.
  private func watch(_ record: LoadRecord, from first: UInt64, sending: () -> Bool) {
    do throws(LoadError) {
      let node = try LoadNode(settings.url)
      var next = first
      while true {
        let wasSending = sending()
        if let block = try node.ask(
          "eth_getBlockByNumber", "[\"0x\(String(next, radix: 16))\",false]"),
          block.kind == .object
        {
          record.noteBlock(Self.hashes(in: block))
          next += 1
          continue
        }
        let figures = record.figures
        if !wasSending {
          if figures.included >= figures.accepted || isEnded { return }
          let waited = record.lastNews.duration(to: .now)
          if waited > .seconds(settings.patience) { return }
        }
        usleep(Self.pause * 1000)
      }
    } catch {
      record.note(error)
    }
  }

  private static func hashes(in block: JSONValue) -> [Hash256] {
    guard let list = try? block.field("transactions").elements() else { return [] }
    return list.compactMap { $0.text?.hash }
  }

  /// Asks for a balance again and again, and takes the time.
  private func readBalances(of senders: LoadSenders, _ record: LoadRecord, until isDone: () -> Bool)
  {
    do throws(LoadError) {
      let node = try LoadNode(settings.url)
      var number = 0
      while !isDone() {
        let address = senders.addresses[number % senders.addresses.count]
        number += 1
        let begin = ContinuousClock.now
        _ = try node.ask("eth_getBalance", "[\"\(address.hex)\",\"latest\"]")
        record.noteRead(begin.duration(to: .now))
        usleep(Self.pause * 1000)
      }
    } catch {
      record.note(error)
    }
  }
}
