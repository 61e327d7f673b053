// A run over the blocks that a user asks for.

internal import Execution
public import Fixtures
internal import Foundation
internal import JSON
public import Ledger

/// What to fetch, from where, and how patiently.
public struct FetchSettings: Sendable {
  /// The node.
  public var node: NodeAddress
  /// The blocks.
  public var blocks: BlockNumbers
  /// The folder that gets a folder for each block.
  public var folder: String
  /// Which rules hold for the blocks.
  public var rules = RulesChoice.found
  /// Whether the node's tracer is used; without it every account and slot is a question of its own.
  public var usesTracer = true
  /// Seconds to wait for a whole answer.
  public var timeout = 300
  /// The most bytes of an answer.
  public var responseLimit = 256 << 20
  /// How often a request is tried.
  public var retry = RetryPolicy()

  /// Settings with nothing out of the ordinary.
  public init(node: NodeAddress, blocks: BlockNumbers, folder: String) {
    self.node = node
    self.blocks = blocks
    self.folder = folder
  }
}

/// Which rules hold for the blocks of a node.
public enum RulesChoice: Sendable, Hashable {
  /// Those of the public network that the node is on; else such as are found out.
  case found
  /// Those of this fork.
  case fork(Fork)
  /// Those of this chain, as its genesis file says.
  case chain(ChainRules)
}

/// A block that stands in its folder.
public struct FetchedBlock: Sendable {
  /// What came of replaying it from there.
  public let replay: BlockReplay
  /// Its folder.
  public let path: String
  /// Whether it stood there before.
  public let wasThere: Bool
  /// How many requests it took.
  public let requestCount: Int
  /// Whether the tracer's values did not replay equal, so that each was asked for.
  public let didDistrustTracer: Bool
}

/// What happens while blocks are fetched.
public enum FetchNotice: Sendable {
  /// A block is there.
  case block(FetchedBlock)
  /// A block is not there, or none at all.
  case failure(FetchError)
  /// Nothing is asked for so many seconds; whether the node wants it so.
  case wait(seconds: Double, isWish: Bool)
}

/// What a run of fetching came to.
public struct FetchReport: Sendable {
  /// The blocks that are there now, in the order asked for.
  public internal(set) var blocks: [FetchedBlock] = []
  /// Why others are not.
  public internal(set) var errors: [FetchError] = []
  /// How many blocks were not tried after an error that concerns them all.
  public internal(set) var untriedCount = 0
  /// The id of the chain, when the node has said it.
  public internal(set) var chainID: UInt64?
  /// How many requests were sent, repetitions included.
  public internal(set) var requestCount = 0
  /// Whether the run was stopped from outside.
  public internal(set) var wasStopped = false

  /// How many blocks replay as their headers say.
  public var equalCount: Int { blocks.count { $0.replay.differences.isEmpty } }
  /// How many do not.
  public var differingCount: Int { blocks.count - equalCount }

  /// 0 when all blocks are there and replay equal, 1 when one does not, 2 when one could not be
  /// fetched, or was not.
  public var exitStatus: Int32 {
    if !errors.isEmpty || blocks.isEmpty || wasStopped { return 2 }
    return differingCount > 0 ? 1 : 0
  }
}

/// Fetches blocks, one after another. A block whose folder is there is not fetched again.
public final class FetchRun: @unchecked Sendable {
  private let settings: FetchSettings
  private let notify: @Sendable (FetchNotice) -> Void
  private let lock = NSLock()
  /// Held while files are written.
  private let writing = NSLock()
  private var report = FetchReport()
  private var activity = ""

  /// A run with these settings, which says what happens to `notify`, on a thread of its own.
  public init(
    _ settings: FetchSettings, notify: @escaping @Sendable (FetchNotice) -> Void = { _ in }
  ) {
    self.settings = settings
    self.notify = notify
  }

  /// Blocks done, and what is being asked; may be asked from another thread.
  public var progress: (done: Int, of: Int, text: String) {
    lock.withLock {
      (report.blocks.count + report.errors.count, settings.blocks.numbers.count, activity)
    }
  }

  /// Fetches everything.
  public func run() -> FetchReport {
    // Execution needs a deep stack.
    WorkerThreads.run(1) { [self] _ in
      do throws(FetchError) {
        try fetchAll()
      } catch {
        note(error)
        lock.withLock { report.untriedCount = settings.blocks.numbers.count }
      }
    }
    return report
  }

  /// What the run has come to so far, for a process that ends at once: from now on no file is
  /// written, so that none is left in part.
  public func stop() -> FetchReport {
    writing.lock()
    return lock.withLock {
      var report = report
      let doneCount = report.blocks.count + report.errors.count
      report.untriedCount = max(0, settings.blocks.numbers.count - doneCount)
      report.wasStopped = true
      return report
    }
  }

  private func fetchAll() throws(FetchError) {
    try BlockFolder.checkParent(settings.folder)
    let client = try connect()
    defer { lock.withLock { report.requestCount = client.requestCount } }
    let chainID = try client.result("eth_chainId") { _ in
    } read: { value throws(JSONError) in
      let id = try value.uint64()
      // As what a node says that does not know it, "0x".
      if id == 0 { throw value.unexpected("the id of a chain") }
      return id
    }
    lock.withLock { report.chainID = chainID }
    if case .chain(let rules) = settings.rules, rules.chainID != chainID {
      throw .otherChain(expected: rules.chainID, found: chainID)
    }
    let executor = SequentialExecutor()
    let fetcher = BlockFetcher(
      client: client, chainID: chainID, choice: settings.rules, usesTracer: settings.usesTracer,
      executor: executor)
    for (index, number) in settings.blocks.numbers.enumerated() {
      do throws(FetchError) {
        let block = try fetch(number, fetcher)
        lock.withLock { report.blocks.append(block) }
        notify(.block(block))
      } catch {
        note(error)
        guard error.endsRun else { continue }
        let untried = settings.blocks.numbers.count - index - 1
        lock.withLock { report.untriedCount = untried }
        return
      }
    }
  }

  private func connect() throws(FetchError) -> NodeClient {
    do throws(RPCError) {
      return try NodeClient(
        settings.node, timeout: settings.timeout, limit: settings.responseLimit,
        retry: settings.retry
      ) { [self] in follow($0) }
    } catch {
      throw .call(error)
    }
  }

  private func fetch(
    _ number: UInt64, _ fetcher: BlockFetcher
  ) throws(FetchError) -> FetchedBlock {
    let folder = BlockFolder(number: number, parent: settings.folder)
    let wasThere = folder.exists
    let requestsBefore = fetcher.client.requestCount
    var didDistrustTracer = false
    if !wasThere {
      let texts = try fetcher.fetch(number)
      didDistrustTracer = texts.didDistrustTracer
      writing.lock()
      defer { writing.unlock() }
      try folder.write(texts)
    }
    return FetchedBlock(
      replay: try folder.replay(chainID: fetcher.chainID, executor: fetcher.executor),
      path: folder.path, wasThere: wasThere,
      requestCount: fetcher.client.requestCount - requestsBefore,
      didDistrustTracer: didDistrustTracer)
  }

  private func follow(_ step: NodeClient.Step) {
    switch step {
    case .call(let method): lock.withLock { activity = method }
    case .wait(let seconds, let isWish):
      let notice = FetchNotice.wait(seconds: seconds, isWish: isWish)
      lock.withLock { activity = FetchText.line(notice) }
      notify(notice)
    }
  }

  private func note(_ error: FetchError) {
    lock.withLock { report.errors.append(error) }
    notify(.failure(error))
  }
}
