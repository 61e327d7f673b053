// needletail node --network: the execution client under a consensus client.

internal import Execution
internal import Fixtures
internal import Foundation
internal import Needletail
internal import Node
internal import Storage

extension Command {
  /// The options that only a chain of one's own has.
  static let developmentOptions: [Option] =
    [
      .value("--mnemonic", "WORDS", "words that the accounts' keys are derived from"),
      .value("--block-time", "SECONDS", "make a block every so often, also an empty one"),
      .flag("--no-mining", "make blocks only when a request asks for one (evm_mine)"),
      .value("--dump-state", "FILE", "write the whole state there at the end, as anvil does"),
      .value(
        "--state", "FILE", "load the state from there when the chain is made; write it at the end"),
    ].titled("options of a development chain")
    + [
      .value("--accounts", "N", "how many accounts are funded (10)"),
      .value("--balance", "N", "ether that each of them has (10000)"),
      .value("--base-fee", "WEI", "base fee of the first block (1000000000)"),
      .value("--timestamp", "SECONDS", "time of the first block, since 1970 (now)"),
      .value("--load-state", "FILE", "begin with a state in anvil's format"),
      .value("--chain-id", "N", "the number that signatures are bound to (31337)"),
      .value("--hardfork", "NAME", "the fork whose rules hold (the latest)"),
    ].titled("options of a development chain that count when it is made")

  /// The options of `node` that make it an execution client.
  static let networkOptions: [Option] = [
    .value(
      "--network", "NAME", "follow a network: mainnet, sepolia, hoodi, dev or a genesis file"),
    .value("--authrpc.addr", "ADDRESS", "address of the Engine API (127.0.0.1)"),
    .value("--authrpc.port", "N", "port of the Engine API; 0 lets the system choose (8551)"),
    .value("--authrpc.vhosts", "LIST", "names under which it may be asked, or * (localhost)"),
    .value(
      "--authrpc.jwtsecret", "FILE",
      "secret of the Engine API, made where there is none (DIR/jwt.hex)"),
  ].titled("execution client under a consensus client")

  /// Whether the arguments ask for an execution client and not for a chain of one's own.
  static func isExecutionClient(_ arguments: Arguments) -> Bool {
    let network = arguments.string("--network")
    return (network != nil && network != "dev")
      || networkOptions.contains { $0.name.hasPrefix("--authrpc.") && arguments.has($0.name) }
  }

  /// Runs the execution client until it is asked to stop.
  static func runExecutionClient(_ arguments: Arguments) throws(UsageError) -> Int32 {
    if let option = developmentOptions.map(\.name).first(where: { arguments.has($0) }) {
      throw UsageError(
        message: "\(option) is for a chain of one's own, not under a consensus client (--network, "
          + "--authrpc.…)")
    }
    let setup = try ExecutionSetup(arguments)
    return setup.voice.run { try setup.start().stop }
  }
}

/// What the options say about an execution client.
struct ExecutionSetup {
  /// A client that runs.
  struct Running {
    let node: ExecutionNode
    /// The file with the secret of the Engine API.
    let secretFile: String
    /// Where the chain lies that is kept in memory.
    let memory: MemoryFolder?

    func stop() throws {
      defer { memory?.remove() }
      try node.stop()
    }
  }

  /// Where folders in memory are made.
  var memoryPlace = MemoryFolder.place
  private var options = ExecutionNode.Options()
  private let network: Network
  /// Where the chain lies that is not kept in memory.
  private let dataFolder: String
  private let isInMemory: Bool
  /// The file that is named for the secret.
  private let secretFile: String?
  private let cacheSize: Int
  private let history: Store.History?
  let voice: NodeVoice

  init(_ arguments: Arguments) throws(UsageError) {
    if arguments.has("--in-memory") && arguments.has("--data") {
      throw UsageError(message: "--data and --in-memory exclude each other")
    }
    voice = try arguments.voice()
    history = try arguments.history("--history")
    isInMemory = arguments.has("--in-memory")
    network = try Network(
      arguments.string("--network") ?? "dev", genesisFile: arguments.string("--genesis"))
    dataFolder = arguments.string("--data") ?? "needletail-data"
    secretFile = arguments.string("--authrpc.jwtsecret")
    options.service = try ServiceOptions(arguments)
    options.pool = try arguments.poolLimits()
    options.journal = arguments.poolJournal(in: isInMemory ? nil : dataFolder)
    if let hosts = arguments.list("--authrpc.vhosts") { options.engineHosts = hosts }
    options.engineHost = arguments.host("--authrpc.addr") ?? options.engineHost
    options.enginePort = UInt16(
      try arguments.integer("--authrpc.port", in: 0...65_535) ?? 8551)
    options.threads = try arguments.threads() ?? WorkerThreads.coreCount
    options.gasLimit = UInt64(
      try arguments.integer("--gas-limit", in: 21_000...1 << 50) ?? 60_000_000)
    cacheSize = try arguments.size("--cache-size", in: 16 << 20...1 << 40) ?? 1 << 30
  }

  func start() throws -> Running {
    try MemoryFolder.keep(isInMemory, in: memoryPlace) { memory in try start(in: memory) }
  }

  private func start(in memory: MemoryFolder?) throws -> Running {
    let folder = memory.map { "\($0.path)/store" } ?? dataFolder
    let secretFile = secretFile ?? Self.secretFile(in: folder)
    // A wrong secret makes no store; a secret is not made before there is one.
    if access(secretFile, F_OK) == 0 { _ = try JWTSecret.load(secretFile) }
    var options = options
    options.service.server.limits.fit(voice.log)
    options.remembersBranches = !isInMemory
    let storeOptions = Store.Options(
      cacheSize: cacheSize, isSynced: !isInMemory, history: history, workerCount: options.threads)
    let (store, rules) = try network.store(at: folder, options: storeOptions)
    let node: ExecutionNode
    do {
      try RulesRecord.keep(rules, in: store)
      options.secret = try JWTSecret.load(secretFile)
      node = try ExecutionNode(
        store: store, rules: rules, clientVersion: "needletail/\(Tool.version)", options: options,
        onEvent: { [log = voice.log] in $0.write(to: log) }
      ) { [log = voice.log] header, hash in
        log.info("Head", ["number": .init(header.number), "hash": .init(hash)])
      }
    } catch {
      try? store.close()
      throw error
    }
    let (host, engineHost) = (options.service.server.host, options.engineHost)
    voice.say(
      """
      needletail \(Tool.version)

      network    \(network.name), chain id \(rules.chainID)
      head       block \(store.head.number) \(store.head.hash)
      store      \(isInMemory ? "in memory" : folder)
      JWT secret \(secretFile)

      Listening on \(NodeBanner.place(host, node.port))
      Engine API on http://\(NodeBanner.place(engineHost, node.enginePort))

      """
    ) { log in
      log.info(
        "Listening",
        [
          "address": .init(host), "port": .init(node.port),
          "engineAddress": .init(engineHost), "enginePort": .init(node.enginePort),
        ])
    }
    voice.log.tell(node.restored)
    warnOfOpenSecret(secretFile)
    if node.skippedBlocks > 0 {
      voice.log.warn(
        "Damaged pieces of the journal of blocks beside the chain passed over",
        ["count": .init(node.skippedBlocks)])
    }
    return Running(node: node, secretFile: secretFile, memory: memory)
  }

  // MARK: - The secret

  /// The file for the secret of a chain in `folder`, where none is named: that beside the folder, where it was once,
  /// if it is still there, for the consensus client knows that one.
  private static func secretFile(in folder: String) -> String {
    // As a consensus client can be told it, wherever that is started.
    let path = URL(fileURLWithPath: folder).standardizedFileURL.path
    let (usual, former) = ("\(path)/jwt.hex", "\(path).jwt")
    return access(usual, F_OK) != 0 && access(former, F_OK) == 0 ? former : usual
  }

  /// Says that others may read or change the secret, who could then lead the chain wherever they like.
  private func warnOfOpenSecret(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & 0o006 != 0 else { return }
    voice.log.warn(
      "Everybody on this machine may read or write the JWT secret; chmod 600 leaves it to its owner",
      ["file": .init(path)])
  }
}

/// A network: its rules and its first block.
private struct Network {
  let name: String
  /// Nil where a file or the defaults tell the rules and the first block.
  private let known: PublicNetwork?
  private let genesisFile: String?

  init(_ name: String, genesisFile: String?) throws(UsageError) {
    known = PublicNetwork.all.first { $0.name == name }
    if known != nil {
      self.name = name
      self.genesisFile = genesisFile
      return
    }
    if name == "dev" {
      self.name = genesisFile ?? name
      self.genesisFile = genesisFile
      return
    }
    guard FileManager.default.fileExists(atPath: name) else {
      throw UsageError(
        message: "--network is mainnet, sepolia, hoodi, dev or a genesis file, not \"\(name)\"")
    }
    if let genesisFile {
      throw UsageError(
        message:
          "--network \(name) and --genesis \(genesisFile) both name the first block and the rules; "
          + "leave one of them out")
    }
    self.name = name
    self.genesisFile = name
  }

  /// The store in a folder, made from the first block where there is none.
  func store(at folder: String, options: Store.Options) throws -> (Store, ChainRules) {
    if let known, Store.exists(at: folder) {
      return (try Store.open(at: folder, genesis: known.hash, options: options), known.rules)
    }
    let genesis = try genesis()
    if let known, genesis.hash != known.hash {
      throw NetworkError(
        description:
          "the first block of \(genesisFile ?? name) is \(genesis.hash), that of \(name) \(known.hash)"
      )
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
    if let genesisFile {
      let bytes = try FileWalk.read(genesisFile)
      return try Genesis(JSONDocument(parsing: bytes, source: genesisFile))
    }
    if let known { return known.genesis() }
    // Its time is no moment: the first block must be the same each time.
    return try DevelopmentGenesis(timestamp: 0).genesis(
      DevelopmentAccounts.derive(10, from: DevelopmentAccounts.standardMnemonic))
  }
}

/// A public network (https://github.com/eth-clients). The hash of its first block is here, too, so that
/// a store can be opened without making that.
private struct PublicNetwork {
  let name: String
  let rules: ChainRules
  let hash: Hash256
  let genesis: @Sendable () -> Genesis

  static let all = [
    PublicNetwork(
      name: "mainnet", rules: .mainnet,
      hash: Hash256(
        0xd4e5_6740_f876_aef8_c010_b86a_40d5_f567_45a1_18d0_906a_34e6_9aec_8c0d_b1cb_8fa3),
      genesis: { .mainnet }),
    PublicNetwork(
      name: "sepolia", rules: .sepolia,
      hash: Hash256(
        0x25a5_cc10_6eea_7138_acab_3323_1d71_60d6_9cb7_77ee_0c2c_553f_cddf_5138_993e_6dd9),
      genesis: { .sepolia }),
    PublicNetwork(
      name: "hoodi", rules: .hoodi,
      hash: Hash256(
        0xbbe3_1286_8b37_6a30_0169_2a64_6dd2_d7d1_e440_6380_dfd8_6b98_aa8a_34d1_557c_971b),
      genesis: { .hoodi }),
  ]
}

/// Why a network cannot be followed.
private struct NetworkError: Error, CustomStringConvertible {
  let description: String
}
