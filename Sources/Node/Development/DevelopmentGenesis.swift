// The first block of a development chain.

public import Chain
internal import Crypto
internal import Execution
public import Ledger
public import Primitives
public import State

/// A chain of one's own: rules, funded accounts, and the contracts of the protocol.
public struct DevelopmentGenesis: Sendable {
  /// The number that signatures are bound to.
  public var chainID: UInt64 = 31_337
  /// The rules from the first block on, `earliestFork` or later.
  public var fork = Fork.latest
  /// The number of the first block.
  public var number: UInt64 = 0
  /// The gas that a block may use.
  public var gasLimit: UInt64 = 30_000_000
  /// The base fee of the first block, in wei.
  public var baseFee = Genesis.initialBaseFee
  /// What each account has, in wei: 10,000 ether.
  public var balance = UInt256(10_000) &* UInt256(1_000_000_000_000_000_000)
  /// Seconds since 1970.
  public var timestamp: UInt64
  /// Accounts of another chain's state, which count more than those that are there anyway.
  public var state: [AccountAllocation] = []

  /// The first fork whose blocks a node can make: before it, receipts name state roots.
  public static let earliestFork = Fork.byzantium

  /// The usual chain, begun at this time.
  public init(timestamp: UInt64) { self.timestamp = timestamp }

  /// The first block, in which `accounts` are funded.
  public func genesis(_ accounts: [DevelopmentAccount]) throws(GenesisError) -> Genesis {
    var header = Header(
      number: number, gasLimit: gasLimit, timestamp: timestamp,
      extraData: Array("needletail".utf8), baseFeePerGas: fork >= .london ? baseFee : nil)
    if fork < .paris { header.difficulty = UInt256(1) }
    if fork >= .shanghai { header.withdrawalsRoot = Header.emptyTrieRoot }
    if fork >= .cancun {
      (header.blobGasUsed, header.excessBlobGas) = (0, 0)
      header.parentBeaconBlockRoot = .zero
    }
    if fork >= .prague { header.requestsHash = Requests.hash([]) }
    var byAddress: [Address: AccountAllocation] = [:]
    for allocation in (fork >= .cancun ? SystemContracts.allocations : []) + [Self.create2Deployer]
      + accounts.map({ AccountAllocation(address: $0.address, balance: balance) }) + state
    {
      byAddress[allocation.address] = allocation
    }
    let allocations = byAddress.values.sorted { $0.address < $1.address }
    header.stateRoot = MemoryState(allocations).root()
    return try Genesis(rules: rules, header: header, allocations: allocations)
  }

  /// Rules that a genesis file can say, too: forks of old begin with a block, later ones at a time.
  private var rules: ChainRules {
    var rules = ChainRules(chainID: chainID, activations: [:])
    for begun in Fork.allCases where begun <= fork {
      rules.activations[begun] = begun >= .shanghai ? .timestamp(0) : .block(0)
    }
    // The format has Petersburg begin with Constantinople unless it says when.
    if fork == .constantinople { rules.activations[.petersburg] = .block(.max) }
    if fork >= .paris { rules.terminalTotalDifficulty = .zero }
    if let blobs = BlobParameters.of(fork) { rules.blobSchedule = [0: blobs] }
    return rules
  }

  /// The contract by which tools create others at addresses that they know before.
  private static let create2Deployer = AccountAllocation(
    address: Address(truncating: 0x4e59_b448_47b3_7957_8588_920c_a78f_bf26_c0b4_956c), nonce: 1,
    code: [0x7f] + [UInt8](repeating: 0xff, count: 31)
      + [
        0xe0, 0x36, 0x01, 0x60, 0x00, 0x81, 0x60, 0x20, 0x82, 0x37, 0x80, 0x35, 0x82, 0x82, 0x34,
        0xf5, 0x80, 0x15, 0x15, 0x60, 0x39, 0x57, 0x81, 0x82, 0xfd, 0x5b, 0x80, 0x82, 0x52, 0x50,
        0x50, 0x50, 0x60, 0x14, 0x60, 0x0c, 0xf3,
      ])
}
