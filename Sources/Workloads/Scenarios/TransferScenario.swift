// Transfers of ether.

internal import Primitives
internal import Samples

/// Ether goes from somebody to somebody else. In a chain, each passes on what it was just given and
/// owns nothing else; hot transfers go to one recipient.
struct TransferScenario: Scenario {
  private let hotRecipient: Address
  /// Who was given ether last, and how much, by chain.
  private var gifts: [Int: (person: Int, amount: UInt256)] = [:]
  private let isChained: Bool

  private static let amount: UInt256 = 1_000_000

  init(chains plan: Plan, _ builder: inout WorkloadBuilder) {
    hotRecipient = builder.stranger()
    builder.world.endow(hotRecipient, with: Workload.ether)
    isChained = plan.isChained
  }

  mutating func step(_ place: Place, _ builder: inout WorkloadBuilder) {
    if place.isHot || !isChained {
      let sender = builder.nextPerson()
      var recipient = hotRecipient
      if !place.isHot {
        recipient = builder.stranger()
        builder.world.endow(recipient, with: Workload.ether)
      }
      let amount = UInt256(1 + builder.random.below(1000))
      builder.world.endow(builder.address(of: sender), with: amount)
      send(amount, from: sender, to: recipient, &builder)
      return
    }
    let gift = gifts[place.chain] ?? first(&builder)
    let next = builder.nextPerson(isPoor: true)
    gifts[place.chain] = (next, gift.amount)
    send(gift.amount, from: gift.person, to: builder.address(of: next), &builder)
  }

  /// Who begins a chain, and what goes through it.
  private func first(_ builder: inout WorkloadBuilder) -> (person: Int, amount: UInt256) {
    let person = builder.nextPerson()
    builder.world.endow(builder.address(of: person), with: Self.amount)
    return (person, Self.amount)
  }

  private func send(
    _ amount: UInt256, from sender: Int, to recipient: Address, _ builder: inout WorkloadBuilder
  ) {
    builder.add(Call(to: recipient, value: amount, gas: 21_000...21_000), by: sender)
  }
}
