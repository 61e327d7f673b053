// The workloads there are.

internal import Samples

/// A workload by name, and how blocks of it are made.
public struct WorkloadDefinition: Sendable {
  /// Its name, as the command line takes it.
  public let name: String
  /// One line.
  public let summary: String
  /// The knobs where nobody turns them.
  public let defaults: WorkloadKnobs
  private let traits: Traits
  private let scenario: @Sendable (Plan, inout WorkloadBuilder) -> any Scenario

  /// A block of it. The same arguments always give the same workload, byte for byte.
  public func generate(_ knobs: WorkloadKnobs, seed: UInt64) -> Workload {
    let knobs = knobs.sanitized
    var builder = WorkloadBuilder(seed: seed, people: knobs.accounts)
    let plan = Plan(
      count: knobs.transactions, hotRatio: knobs.hotRatio, chainLength: knobs.chainLength,
      distance: knobs.dependencyDistance, random: &builder.random)
    var scenario = scenario(plan, &builder)
    for place in plan.places { scenario.step(place, &builder) }
    return builder.workload(named: name)
  }

  /// Whether it matters for its blocks where `knob` stands while the others stand as in `knobs`.
  public func heeds(_ knob: WorkloadKnobs.Knob, in knobs: WorkloadKnobs) -> Bool {
    let knobs = knobs.sanitized
    let isAllHot = traits.contains(.hot) && knobs.hotRatio == 1
    let hasChains = traits.contains(.chains) && !isAllHot
    return switch knob {
    case .accounts: !(isAllHot && traits.contains(.oneHotSender))
    case .hotRatio: traits.contains(.hot)
    case .chainLength: hasChains
    case .dependencyDistance: hasChains && knobs.chainLength > 1
    }
  }

  /// The workload of this name.
  public static func named(_ name: String) -> WorkloadDefinition? { all.first { $0.name == name } }

  /// All workloads.
  public static let all: [WorkloadDefinition] = [
    WorkloadDefinition(
      "raw", "transfers of ether, each from somebody to somebody else"
    ) { TransferScenario(chains: $0, &$1) },
    WorkloadDefinition(
      "erc20", "transfers of a token, each from somebody to somebody else"
    ) { TokenScenario(chains: $0, hot: .recipient, &$1) },
    WorkloadDefinition(
      "erc20-hot", "transfers of a token, all to one recipient", hotRatio: 1
    ) { TokenScenario(chains: $0, hot: .recipient, &$1) },
    WorkloadDefinition(
      "erc20-hot-sender", "transfers of a token, all by one sender", hotRatio: 1,
      traits: [.hot, .chains, .oneHotSender]
    ) { TokenScenario(chains: $0, hot: .sender, &$1) },
    WorkloadDefinition(
      "erc20-airdrop", "one contract hands out a token, to eight at once", traits: []
    ) { AirdropScenario(&$1) },
    WorkloadDefinition(
      "swap-one-pool", "swaps of two tokens in one pool: every one changes the price", hotRatio: 1
    ) { SwapScenario($0, &$1) },
    WorkloadDefinition(
      "swap-many-pools", "swaps of two tokens, ten in each of many pools", chainLength: 10
    ) { SwapScenario($0, &$1) },
    WorkloadDefinition(
      "lending", "deposits, loans, repayments and liquidations in one market", chainLength: 3
    ) { LendingScenario($0, &$1) },
    WorkloadDefinition(
      "nft", "unique tokens are minted, listed and bought for ether", chainLength: 3
    ) { NFTScenario(&$1) },
    WorkloadDefinition(
      "game", "items are crafted and traded, players move over a map", chainLength: 3
    ) { GameScenario(&$1) },
    WorkloadDefinition(
      "dao", "proposals, votes, queued and executed grants, payments", chainLength: 20
    ) { GovernanceScenario($0, &$1) },
    WorkloadDefinition(
      "supply-chain", "medicine from its maker to the pharmacy, with inspections and recalls",
      chainLength: 6
    ) { SupplyChainScenario(&$1) },
    WorkloadDefinition(
      "rewards", "machines report work, an epoch is settled, owners claim their share",
      chainLength: 3
    ) { RewardsScenario($0, &$1) },
    WorkloadDefinition(
      "mixed", "of everything, in the proportions of mainnet", hotRatio: 0.1, traits: .hot
    ) { MixedScenario($0, &$1) },
  ]

  private init(
    _ name: String, _ summary: String, hotRatio: Double = 0, chainLength: Int = 1,
    traits: Traits = [.hot, .chains],
    scenario: @escaping @Sendable (Plan, inout WorkloadBuilder) -> any Scenario
  ) {
    self.name = name
    self.summary = summary
    self.traits = traits
    defaults = WorkloadKnobs(hotRatio: hotRatio, chainLength: chainLength)
    self.scenario = scenario
  }
}

/// What the transactions of a workload can be made to do.
private struct Traits: OptionSet {
  let rawValue: Int
  /// To go to the one thing that all want.
  static let hot = Traits(rawValue: 1)
  /// To depend each on the one before.
  static let chains = Traits(rawValue: 2)
  /// To be signed by one person where they are hot.
  static let oneHotSender = Traits(rawValue: 4)
}

/// What happens in the blocks of a workload: contracts, and one transaction after another.
protocol Scenario {
  /// Adds the transaction of this place to the block.
  mutating func step(_ place: Place, _ builder: inout WorkloadBuilder)
}
