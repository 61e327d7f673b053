// A block of a chain with the part of the state that it touches.

internal import Chain
public import Execution
public import JSON
public import Ledger
public import Primitives
public import State

/// A block as JSON-RPC gives it, and the accounts it touches as they stood before.
public struct RecordedBlock: Sendable {
  /// The rules of its chain.
  public let rules: ChainRules
  /// The header's fields.
  public let header: Header
  /// The hash under which the chain knows the block.
  public let hash: Hash256
  /// The transactions.
  public let transactions: [Transaction]
  /// The hash of each transaction, as recorded.
  public let transactionHashes: [Hash256]
  /// Who sent each of them, as recorded.
  public let senders: [Address]
  /// The payments from the consensus layer; nil before Shanghai.
  public let withdrawals: [Withdrawal]?
  /// The accounts before the block.
  public let accounts: [AccountAllocation]
  /// Hashes of blocks before, by number.
  public let blockHashes: [UInt64: Hash256]

  /// Reads `block.json` and `pre_state.json` of a chain with these `rules`, which say what fields
  /// the header has. Without them, the member `chain` of `preState` names the chain, and where that
  /// is absent it is the main network.
  public init(
    block: JSONDocument, preState: JSONDocument, rules: ChainRules? = nil
  ) throws(JSONError) {
    let root = block.root
    // First what must be there, so that a file without it is not told of what may be.
    let allocations = try preState.root.field("accounts")
    let recordedRules = try preState.root.optionalField("chain")?.chainRules()
    let rules = rules ?? recordedRules ?? .mainnet
    self.rules = rules
    header = try root.rpcHeader(rules)
    hash = try root.field("hash").hash()
    var transactions: [Transaction] = []
    var hashes: [Hash256] = []
    var senders: [Address] = []
    for element in try root.field("transactions").elements() {
      transactions.append(try element.rpcTransaction())
      hashes.append(try element.field("hash").hash())
      senders.append(try element.field("from").address())
    }
    (self.transactions, transactionHashes, self.senders) = (transactions, hashes, senders)
    withdrawals =
      header.withdrawalsRoot == nil ? nil : try root.field("withdrawals").withdrawals()
    accounts = try allocations.allocations()
    var blockHashes = try preState.root.optionalField("blockHashes")?.hashesByNumber() ?? [:]
    if header.number > 0 { blockHashes[header.number - 1] = header.parentHash }
    self.blockHashes = blockHashes
  }

  /// The state before the block.
  public func state() -> MemoryState {
    let state = MemoryState(accounts)
    for (number, hash) in blockHashes { state.setBlockHash(number, hash) }
    return state
  }

  /// The block for execution, its transactions sent by `senders`. The recorded state is what
  /// transactions touch; what else ends a block may not be in it, and is left out.
  public func executable(senders: [Address]) -> ExecutableBlock {
    let body = Block(header: header, transactions: transactions)
    var block = ExecutableBlock(body, senders: senders, rules: rules)
    block.rewards = []
    block.collectsRequests = false
    return block
  }
}

extension JSONValue {
  /// The hashes of an object from block number to hash.
  public func hashesByNumber() throws(JSONError) -> [UInt64: Hash256] {
    var hashes: [UInt64: Hash256] = [:]
    for member in try members() {
      guard let number = member.key.quantity?.asUInt64 else {
        throw member.value.unexpected("a block number as the member's name")
      }
      hashes[number] = try member.value.hash()
    }
    return hashes
  }

  /// The rules of the chain that `chainId` names, or of a chain on which the named `fork` always
  /// holds, with the parameters in `blobSchedule` where they are not the fork's own.
  fileprivate func chainRules() throws(JSONError) -> ChainRules {
    let chainID = try field("chainId")
    let number = try chainID.uint64()
    if let name = try optionalField("fork") {
      guard let fork = Fork(try name.string()) else { throw name.unexpected("the name of a fork") }
      let blobs = try optionalField("blobSchedule").map { (value) throws(JSONError) in
        try BlobParameters(value)
      }
      return ChainRules(chainID: number, always: fork, blobs: blobs)
    }
    guard let rules = ChainRules.publicNetwork(chainID: number) else {
      throw chainID.unexpected("the id of a public network, or a member \"fork\" beside it")
    }
    return rules
  }

  /// A block's header as JSON-RPC gives it.
  fileprivate func rpcHeader(_ rules: ChainRules) throws(JSONError) -> Header {
    let bloom = try field("logsBloom")
    guard let logsBloom = Bloom(bytes: try bloom.bytes()) else {
      throw bloom.unexpected("256 bytes")
    }
    var header = Header(
      parentHash: try field("parentHash").hash(), ommersHash: try field("sha3Uncles").hash(),
      coinbase: try field("miner").address(), stateRoot: try field("stateRoot").hash(),
      transactionsRoot: try field("transactionsRoot").hash(),
      receiptsRoot: try field("receiptsRoot").hash(), logsBloom: logsBloom,
      difficulty: try field("difficulty").uint256(), number: try field("number").uint64(),
      gasLimit: try field("gasLimit").uint64(), gasUsed: try field("gasUsed").uint64(),
      timestamp: try field("timestamp").uint64(), extraData: try field("extraData").bytes())
    let fork = rules.fork(block: header.number, timestamp: header.timestamp)
    header.prevRandao = try field("mixHash").hash()
    header.nonce = try field("nonce").uint64()
    header.baseFeePerGas = try field("baseFeePerGas", since: .london, fork)?.uint256()
    header.withdrawalsRoot = try field("withdrawalsRoot", since: .shanghai, fork)?.hash()
    header.blobGasUsed = try field("blobGasUsed", since: .cancun, fork)?.uint64()
    header.excessBlobGas = try field("excessBlobGas", since: .cancun, fork)?.uint64()
    header.parentBeaconBlockRoot = try field("parentBeaconBlockRoot", since: .cancun, fork)?.hash()
    header.requestsHash = try field("requestsHash", since: .prague, fork)?.hash()
    return header
  }

  /// A field that headers have since `first`: demanded from then on, and refused before.
  private func field(
    _ name: String, since first: Fork, _ fork: Fork
  ) throws(JSONError) -> JSONValue? {
    if fork >= first { return try field(name) }
    guard let value = try optionalField(name) else { return nil }
    throw value.unexpected("no such field before \(first.name), in a block of \(fork.name)")
  }
}
