// Transfers of a token.

internal import Primitives
internal import Samples

/// A token goes from somebody to somebody else. In a chain, each passes on what it was just given and
/// owns nothing else.
struct TokenScenario: Scenario {
  /// Who is the same in all hot transfers.
  enum Hot { case sender, recipient }

  private let token: Token
  private let hot: Hot
  private let hotRecipient: Address
  private var hotSender: Int?
  private let isChained: Bool
  /// Who was given tokens last, by chain.
  private var gifts: [Int: Int] = [:]

  private static let amount: UInt256 = 1_000_000

  init(chains plan: Plan, hot: Hot, _ builder: inout WorkloadBuilder) {
    token = Token(address: builder.deploy(.token, at: TokenContract.address))
    self.hot = hot
    hotRecipient = builder.stranger()
    isChained = plan.isChained
    token.endow(hotRecipient, with: 1, in: &builder.world)
  }

  mutating func step(_ place: Place, _ builder: inout WorkloadBuilder) {
    switch (place.isHot, hot) {
    case (true, .recipient):
      pay(builder.nextPerson(), hotRecipient, &builder)
    case (true, .sender):
      let sender = hotSender ?? builder.nextPerson()
      hotSender = sender
      pay(sender, holder(&builder), &builder)
    case (false, _) where isChained:
      let sender = gifts[place.chain]
      let next = builder.nextPerson()
      gifts[place.chain] = next
      if let sender {
        transfer(Self.amount, from: sender, to: builder.address(of: next), &builder)
      } else {
        let sender = builder.nextPerson()
        token.endow(builder.address(of: sender), with: Self.amount, in: &builder.world)
        transfer(Self.amount, from: sender, to: builder.address(of: next), &builder)
      }
    case (false, _):
      pay(builder.nextPerson(), holder(&builder), &builder)
    }
  }

  /// Somebody who owns a little.
  private func holder(_ builder: inout WorkloadBuilder) -> Address {
    let holder = builder.stranger()
    token.endow(holder, with: 1, in: &builder.world)
    return holder
  }

  /// A transfer of some of what the sender owns.
  private func pay(_ sender: Int, _ recipient: Address, _ builder: inout WorkloadBuilder) {
    token.endow(builder.address(of: sender), with: Self.amount, in: &builder.world)
    let amount = UInt256(1 + builder.random.below(1000))
    transfer(amount, from: sender, to: recipient, &builder)
  }

  private func transfer(
    _ amount: UInt256, from sender: Int, to recipient: Address, _ builder: inout WorkloadBuilder
  ) {
    let isPaid = token.transfer(
      amount, from: builder.address(of: sender), to: recipient, in: &builder.world)
    builder.add(
      token.transferCall(to: recipient, amount), by: sender, succeeds: isPaid)
  }
}

extension Token {
  /// `transfer(address,uint256)`
  func transferCall(to recipient: Address, _ amount: UInt256) -> Call {
    Call(
      to: address, data: CallData.of("transfer(address,uint256)", recipient.word, amount),
      gas: 26_000...52_000, logs: 1)
  }
}
