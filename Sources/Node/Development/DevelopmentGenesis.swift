// The first block of a development chain.

public import Chain
internal import Crypto
internal import Execution
public import Ledger
public import Primitives
internal import State

/// A chain of one's own: rules, funded accounts, and the contracts of the protocol.
public struct DevelopmentGenesis: Sendable {
  /// The number that signatures are bound to.
  public var chainID: UInt64 = 31_337
  /// The rules from the first block on.
  public var fork = Fork.latest
  /// The gas that a block may use.
  public var gasLimit: UInt64 = 30_000_000
  /// The base fee of the first block, in wei.
  public var baseFee = Genesis.initialBaseFee
  /// What each account has, in wei: 10,000 ether.
  public var balance = UInt256(10_000) &* UInt256(1_000_000_000_000_000_000)
  /// Seconds since 1970.
  public var timestamp: UInt64

  /// The usual chain, begun at this time.
  public init(timestamp: UInt64) { self.timestamp = timestamp }

  /// The first block, in which `accounts` are funded.
  public func genesis(_ accounts: [DevelopmentAccount]) throws(GenesisError) -> Genesis {
    var header = Header(
      number: 0, gasLimit: gasLimit, timestamp: timestamp,
      extraData: Array("needletail".utf8), baseFeePerGas: fork >= .london ? baseFee : nil)
    if fork < .paris { header.difficulty = UInt256(1) }
    if fork >= .shanghai { header.withdrawalsRoot = Header.emptyTrieRoot }
    if fork >= .cancun {
      (header.blobGasUsed, header.excessBlobGas) = (0, 0)
      header.parentBeaconBlockRoot = .zero
    }
    if fork >= .prague { header.requestsHash = Requests.hash([]) }
    let allocations =
      accounts.map { AccountAllocation(address: $0.address, balance: balance) }
      + (fork >= .cancun ? SystemContracts.allocations : [])
    header.stateRoot = MemoryState(allocations).root()
    return try Genesis(
      rules: ChainRules(chainID: chainID, always: fork), header: header, allocations: allocations)
  }
}
