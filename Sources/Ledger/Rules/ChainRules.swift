// Which rules hold at which block of a chain.

public import Primitives

/// A chain's identity and schedule of forks.
public struct ChainRules: Sendable, Hashable {
  /// When a fork begins.
  public enum Activation: Sendable, Hashable {
    /// With the block of this number.
    case block(UInt64)
    /// With the first block of at least this timestamp.
    case timestamp(UInt64)
  }

  /// The chain id of EIP-155.
  public var chainID: UInt64
  /// When each fork begins. One without an entry never begins, unless a later one does.
  public var activations: [Fork: Activation]
  /// Changes of the blob parameters between forks (EIP-7892), by timestamp.
  public var blobSchedule: [UInt64: BlobParameters]
  /// Where the chains that moved the ether of the DAO and those that did not parted (EIP-779); nil for
  /// chains that had no part in it.
  public var daoFork: DAOForkRule?
  /// The total difficulty with which the proof of work ends: Paris holds for the children of a block
  /// that reaches it (EIP-3675). Nil where `activations` alone say when Paris begins.
  public var terminalTotalDifficulty: UInt256?
  /// The contract that takes deposits to the beacon chain (EIP-6110).
  public var depositContract: Address

  /// The main network's deposit contract.
  public static let mainnetDepositContract = Address(
    truncating: 0x0000_0000_219a_b540_356c_bb83_9cbe_0530_3d77_05fa)

  /// The rules of a chain.
  public init(
    chainID: UInt64, activations: [Fork: Activation],
    blobSchedule: [UInt64: BlobParameters] = [:], daoFork: DAOForkRule? = nil,
    terminalTotalDifficulty: UInt256? = nil, depositContract: Address = mainnetDepositContract
  ) {
    self.chainID = chainID
    self.activations = activations
    self.blobSchedule = blobSchedule
    self.daoFork = daoFork
    self.terminalTotalDifficulty = terminalTotalDifficulty
    self.depositContract = depositContract
  }

  /// A chain on which one fork holds from its first block on, with these blob parameters or its own.
  public init(chainID: UInt64, always fork: Fork, blobs: BlobParameters? = nil) {
    self.init(
      chainID: chainID, activations: [fork: .block(0)],
      blobSchedule: blobs.map { [0: $0] } ?? [:])
  }

  /// The fork whose rules hold for a block: the latest one that has begun.
  public func fork(block number: UInt64, timestamp: UInt64) -> Fork {
    var latest = Fork.frontier
    for (fork, activation) in activations where fork > latest {
      switch activation {
      case .block(let first): if number >= first { latest = fork }
      case .timestamp(let first): if timestamp >= first { latest = fork }
      }
    }
    return latest
  }

  /// The fork whose rules hold for a block whose parent has this total difficulty.
  public func fork(
    block number: UInt64, timestamp: UInt64, parentTotalDifficulty: UInt256
  ) -> Fork {
    let scheduled = fork(block: number, timestamp: timestamp)
    guard let terminal = terminalTotalDifficulty, parentTotalDifficulty >= terminal else {
      return scheduled
    }
    return max(scheduled, .paris)
  }

  /// The blob parameters that hold for a block, or nil before Cancun.
  public func blobParameters(block number: UInt64, timestamp: UInt64) -> BlobParameters? {
    let fork = fork(block: number, timestamp: timestamp)
    guard let ofFork = BlobParameters.of(fork) else { return nil }
    let begun = blobSchedule.filter { $0.key <= timestamp }
    guard let newest = begun.max(by: { $0.key < $1.key }) else { return ofFork }
    // A fork that begins later than the entry brings its own parameters again.
    if case .timestamp(let first) = activations[fork], first > newest.key { return ofFork }
    return newest.value
  }
}

extension ChainRules {
  /// Ethereum's main network.
  public static let mainnet = ChainRules(
    chainID: 1,
    activations: [
      .frontier: .block(0),
      .homestead: .block(1_150_000),
      .tangerineWhistle: .block(2_463_000),
      .spuriousDragon: .block(2_675_000),
      .byzantium: .block(4_370_000),
      // Constantinople and its repair, Petersburg, began together.
      .constantinople: .block(7_280_000),
      .petersburg: .block(7_280_000),
      .istanbul: .block(9_069_000),
      .muirGlacier: .block(9_200_000),
      .berlin: .block(12_244_000),
      .london: .block(12_965_000),
      .arrowGlacier: .block(13_773_000),
      .grayGlacier: .block(15_050_000),
      .paris: .block(15_537_394),
      .shanghai: .timestamp(1_681_338_455),
      .cancun: .timestamp(1_710_338_135),
      .prague: .timestamp(1_746_612_311),
      .osaka: .timestamp(1_764_798_551),
    ],
    blobSchedule: [
      1_765_290_071: .bpo1,
      1_767_747_671: .bpo2,
    ],
    daoFork: DAOForkRule(block: 1_920_000),
    terminalTotalDifficulty: 58_750_000_000_000_000_000_000)
}
