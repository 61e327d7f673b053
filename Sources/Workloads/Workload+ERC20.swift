// Blocks of token transfers.

internal import Primitives

extension Workload {
  /// A block of transfers of one token between random people, of whom there is at least one.
  public static func erc20Transfers(_ count: Int, people: Int, seed: UInt64) -> Workload {
    var builder = WorkloadBuilder(seed: seed, people: people)
    let token = Token(address: builder.deploy(.token, at: TokenContract.address))
    for person in builder.populate(people) {
      token.endow(builder.address(of: person), with: fortune, in: &builder.world)
    }
    builder.betweenPeople(people, count: count) { sender, recipient, amount, builder in
      let payee = builder.address(of: recipient)
      token.transfer(amount, from: builder.address(of: sender), to: payee, in: &builder.world)
      builder.add(token.transferCall(to: payee, amount), by: sender)
    }
    return builder.workload(named: "ERC-20 transfers")
  }
}
