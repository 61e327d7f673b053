// Of everything, as on mainnet.

internal import Primitives
internal import Samples

/// Transactions of all workloads in one block. The proportions are those of recorded blocks of
/// mainnet from June 2024: of 100 transactions, 38 transfer ether, 32 a token, and 30 call other
/// contracts.
struct MixedScenario: Scenario {
  private struct Part {
    let weight: Int
    let chainLength: Int
    let scenario: @Sendable (Plan, inout WorkloadBuilder) -> any Scenario
  }

  private static let parts = [
    Part(weight: 38, chainLength: 1) { TransferScenario(chains: $0, &$1) },
    Part(weight: 31, chainLength: 1) { TokenScenario(chains: $0, hot: .recipient, &$1) },
    Part(weight: 1, chainLength: 1) { AirdropScenario(&$1) },
    Part(weight: 14, chainLength: 4) { SwapScenario($0, &$1) },
    Part(weight: 5, chainLength: 3) { NFTScenario(&$1) },
    Part(weight: 4, chainLength: 3) { LendingScenario($0, &$1) },
    Part(weight: 2, chainLength: 3) { GameScenario(&$1) },
    Part(weight: 2, chainLength: 20) { GovernanceScenario($0, &$1) },
    Part(weight: 1, chainLength: 6) { SupplyChainScenario(&$1) },
    Part(weight: 2, chainLength: 3) { RewardsScenario($0, &$1) },
  ]

  private var scenarios: [any Scenario] = []
  /// The places that each scenario has yet to take, last first.
  private var places: [[Place]] = []
  /// Which scenario takes each step, last first.
  private var turns: [Int]

  init(_ plan: Plan, _ builder: inout WorkloadBuilder) {
    let choices = Self.parts.enumerated().map { (weight: $1.weight, choice: $0) }
    turns = plan.places.map { _ in builder.random.pick(weighted: choices) }
    let hotRatio = plan.places.isEmpty ? 0 : Double(plan.hotCount) / Double(plan.places.count)
    for (number, part) in Self.parts.enumerated() {
      let plan = Plan(
        count: turns.count { $0 == number }, hotRatio: hotRatio, chainLength: part.chainLength,
        distance: nil, random: &builder.random)
      places.append(plan.places.reversed())
      scenarios.append(part.scenario(plan, &builder))
    }
    turns.reverse()
  }

  mutating func step(_ place: Place, _ builder: inout WorkloadBuilder) {
    let number = turns.removeLast()
    scenarios[number].step(places[number].removeLast(), &builder)
  }
}
