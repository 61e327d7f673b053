// needletail node: a chain of one's own.

internal import Execution
internal import Fixtures
internal import Foundation
internal import Needletail
internal import Node
internal import Storage

extension Command {
  /// `node`
  static var node: Command {
    Command(
      name: "node", operands: "",
      summary: "Run a development chain that wallets and libraries can use",
      details: """
        A chain of one's own: funded accounts whose keys are printed, a block as soon as there is a
        transaction, and JSON-RPC over HTTP. It lies in a store in --data and goes on from there when it is
        started again; SIGINT and SIGTERM finish the block that is being made and close the store.
        The keys are known to everybody: never use them for anything of value.
        Exit status: 0 it was asked to stop, 2 it could not start, or had to end.
        """,
      options: [
        .value("--data", "DIR", "where the chain is kept (./needletail-data)"),
        .flag("--in-memory", "keep the chain in memory; it is gone at the end"),
        .value("--host", "ADDRESS", "numeric address to listen on (127.0.0.1)"),
        .value("--port", "N", "port to listen on; 0 lets the system choose (8545)"),
        .value("--accounts", "N", "how many accounts are funded (10)"),
        .value("--balance", "N", "ether that each of them has (10000)"),
        .value("--mnemonic", "WORDS", "words that their keys are derived from"),
        .value("--chain-id", "N", "the number that signatures are bound to (31337)"),
        .value("--hardfork", "NAME", "the fork whose rules hold (the latest)"),
        .value("--gas-limit", "N", "gas that a block may use (30000000)"),
        .value("--base-fee", "WEI", "base fee of the first block (1000000000)"),
        .value("--block-time", "SECONDS", "make a block every so often, also an empty one"),
        .flag("--no-mining", "make blocks only when a request asks for one (evm_mine)"),
        .value(
          "--txpool.accountslots", "N", "transactions of a sender that a full pool takes (16)"),
        .value("--txpool.globalslots", "N", "transactions that may wait for a block (131072)"),
        .value("--txpool.accountqueue", "N", "transactions of a sender behind a gap (64)"),
        .value("--txpool.globalqueue", "N", "transactions of all senders behind gaps (1024)"),
        .value("--txpool.pricebump", "PERCENT", "how much more replaces a transaction (10)"),
        .value(
          "--txpool.journal", "FILE", "where waiting transactions outlive the node (in --data)"),
        .value("--threads", "N", "threads that execute (all cores)"),
        .value("--cache-size", "BYTES", "memory for state, tries and database (256 MiB)"),
      ] + networkOptions,
      examples: [
        "needletail node",
        "needletail node --in-memory --port 0 --accounts 3",
        "needletail node --block-time 2 --data chain",
      ],
      run: runNode)
  }

  private static func runNode(_ arguments: Arguments) throws(UsageError) -> Int32 {
    guard arguments.operands.isEmpty else {
      throw UsageError(message: "node takes only options; see needletail node --help")
    }
    if arguments.has("--in-memory") && arguments.has("--data") {
      throw UsageError(message: "--data and --in-memory exclude each other")
    }
    if isExecutionClient(arguments) { return try runExecutionClient(arguments) }
    let setup = try NodeSetup(arguments)
    Interruption.watch()
    do {
      let run = try setup.start()
      while !Interruption.isRequested { usleep(20_000) }
      StandardOutput.write("stopping\n")
      try run.stop()
      return 0
    } catch {
      complain("needletail: \(error)")
      return Tool.badInput
    }
  }
}

/// What the options say about a node.
private struct NodeSetup {
  var options = DevelopmentNode.Options()
  let folder: String
  let isInMemory: Bool
  let mnemonic: String
  let accounts: [DevelopmentAccount]
  var chain: DevelopmentGenesis
  let cacheSize: Int

  init(_ arguments: Arguments) throws(UsageError) {
    isInMemory = arguments.has("--in-memory")
    let temporary =
      FileManager.default.fileExists(atPath: "/dev/shm") ? "/dev/shm" : NSTemporaryDirectory()
    folder =
      isInMemory
      ? "\(temporary)/needletail-\(getpid())" : arguments.string("--data") ?? "needletail-data"
    options.host = arguments.string("--host") ?? options.host
    options.port = UInt16(try arguments.integer("--port", in: 0...65_535) ?? 8545)
    options.threads =
      try arguments.threads() ?? WorkerThreads.coreCount
    options.gasLimit = UInt64(
      try arguments.integer("--gas-limit", in: 21_000...1 << 50) ?? 30_000_000)
    options.blockTime = try arguments.integer("--block-time", in: 1...86_400).map { Double($0) }
    options.minesOnRequest = arguments.has("--no-mining")
    options.pool = try arguments.poolLimits()
    options.journal =
      arguments.string("--txpool.journal") ?? (isInMemory ? nil : folder + "/transactions.journal")
    cacheSize = try arguments.integer("--cache-size", in: 16 << 20...1 << 40) ?? 256 << 20
    mnemonic = arguments.string("--mnemonic") ?? DevelopmentAccounts.standardMnemonic
    accounts = DevelopmentAccounts.derive(
      try arguments.integer("--accounts", in: 0...10_000) ?? 10, from: mnemonic)
    chain = DevelopmentGenesis(timestamp: UInt64(Date().timeIntervalSince1970))
    chain.gasLimit = options.gasLimit
    chain.chainID = UInt64(try arguments.integer("--chain-id", in: 1...Int.max) ?? 31_337)
    if let fork = try arguments.fork("--hardfork") { chain.fork = fork }
    if let fee = try arguments.integer("--base-fee", in: 0...Int.max) {
      chain.baseFee = UInt256(UInt64(fee))
    }
    if let ether = try arguments.integer("--balance", in: 0...1_000_000_000_000) {
      chain.balance = UInt256(UInt64(ether)) &* UInt256(1_000_000_000_000_000_000 as UInt64)
    }
  }

  /// A node that runs.
  struct Running {
    let node: DevelopmentNode
    let temporary: String?

    func stop() throws {
      try node.stop()
      if let temporary { try FileManager.default.removeItem(atPath: temporary) }
    }
  }

  func start() throws -> Running {
    let storeOptions = Store.Options(
      cacheSize: cacheSize, isSynced: !isInMemory, workerCount: options.threads)
    let store: Store
    if Store.exists(at: folder) {
      store = try Store.open(at: folder, options: storeOptions)
    } else {
      let genesis = try chain.genesis(accounts)
      store = try Store.create(
        at: folder, genesis: genesis.header, allocations: genesis.allocations,
        options: storeOptions)
    }
    let node = try DevelopmentNode(
      store: store, rules: ChainRules(chainID: chain.chainID, always: chain.fork),
      accounts: accounts, clientVersion: "needletail/\(Tool.version)", options: options
    ) { report in
      StandardOutput.write(
        "block \(report.header.number)  \(report.hash)  \(report.transactions) transactions, "
          + "\(report.header.gasUsed) gas, \(report.latency / 1_000_000) ms\n")
      StandardOutput.flush()
    }
    StandardOutput.write(banner(at: node.port, head: store.head.number))
    if node.restored.transactions > 0 || node.restored.skipped > 0 {
      StandardOutput.write(
        "pool: \(node.restored.transactions) transactions wait again, \(node.restored.skipped) "
          + "damaged pieces of the journal passed over\n")
    }
    StandardOutput.flush()
    return Running(node: node, temporary: isInMemory ? folder : nil)
  }

  private func banner(at port: UInt16, head: UInt64) -> String {
    var text = "needletail \(Tool.version)\n\naccounts\n"
    for (index, account) in accounts.enumerated() {
      text += "  (\(index)) \(account.address.checksummed)\n"
    }
    text += "\nprivate keys\n"
    for (index, account) in accounts.enumerated() {
      text += "  (\(index)) \(Hash256(account.privateKey).hex)\n"
    }
    text += "\nmnemonic   \(mnemonic)\nchain id   \(chain.chainID)\nhead       block \(head)\n"
    text += "store      \(isInMemory ? "in memory" : folder)\n\n"
    return text + "listening on http://\(options.host):\(port)\n"
  }
}

extension Arguments {
  /// What the pool takes.
  fileprivate func poolLimits() throws(UsageError) -> TransactionPool.Limits {
    var limits = TransactionPool.Limits()
    let counts = 1...1 << 24
    limits.accountSlots =
      try integer("--txpool.accountslots", in: counts) ?? limits.accountSlots
    limits.globalSlots = try integer("--txpool.globalslots", in: counts) ?? limits.globalSlots
    limits.accountQueue =
      try integer("--txpool.accountqueue", in: counts) ?? limits.accountQueue
    limits.globalQueue = try integer("--txpool.globalqueue", in: counts) ?? limits.globalQueue
    limits.priceBump =
      try integer("--txpool.pricebump", in: 0...10_000).map { UInt64($0) } ?? limits.priceBump
    return limits
  }
}
