// needletail node --network: the execution client under a consensus client.

internal import Execution
internal import Fixtures
internal import Foundation
internal import Needletail
internal import Node
internal import Storage

extension Command {
  /// The options of `node` that make it an execution client.
  static let networkOptions: [Option] = [
    .value(
      "--network", "NAME", "follow a network: mainnet, sepolia, hoodi, dev or a genesis file"),
    .value("--authrpc.addr", "ADDRESS", "numeric address of the Engine API (127.0.0.1)"),
    .value("--authrpc.port", "N", "port of the Engine API; 0 lets the system choose (8551)"),
    .value("--authrpc.vhosts", "LIST", "names under which it may be asked, or * (localhost)"),
    .value("--authrpc.jwtsecret", "FILE", "secret of the Engine API, made where there is none"),
  ].titled("execution client under a consensus client")

  /// Whether the arguments ask for an execution client and not for a chain of one's own.
  static func isExecutionClient(_ arguments: Arguments) -> Bool {
    let network = arguments.string("--network")
    return (network != nil && network != "dev")
      || networkOptions.contains { $0.name.hasPrefix("--authrpc.") && arguments.has($0.name) }
  }

  /// What only a chain of one's own has.
  private static let developmentOptions = [
    "--accounts", "--balance", "--base-fee", "--timestamp", "--load-state", "--chain-id",
    "--hardfork", "--mnemonic", "--block-time", "--no-mining", "--dump-state", "--state",
    "--txpool.journal",
  ]

  /// Runs the execution client until it is asked to stop.
  static func runExecutionClient(_ arguments: Arguments) throws(UsageError) -> Int32 {
    if let option = developmentOptions.first(where: { arguments.has($0) }) {
      throw UsageError(
        message: "\(option) is for a chain of one's own, not under a consensus client (--network, "
          + "--authrpc.…)")
    }
    let setup = try ExecutionSetup(arguments)
    Interruption.watch()
    do {
      let (node, folder) = try setup.start()
      Interruption.wait()
      StandardOutput.write("stopping\n")
      try node.stop()
      if let folder { try FileManager.default.removeItem(atPath: folder) }
      return 0
    } catch {
      complain("needletail: \(error)")
      return Tool.badInput
    }
  }
}

/// What the options say about an execution client.
private struct ExecutionSetup {
  var options = ExecutionNode.Options()
  let network: Network
  let folder: String
  let isInMemory: Bool
  let secretFile: String
  let cacheSize: Int
  let history: Store.History?
  let log: NodeLog

  init(_ arguments: Arguments) throws(UsageError) {
    log = try arguments.log()
    history = try arguments.history("--history")
    isInMemory = arguments.has("--in-memory")
    network = try Network(
      arguments.string("--network") ?? "dev", genesisFile: arguments.string("--genesis"))
    let temporary =
      FileManager.default.fileExists(atPath: "/dev/shm") ? "/dev/shm" : NSTemporaryDirectory()
    folder =
      isInMemory
      ? "\(temporary)/needletail-\(getpid())" : arguments.string("--data") ?? "needletail-data"
    secretFile = arguments.string("--authrpc.jwtsecret") ?? "\(folder).jwt"
    options.service = try ServiceOptions(arguments)
    options.pool = try arguments.poolLimits()
    if let hosts = arguments.list("--authrpc.vhosts") { options.engineHosts = hosts }
    options.engineHost = arguments.string("--authrpc.addr") ?? options.engineHost
    options.enginePort = UInt16(
      try arguments.integer("--authrpc.port", in: 0...65_535) ?? 8551)
    options.threads = try arguments.threads() ?? WorkerThreads.coreCount
    options.gasLimit = UInt64(
      try arguments.integer("--gas-limit", in: 21_000...1 << 50) ?? 60_000_000)
    cacheSize = try arguments.integer("--cache-size", in: 16 << 20...1 << 40) ?? 1 << 30
  }

  func start() throws -> (node: ExecutionNode, temporary: String?) {
    var options = options
    options.secret = try JWTSecret.load(secretFile)
    let storeOptions = Store.Options(
      cacheSize: cacheSize, isSynced: !isInMemory, history: history, workerCount: options.threads)
    let (store, rules) = try network.store(at: folder, options: storeOptions)
    let node = try ExecutionNode(
      store: store, rules: rules, clientVersion: "needletail/\(Tool.version)", options: options
    ) { [log] header, hash in
      log.info("Head", ["number": .init(header.number), "hash": .init(hash)])
    }
    var text =
      "needletail \(Tool.version)\n\nnetwork    \(network.name), chain id \(rules.chainID)\n"
    text += "head       block \(store.head.number) \(store.head.hash)\n"
    text += "store      \(isInMemory ? "in memory" : folder)\nJWT secret \(secretFile)\n\n"
    text += "Listening on \(options.service.server.host):\(node.port)\n"
    text += "Engine API on http://\(options.engineHost):\(node.enginePort)\n"
    if log.format == .text {
      StandardOutput.write(text)
      StandardOutput.flush()
    } else {
      log.info(
        "Listening",
        [
          "address": .init(options.service.server.host), "port": .init(node.port),
          "engineAddress": .init(options.engineHost), "enginePort": .init(node.enginePort),
        ])
    }
    return (node, isInMemory ? folder : nil)
  }
}

/// A network: its rules, and its first block as far as that is known.
private struct Network {
  let name: String
  /// The rules, and the hash of the first block; nil where a file or the defaults tell them.
  private var known: (rules: ChainRules, genesis: Hash256)?
  private let genesisFile: String?

  /// The public networks, with the hashes of their first blocks (https://github.com/eth-clients).
  private static let networks: [(name: String, rules: ChainRules, genesis: String)] = [
    (
      "mainnet", .mainnet, "0xd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3"
    ),
    (
      "sepolia", .sepolia, "0x25a5cc106eea7138acab33231d7160d69cb777ee0c2c553fcddf5138993e6dd9"
    ),
    (
      "hoodi", .hoodi, "0xbbe312868b376a3001692a646dd2d7d1e4406380dfd86b98aa8a34d1557c971b"
    ),
  ]

  init(_ name: String, genesisFile: String?) throws(UsageError) {
    if let network = Self.networks.first(where: { $0.name == name }) {
      self.name = name
      let bytes = (try? Hex.decode(network.genesis)) ?? []
      known = Hash256(bytes: bytes).map { (network.rules, $0) }
      self.genesisFile = genesisFile
      return
    }
    if name == "dev" {
      self.name = genesisFile ?? name
      self.genesisFile = genesisFile
      return
    }
    guard FileManager.default.fileExists(atPath: name), genesisFile == nil else {
      throw UsageError(
        message: "--network is mainnet, sepolia, hoodi, dev or a genesis file, not \"\(name)\"")
    }
    self.name = name
    self.genesisFile = name
  }

  /// The store in a folder, made from the first block where there is none.
  func store(at folder: String, options: Store.Options) throws -> (Store, ChainRules) {
    if let (rules, hash) = known, Store.exists(at: folder) {
      return (try Store.open(at: folder, genesis: hash, options: options), rules)
    }
    let genesis = try genesis()
    if let (_, hash) = known, genesis.hash != hash {
      throw NetworkError(
        description:
          "the first block of \(genesisFile ?? "") is \(genesis.hash), that of \(name) \(hash)")
    }
    if Store.exists(at: folder) {
      return (
        try Store.open(at: folder, genesis: genesis.hash, options: options), genesis.rules
      )
    }
    let store = try Store.create(
      at: folder, genesis: genesis.header, allocations: genesis.allocations, options: options)
    return (store, known?.rules ?? genesis.rules)
  }

  private func genesis() throws -> Genesis {
    guard let genesisFile else {
      if known == nil {
        // Its time is no moment: the first block must be the same each time.
        return try DevelopmentGenesis(timestamp: 0).genesis(
          DevelopmentAccounts.derive(10, from: DevelopmentAccounts.standardMnemonic))
      }
      if name == "sepolia" { return .sepolia }
      throw NetworkError(
        description: """
          there is no chain of \(name) yet, and the accounts that it begins with are not part of this program: \
          give its genesis file with --genesis FILE (https://github.com/eth-clients has them), or import its \
          history with needletail import
          """)
    }
    let bytes = try FileWalk.read(genesisFile)
    return try Genesis(JSONDocument(parsing: bytes, source: genesisFile))
  }
}

/// Why a network cannot be followed.
private struct NetworkError: Error, CustomStringConvertible {
  let description: String
}
