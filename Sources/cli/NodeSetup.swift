// What the options say about a node, and its start.

internal import Fixtures
internal import Foundation
internal import Needletail
internal import Node
internal import Storage

/// What the options say about a node.
struct NodeSetup {
  var options = DevelopmentNode.Options()
  private let arguments: Arguments
  /// Where folders in memory are made.
  var memoryPlace = MemoryFolder.place
  /// Where the chain lies that is not kept in memory.
  private let dataFolder: String
  private let isInMemory: Bool
  private let mnemonic: String
  private let accounts: [DevelopmentAccount]
  private let cacheSize: Int
  let voice: NodeVoice
  private let history: Store.History?

  init(_ arguments: Arguments) throws(UsageError) {
    self.arguments = arguments
    if arguments.has("--in-memory") && arguments.has("--data") {
      throw UsageError(message: "--data and --in-memory exclude each other")
    }
    for (first, second) in [
      ("--state", "--load-state"), ("--state", "--dump-state"), ("--genesis", "--load-state"),
      ("--genesis", "--state"), ("--genesis", "--hardfork"), ("--genesis", "--chain-id"),
      ("--genesis", "--base-fee"), ("--genesis", "--timestamp"), ("--block-time", "--no-mining"),
    ] where arguments.has(first) && arguments.has(second) {
      throw UsageError(message: "\(first) and \(second) exclude each other")
    }
    isInMemory = arguments.has("--in-memory")
    dataFolder = arguments.string("--data") ?? "needletail-data"
    options.service = try ServiceOptions(arguments)
    voice = try arguments.voice()
    options.threads = try arguments.threads() ?? WorkerThreads.coreCount
    options.gasLimit = try arguments.integer("--gas-limit", in: 21_000...1 << 50).map(UInt64.init)
    options.blockTime = try arguments.number("--block-time", in: 0.001...86_400)
    options.minesOnRequest = arguments.has("--no-mining")
    options.pool = try arguments.poolLimits()
    options.journal = arguments.poolJournal(in: isInMemory ? nil : dataFolder)
    cacheSize = try arguments.size("--cache-size", in: 16 << 20...1 << 40) ?? 256 << 20
    history = try arguments.history("--history")
    mnemonic = try arguments.mnemonic() ?? DevelopmentAccounts.standardMnemonic
    accounts = DevelopmentAccounts.derive(
      try arguments.integer("--accounts", in: 0...10_000) ?? 10, from: mnemonic)
    _ = try development(state: nil)
    _ = try arguments.fork("--hardfork")
  }

  /// A node that runs.
  struct Running {
    let node: DevelopmentNode
    /// Where the chain lies that is kept in memory.
    let memory: MemoryFolder?
    /// Where the state is written at the end.
    let dump: String?

    func stop() throws {
      defer { memory?.remove() }
      guard let dump else { return try node.stop() }
      try node.stop { state in
        do {
          try Data(state.json().utf8).write(to: URL(fileURLWithPath: dump), options: .atomic)
        } catch {
          throw NodeError(description: "\(dump): \(error.localizedDescription)")
        }
      }
    }
  }

  func start() throws -> Running {
    try MemoryFolder.keep(isInMemory, in: memoryPlace) { memory in try start(in: memory) }
  }

  private func start(in memory: MemoryFolder?) throws -> Running {
    let folder = memory.map { "\($0.path)/store" } ?? dataFolder
    let dump = arguments.string("--state") ?? arguments.string("--dump-state")
    if let dump { try Self.checkRoom(for: dump) }
    var options = options
    let log = voice.log
    options.service.server.limits.fit(log)
    let chain = try openChain(folder)
    let store = chain.store
    let node: DevelopmentNode
    do {
      node = try DevelopmentNode(
        store: store, rules: chain.rules, accounts: accounts,
        clientVersion: "needletail/\(Tool.version)", options: options,
        onBlock: { Self.tell($0, log) },
        onConsole: { log.info("Contract", ["says": .init($0.printable(upTo: 4096))]) },
        onFailure: { log.error("No block could be made", ["reason": .init($0)]) })
    } catch {
      try? store.close()
      throw error
    }
    let banner = NodeBanner(
      accounts: accounts, mnemonic: mnemonic, rules: chain.rules, genesis: store.genesis,
      head: store.head.number, gasLimit: options.gasLimit, folder: isInMemory ? nil : dataFolder,
      host: options.service.server.host,
      port: node.port)
    voice.say(banner.text) { log in
      log.info(
        "Listening", ["address": .init(options.service.server.host), "port": .init(node.port)])
    }
    log.tell(node.restored)
    if node.skippedEdits > 0 {
      log.warn(
        "Damaged pieces of the journal of edits passed over", ["count": .init(node.skippedEdits)])
    }
    return Running(node: node, memory: memory, dump: dump)
  }

  /// Throws where a file cannot be written, so that nobody learns it at the end, when a state is lost with it.
  private static func checkRoom(for path: String) throws(NodeError) {
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      throw NodeError(
        description: "the state cannot be written to \(path) at the end: it is a folder")
    }
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    if access(folder, W_OK | X_OK) == 0 { return }
    throw NodeError(
      description: "the state cannot be written to \(path) at the end: \(folder): "
        + String(cString: strerror(errno)))
  }

  private static func tell(_ report: Pipeline.Report, _ log: NodeLog) {
    let header = report.header
    log.info(
      "Block",
      [
        "number": .init(header.number), "hash": .init(report.hash),
        "transactions": .init(report.transactions), "gas": .init(header.gasUsed),
        "milliseconds": .init(report.latency / 1_000_000),
      ])
  }

  // MARK: - The chain

  private func openChain(_ folder: String) throws -> DevelopmentStore {
    // A new chain can go back as far as anybody asks, and its whole state can be told; others stay as they are.
    let storeOptions = Store.Options(
      cacheSize: cacheSize, isSynced: !isInMemory,
      history: history ?? (Store.exists(at: folder) ? nil : .archive),
      workerCount: options.threads)
    let given = try arguments.string("--genesis").map { try Self.genesis(in: $0) }
    if Store.exists(at: folder) {
      if arguments.has("--load-state") {
        throw NodeError(
          description:
            "there is a chain in \(folder) already; --load-state counts when one is made: "
            + "choose another folder with --data, or --in-memory")
      }
      if try loadedState() != nil {
        voice.log.warn(
          "State not loaded: there is a chain already, which goes on; its state is written at the end",
          ["file": .init(arguments.string("--state") ?? ""), "chain": .init(folder)])
      }
      let chain = try DevelopmentStore.open(
        at: folder, genesis: given?.genesis, options: storeOptions)
      for option in ["--balance", "--base-fee", "--timestamp"]
      where arguments.has(option) {
        voice.log.warn(
          "Option counts only when a chain is made",
          ["option": .init(option), "chain": .init(folder)])
      }
      do {
        try check(chain, folder)
      } catch {
        try? chain.store.close()
        throw error
      }
      return chain
    }
    if let (genesis, text) = given {
      return try DevelopmentStore.create(
        at: folder, genesis: genesis, text: text, options: storeOptions)
    }
    let genesis = try development(state: try loadedState()).genesis(accounts)
    return try DevelopmentStore.create(at: folder, genesis: genesis, options: storeOptions)
  }

  /// Throws where an option says something else than the chain that is there.
  private func check(_ chain: DevelopmentStore, _ folder: String) throws {
    func refuse(_ option: String, _ asked: String, _ found: String) -> NodeError {
      NodeError(
        description:
          "\(option) \(asked): the chain in \(folder) has \(found); leave the option out, or choose "
          + "another folder with --data")
    }
    let rules = chain.rules
    if let id = try arguments.integer("--chain-id", in: 1...Int.max), UInt64(id) != rules.chainID {
      throw refuse("--chain-id", "\(id)", "the chain id \(rules.chainID)")
    }
    let genesis = chain.store.genesis
    let fork = rules.fork(block: genesis.number, timestamp: genesis.timestamp)
    if let wanted = try arguments.fork("--hardfork"), wanted != fork {
      throw refuse("--hardfork", wanted.name, "the rules of \(fork.name)")
    }
  }

  private static func genesis(in path: String) throws -> (genesis: Genesis, text: [UInt8]) {
    let text = try contents(of: path)
    return (try Genesis(try JSONDocument(parsing: text, source: path)), text)
  }

  private func loadedState() throws -> StateDump? {
    if let path = arguments.string("--load-state") {
      return try StateDump(try Self.contents(of: path), source: path)
    }
    guard let path = arguments.string("--state"), FileManager.default.fileExists(atPath: path)
    else {
      return nil
    }
    do {
      return try StateDump(try Self.contents(of: path), source: path)
    } catch {
      throw NodeError(
        description:
          "--state \(path): it is no state, and would be written over at the end: \(error)")
    }
  }

  private static func contents(of path: String) throws -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw NodeError(description: "\(path): there is no such file that can be read")
    }
    return Array(data)
  }

  /// The first block of a chain by the options, with a state that was dumped.
  private func development(state: StateDump?) throws(UsageError) -> DevelopmentGenesis {
    var chain = DevelopmentGenesis(timestamp: UInt64(Date().timeIntervalSince1970))
    if let state {
      chain.state = state.accounts
      chain.number = state.number
      chain.timestamp = max(chain.timestamp, state.timestamp)
      (chain.baseFee, chain.gasLimit) = (state.baseFee, max(state.gasLimit, 21_000))
    }
    if let limit = options.gasLimit { chain.gasLimit = limit }
    if let seconds = try arguments.integer("--timestamp", in: 0...1_000_000_000_000) {
      chain.timestamp = UInt64(seconds)
    }
    if let id = try arguments.integer("--chain-id", in: 1...Int.max) { chain.chainID = UInt64(id) }
    if let fork = try arguments.fork("--hardfork") {
      guard fork >= DevelopmentGenesis.earliestFork else {
        throw UsageError(
          message: "--hardfork \(fork.name): blocks are made by the rules of "
            + "\(DevelopmentGenesis.earliestFork.name) and later forks")
      }
      chain.fork = fork
    }
    if let fee = try arguments.integer("--base-fee", in: 0...Int.max) {
      chain.baseFee = UInt256(UInt64(fee))
    }
    if let ether = try arguments.integer("--balance", in: 0...1_000_000_000_000) {
      chain.balance = UInt256(UInt64(ether)) &* UInt256(1_000_000_000_000_000_000 as UInt64)
    }
    return chain
  }
}
