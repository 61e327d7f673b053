// Genesis files as geth and its relatives have them.

internal import Crypto
public import JSON
public import Ledger
internal import Primitives
internal import State

extension Genesis {
  /// The highest number, and the latest time, that a first block may have: from there on a chain can
  /// be counted for ever.
  public static let latest = UInt64(Int64.max)

  /// Reads geth's format: the chain's `config`, the accounts in `alloc`, and fields of the header.
  public init(_ document: JSONDocument) throws(GenesisError) {
    let rules = try Self.rules(in: document)
    do throws(JSONError) {
      try self.init(document.root, rules: rules)
    } catch {
      throw .json(error)
    }
    for (name, value) in [("number", header.number), ("timestamp", header.timestamp)]
    where value > Self.latest {
      let problem = JSONError.Problem.unexpected(
        expected: "a number up to \(Self.latest)", found: "\(value)")
      throw .json(JSONError(source: document.source, path: name, problem: problem))
    }
  }

  /// Reads the chain's `config` alone, whose forks must be in order.
  public static func rules(in document: JSONDocument) throws(GenesisError) -> ChainRules {
    let rules: ChainRules
    do throws(JSONError) {
      let config = try document.root.field("config")
      try ChainRules.refuseUnsupported(config)
      rules = try ChainRules(config: config)
    } catch {
      throw .json(error)
    }
    do throws(ForkOrderError) {
      try rules.checkForkOrder()
    } catch {
      throw .forkOrder(source: document.source, error)
    }
    return rules
  }

  /// Reads geth's format without its `config`, in the place of which `rules` stand.
  ///
  /// The header has the fields that the rules give the first block, whatever the file says of others:
  /// those of later forks have the defaults of an empty block where the file is silent.
  public init(_ object: JSONValue, rules: ChainRules) throws(JSONError) {
    let fields = try GenesisFields(object)
    let header = try Header(genesis: fields, rules: rules)
    let allocations = try fields.required("alloc").allocations()
    self.init(withStateRootFor: header, rules: rules, allocations: allocations)
  }
}

extension Header {
  fileprivate init(genesis fields: GenesisFields, rules: ChainRules) throws(JSONError) {
    self.init(
      difficulty: try fields.required("difficulty").uint256(),
      number: try fields["number"]?.uint64() ?? 0,
      gasLimit: try fields.required("gasLimit").uint64(),
      gasUsed: try fields["gasUsed"]?.uint64() ?? 0,
      timestamp: try fields["timestamp"]?.uint64() ?? 0)
    if let value = fields["parentHash"] { parentHash = try value.hash() }
    if let value = fields["coinbase"] { coinbase = try value.address() }
    if let value = fields["extraData"] { extraData = try value.bytes() }
    if let value = fields["mixHash"] { prevRandao = try value.hash() }
    if let value = fields["nonce"] { nonce = try value.uint64() }
    try addLaterFields(fields, rules.fork(block: number, timestamp: timestamp))
  }

  private mutating func addLaterFields(
    _ fields: GenesisFields, _ fork: Fork
  ) throws(JSONError) {
    // Read whatever the fork: what is there must have its type.
    let baseFee = try fields["baseFeePerGas"]?.uint256()
    let blobGas = try fields["blobGasUsed"]?.uint64()
    let excess = try fields["excessBlobGas"]?.uint64()
    let beaconRoot = try fields["parentBeaconBlockRoot"]?.hash()
    guard fork >= .london else { return }
    baseFeePerGas = baseFee ?? Genesis.initialBaseFee
    guard fork >= .shanghai else { return }
    withdrawalsRoot = Header.emptyTrieRoot
    guard fork >= .cancun else { return }
    blobGasUsed = blobGas ?? 0
    excessBlobGas = excess ?? 0
    parentBeaconBlockRoot = beaconRoot ?? .zero
    // EIP-7685: SHA-256 over no requests is SHA-256 of nothing.
    if fork >= .prague { requestsHash = SHA256.hash([]) }
  }
}
