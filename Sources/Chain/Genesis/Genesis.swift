// The first block of a chain.

public import Ledger
public import Primitives
public import State

/// The first block of a chain, the state it begins with, and the chain's rules.
public struct Genesis: Sendable {
  /// The schedule of forks.
  public var rules: ChainRules
  /// The header, with the root of the state.
  public var header: Header
  /// The accounts that the state begins with.
  public var allocations: [AccountAllocation]

  /// The base fee of a first block that has London's rules and states none, in wei (EIP-1559).
  public static let initialBaseFee = UInt256(1_000_000_000 as UInt64)

  /// A genesis whose header commits to its state.
  public init(
    rules: ChainRules, header: Header, allocations: [AccountAllocation]
  ) throws(GenesisError) {
    self.init(unchecked: header, rules: rules, allocations: allocations)
    let root = state().root()
    guard root == header.stateRoot else {
      throw .stateRootDiffers(stated: header.stateRoot, computed: root)
    }
  }

  /// A genesis of these parts; the header gets the state's root.
  init(withStateRootFor header: Header, rules: ChainRules, allocations: [AccountAllocation]) {
    self.init(unchecked: header, rules: rules, allocations: allocations)
    self.header.stateRoot = state().root()
  }

  private init(unchecked header: Header, rules: ChainRules, allocations: [AccountAllocation]) {
    self.rules = rules
    self.header = header
    self.allocations = allocations
  }

  /// The hash of the first block.
  public var hash: Hash256 { header.hash }

  /// The first block: no transactions, no ommers, and no withdrawals where there could be some.
  public var block: Block {
    Block(header: header, withdrawals: header.withdrawalsRoot == nil ? nil : [])
  }

  /// The state that the chain begins with.
  public func state() -> MemoryState { MemoryState(allocations) }
}
