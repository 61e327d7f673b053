// Votes about a treasury.

internal import Primitives
internal import Samples

/// A treasury and its proposals, as Contracts/Governance.vy keeps them.
struct Treasury {
  /// Where its contract is.
  let address: Address

  private static let votingPeriod: UInt64 = 3 * 86_400
  private static let delay: UInt64 = 2 * 86_400
  private static let now = UInt256(WorkloadBuilder.timestamp)

  /// Where a proposal begins. Its members: payee, amount, votes for and against, end of the vote,
  /// earliest execution, whether it was executed.
  private func proposal(_ id: UInt256) -> StorageKey { address.slot(0)[id] }
  private var count: StorageKey { address.slot(1) }
  private func power(of member: Address) -> StorageKey { address.slot(2)[member] }
  private func hasVoted(_ voter: Address, on id: UInt256) -> StorageKey {
    address.slot(3)[id][voter]
  }
  private func grant(to payee: Address) -> StorageKey { address.slot(5)[payee] }
  private var granted: StorageKey { address.slot(6) }

  /// How far a proposal has come.
  enum Stage {
    case voting, accepted, executable
  }

  init(wealth: UInt256, quorum: UInt256, _ builder: inout WorkloadBuilder) {
    address = builder.deploy(.governance)
    builder.world.endow(address, with: wealth)
    builder.world.place(quorum, at: address.slot(4))
  }

  /// A proposal from the beginning; answers its number.
  func place(
    _ stage: Stage, payee: Address, amount: UInt256, votes: UInt256, in world: inout World
  ) -> UInt256 {
    let id = world[count]
    world.endow(count, with: 1)
    let start = proposal(id)
    world.place(payee.word, at: start)
    world.place(amount, at: start.member(1))
    world.place(votes, at: start.member(2))
    world.place(votes / 2, at: start.member(3))
    world.place(stage == .voting ? Self.now + 3600 : Self.now - 86_400, at: start.member(4))
    if stage == .executable { world.place(Self.now - 60, at: start.member(5)) }
    return id
  }

  /// Makes somebody a member from the beginning.
  func place(member: Address, power: UInt256, in world: inout World) {
    world.place(power, at: self.power(of: member))
  }

  /// Grants something from the beginning.
  func endow(_ payee: Address, with amount: UInt256, in world: inout World) {
    world.endow(grant(to: payee), with: amount)
    world.endow(granted, with: amount)
  }

  func propose(payee: Address, amount: UInt256, in world: inout World) {
    let start = proposal(world[count])
    world[count] += 1
    world[start] = payee.word
    world[start.member(1)] = amount
    world[start.member(4)] = Self.now + UInt256(Self.votingPeriod)
  }

  /// False, and nothing happens, for a second vote.
  func vote(on id: UInt256, isFor: Bool, by voter: Address, in world: inout World) -> Bool {
    guard world[hasVoted(voter, on: id)].isZero else { return false }
    world[hasVoted(voter, on: id)] = 1
    world[proposal(id).member(isFor ? 2 : 3)] += world[power(of: voter)]
    return true
  }

  func queue(_ id: UInt256, in world: inout World) {
    world[proposal(id).member(5)] = Self.now + UInt256(Self.delay)
  }

  func execute(_ id: UInt256, in world: inout World) {
    let start = proposal(id)
    world[start.member(6)] = 1
    world[granted] += world[start.member(1)]
    world[grant(to: Address(truncating: world[start]))] += world[start.member(1)]
  }

  func payOut(to payee: Address, in world: inout World) {
    let amount = world[grant(to: payee)]
    world[grant(to: payee)] = .zero
    world[granted] -= amount
    world.move(amount, from: address, to: payee)
  }
}

/// In a chain, a proposal is made, another queued, a third executed, a grant paid out, and then all
/// vote on one that belongs to the chain. Hot transactions vote on one that belongs to none.
struct GovernanceScenario: Scenario {
  private let treasury: Treasury
  private let hotProposal: UInt256
  /// The proposals of a chain: one to vote on, and those to queue and to execute.
  private var proposals: [(open: UInt256, accepted: [UInt256], executable: [UInt256])] = []
  /// Who was paid: there is one grant for each.
  private var paid: Set<Int> = []

  private static let cycle = 20
  private static let amount: UInt256 = 1_000_000_000
  private static let quorum: UInt256 = 1000

  init(_ plan: Plan, _ builder: inout WorkloadBuilder) {
    treasury = Treasury(
      wealth: UInt256(plan.places.count + 1) * Self.amount, quorum: Self.quorum, &builder)
    hotProposal = Self.proposal(of: treasury, .voting, &builder)
    // Numbers are given in order, so all that stand before the block are placed before it begins.
    let rounds = (plan.longestChain + Self.cycle - 1) / Self.cycle
    for _ in 0..<plan.chainCount {
      let open = Self.proposal(of: treasury, .voting, &builder)
      let rest = [Treasury.Stage.accepted, .executable].map { stage in
        (0..<rounds).map { _ in Self.proposal(of: treasury, stage, &builder) }
      }
      proposals.append((open, rest[0], rest[1]))
    }
  }

  private static func proposal(
    of treasury: Treasury, _ stage: Treasury.Stage, _ builder: inout WorkloadBuilder
  ) -> UInt256 {
    let payee = builder.stranger()
    return treasury.place(
      stage, payee: payee, amount: amount, votes: 2 * quorum, in: &builder.world)
  }

  mutating func step(_ place: Place, _ builder: inout WorkloadBuilder) {
    let person = builder.nextPerson()
    treasury.place(
      member: builder.address(of: person), power: UInt256(1 + person % 100), in: &builder.world)
    if place.isHot {
      vote(on: hotProposal, by: person, &builder)
      return
    }
    let (round, step) = place.link.quotientAndRemainder(dividingBy: Self.cycle)
    let proposals = proposals[place.chain]
    switch step {
    case 0: propose(by: person, &builder)
    case 1: queue(proposals.accepted[round], by: person, &builder)
    case 2: execute(proposals.executable[round], by: person, &builder)
    case 3: payOut(to: person, &builder)
    default: vote(on: proposals.open, by: person, &builder)
    }
  }

  private func propose(by person: Int, _ builder: inout WorkloadBuilder) {
    let payee = builder.stranger()
    treasury.propose(payee: payee, amount: Self.amount, in: &builder.world)
    builder.add(
      Call(
        to: treasury.address,
        data: CallData.of("propose(address,uint256)", payee.word, Self.amount),
        gas: 95_000...100_000, logs: 1), by: person)
  }

  private func vote(on id: UInt256, by person: Int, _ builder: inout WorkloadBuilder) {
    let isFor = builder.random.flip()
    let counts = treasury.vote(
      on: id, isFor: isFor, by: builder.address(of: person), in: &builder.world)
    builder.add(
      Call(
        to: treasury.address,
        data: CallData.of("vote(uint256,bool)", id, UInt256(isFor)),
        gas: 54_000...58_000, logs: 1), by: person, succeeds: counts)
  }

  private func queue(_ id: UInt256, by person: Int, _ builder: inout WorkloadBuilder) {
    treasury.queue(id, in: &builder.world)
    builder.add(
      Call(
        to: treasury.address, data: CallData.of("queue(uint256)", id), gas: 52_000...55_000,
        logs: 1), by: person)
  }

  private func execute(_ id: UInt256, by person: Int, _ builder: inout WorkloadBuilder) {
    treasury.execute(id, in: &builder.world)
    builder.add(
      Call(
        to: treasury.address, data: CallData.of("execute(uint256)", id), gas: 77_000...98_000,
        logs: 1), by: person)
  }

  private mutating func payOut(to person: Int, _ builder: inout WorkloadBuilder) {
    let payee = builder.address(of: person)
    let isDue = paid.insert(person).inserted
    if isDue {
      treasury.endow(payee, with: Self.amount, in: &builder.world)
      treasury.payOut(to: payee, in: &builder.world)
    }
    builder.add(
      Call(
        to: treasury.address, data: CallData.of("payOut()"), gas: 27_000...37_000, logs: 1),
      by: person, succeeds: isDue)
  }
}
