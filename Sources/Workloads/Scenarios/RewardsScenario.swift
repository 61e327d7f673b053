// Shares of those who lend their machines.

internal import Primitives
internal import Samples

/// A network that pays for work, as Contracts/Rewards.vy keeps it.
struct RewardsNetwork {
  /// Where its contract is.
  let address: Address
  /// What it pays in.
  let token: Token

  /// The epoch that runs when the block begins; the one before is settled.
  static let epoch: UInt256 = 40
  static let budget: UInt256 = 1_000_000 * Workload.ether
  private static let settledRate: UInt256 = 1_000_000

  private var epoch: StorageKey { address.slot(3) }
  private func owner(of machine: Address) -> StorageKey { address.slot(4)[machine] }
  private func work(of owner: Address, in epoch: UInt256) -> StorageKey {
    address.slot(5)[epoch][owner]
  }
  private func totalWork(in epoch: UInt256) -> StorageKey { address.slot(6)[epoch] }
  private func rate(of epoch: UInt256) -> StorageKey { address.slot(7)[epoch] }

  init(coordinator: Address, _ builder: inout WorkloadBuilder) {
    address = builder.deploy(.rewards)
    token = Token(address: builder.deploy(.token))
    builder.world.place(token.address.word, at: address.slot(0))
    builder.world.place(coordinator.word, at: address.slot(1))
    builder.world.place(Self.budget, at: address.slot(2))
    builder.world.place(Self.epoch, at: epoch)
    builder.world.place(Self.settledRate, at: rate(of: Self.epoch - 1))
    builder.world.place(1, at: totalWork(in: Self.epoch))
    token.endow(address, with: 1000 * Self.budget, in: &builder.world)
  }

  /// Says from the beginning whose a machine is, unless it is somebody's.
  func place(_ machine: Address, of owner: Address, in world: inout World) {
    guard world[self.owner(of: machine)].isZero else { return }
    world.place(owner.word, at: self.owner(of: machine))
  }

  /// Lets an owner have worked in the settled epoch.
  func endow(_ owner: Address, units: UInt256, in world: inout World) {
    world.endow(work(of: owner, in: Self.epoch - 1), with: units)
  }

  func report(_ units: UInt256, by machine: Address, in world: inout World) {
    let now = world[epoch]
    let owner = Address(truncating: world[owner(of: machine)])
    world[work(of: owner, in: now)] += units
    world[totalWork(in: now)] += units
  }

  func settle(in world: inout World) {
    let now = world[epoch]
    world[rate(of: now)] = Self.budget / world[totalWork(in: now)]
    world[epoch] = now + 1
  }

  /// What the owner can claim of an epoch.
  func share(of owner: Address, in epoch: UInt256, _ world: World) -> UInt256 {
    world[work(of: owner, in: epoch)] * world[rate(of: epoch)]
  }

  func claim(_ epoch: UInt256, by owner: Address, in world: inout World) {
    let amount = share(of: owner, in: epoch, world)
    world[work(of: owner, in: epoch)] = .zero
    token.transfer(amount, from: address, to: owner, in: &world)
  }
}

/// In a chain, the machine of an owner reports twice, then the owner claims what is settled. In the
/// middle of the block the running epoch is settled. Hot transactions report for one owner.
struct RewardsScenario: Scenario {
  private let network: RewardsNetwork
  private let coordinator: Int
  private let cluster: Address
  private let settlesAt: Int
  private var steps = 0
  private var owners: [Int: (owner: Int, machine: Int)] = [:]
  /// Who has worked in the epoch before.
  private var veterans: Set<Int> = []

  init(_ plan: Plan, _ builder: inout WorkloadBuilder) {
    coordinator = builder.nextPerson()
    network = RewardsNetwork(coordinator: builder.address(of: coordinator), &builder)
    cluster = builder.stranger()
    settlesAt = plan.places.count / 2
  }

  mutating func step(_ place: Place, _ builder: inout WorkloadBuilder) {
    defer { steps += 1 }
    if steps == settlesAt {
      settle(&builder)
    } else if place.isHot {
      let machine = builder.nextPerson()
      network.place(builder.address(of: machine), of: cluster, in: &builder.world)
      report(by: machine, &builder)
    } else {
      let (owner, machine) = team(of: place.chain, &builder)
      if place.link % 3 < 2 {
        report(by: machine, &builder)
      } else {
        claim(by: owner, &builder)
      }
    }
  }

  private mutating func team(
    of chain: Int, _ builder: inout WorkloadBuilder
  ) -> (owner: Int, machine: Int) {
    if let known = owners[chain] { return known }
    let team = (owner: builder.nextPerson(), machine: builder.nextPerson())
    let owner = builder.address(of: team.owner)
    network.place(builder.address(of: team.machine), of: owner, in: &builder.world)
    if veterans.insert(team.owner).inserted {
      network.endow(owner, units: UInt256(1 + builder.random.below(1000)), in: &builder.world)
    }
    owners[chain] = team
    return team
  }

  private func report(by machine: Int, _ builder: inout WorkloadBuilder) {
    let units = UInt256(1 + builder.random.below(1000))
    network.report(units, by: builder.address(of: machine), in: &builder.world)
    builder.add(
      Call(
        to: network.address, data: CallData.of("report(uint256)", units),
        gas: 36_000...75_000, logs: 1), by: machine)
  }

  private func settle(_ builder: inout WorkloadBuilder) {
    network.settle(in: &builder.world)
    builder.add(
      Call(to: network.address, data: CallData.of("settle()"), gas: 55_000...58_000, logs: 1),
      by: coordinator)
  }

  private func claim(by owner: Int, _ builder: inout WorkloadBuilder) {
    let address = builder.address(of: owner)
    // What the block itself has settled comes first.
    let epoch =
      network.share(of: address, in: RewardsNetwork.epoch, builder.world).isZero
      ? RewardsNetwork.epoch - 1 : RewardsNetwork.epoch
    let isDue = !network.share(of: address, in: epoch, builder.world).isZero
    if isDue { network.claim(epoch, by: address, in: &builder.world) }
    builder.add(
      Call(
        to: network.address, data: CallData.of("claim(uint256)", epoch),
        gas: 41_000...62_000, logs: 2), by: owner, succeeds: isDue)
  }
}
