// A token that is handed out.

internal import Primitives
internal import Samples

/// One contract owns a token, and its operators hand it out to eight at once: all change the
/// contract's balance and its count.
struct AirdropScenario: Scenario {
  private let token: Token
  private let airdrop: Address

  private static let receiverCount = 8

  init(_ builder: inout WorkloadBuilder) {
    token = Token(address: builder.deploy(.token, at: TokenContract.address))
    airdrop = builder.deploy(.airdrop)
    builder.world.place(token.address.word, at: airdrop.slot(0))
    token.endow(airdrop, with: UInt256(1) &<< 128, in: &builder.world)
  }

  mutating func step(_ place: Place, _ builder: inout WorkloadBuilder) {
    let sender = builder.nextPerson()
    builder.world.place(1, at: airdrop.slot(1)[builder.address(of: sender)])
    let amount = UInt256(1 + builder.random.below(1000))
    let receivers = (0..<Self.receiverCount).map { _ in builder.stranger() }
    for receiver in receivers {
      token.transfer(amount, from: airdrop, to: receiver, in: &builder.world)
    }
    builder.world[airdrop.slot(2)] += UInt256(receivers.count) * amount
    builder.add(
      Call(
        to: airdrop, data: CallData.of("drop(address[],uint256)", receivers, amount),
        gas: 235_000...265_000, logs: receivers.count), by: sender)
  }
}
