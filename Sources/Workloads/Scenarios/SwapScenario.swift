// Swaps at constant product.

internal import Primitives
internal import Samples

/// A pool of two tokens, as Contracts/Pool.vy keeps it.
struct Pool {
  /// Where its contract is.
  let address: Address
  /// What it trades.
  let tokens: (first: Token, second: Token)

  private static let depth: UInt256 = 1_000_000 * Workload.ether

  init(of tokens: (first: Token, second: Token), _ builder: inout WorkloadBuilder) {
    address = builder.deploy(.pool)
    self.tokens = tokens
    for (number, token) in [tokens.first, tokens.second].enumerated() {
      builder.world.place(token.address.word, at: address.slot(UInt256(number)))
      builder.world.place(Self.depth, at: address.slot(UInt256(2 + number)))
      token.endow(address, with: Self.depth, in: &builder.world)
    }
  }

  /// Trades; answers what the trader is given. The trader owns enough and has approved it.
  func swap(
    sellsFirst: Bool, _ sold: UInt256, by trader: Address, in world: inout World
  ) -> UInt256 {
    let keys = [address.slot(2), address.slot(3)]
    let (reserveIn, reserveOut) = sellsFirst ? (keys[0], keys[1]) : (keys[1], keys[0])
    let (paid, given) =
      sellsFirst ? (tokens.first, tokens.second) : (tokens.second, tokens.first)
    let afterFee = sold * 997
    let bought = world[reserveOut] * afterFee / (world[reserveIn] * 1000 + afterFee)
    world[reserveIn] += sold
    world[reserveOut] -= bought
    paid.transfer(sold, from: trader, to: address, by: address, in: &world)
    given.transfer(bought, from: address, to: trader, in: &world)
    return bought
  }
}

/// People trade two tokens in pools, one for each chain. Hot trades are all in one pool, where every
/// trade depends on the price that the one before has made.
struct SwapScenario: Scenario {
  private let pools: [Pool]
  private let hotPool: Pool

  init(_ plan: Plan, _ builder: inout WorkloadBuilder) {
    let tokens = (
      first: Token(address: builder.deploy(.token)), second: Token(address: builder.deploy(.token))
    )
    hotPool = Pool(of: tokens, &builder)
    pools = (0..<plan.chainCount).map { _ in Pool(of: tokens, &builder) }
  }

  mutating func step(_ place: Place, _ builder: inout WorkloadBuilder) {
    let pool = place.isHot ? hotPool : pools[place.chain]
    let person = builder.nextPerson()
    let trader = builder.address(of: person)
    let sellsFirst = builder.random.flip()
    let sold = UInt256(1 + builder.random.below(1000)) * Workload.ether
    let paid = sellsFirst ? pool.tokens.first : pool.tokens.second
    // More than is needed, so that nothing becomes zero.
    paid.endow(trader, with: sold + 1, in: &builder.world)
    paid.approve(pool.address, by: trader, sold + 1, in: &builder.world)
    let bought = pool.swap(sellsFirst: sellsFirst, sold, by: trader, in: &builder.world)
    builder.add(
      Call(
        to: pool.address,
        data: CallData.of(
          "swap(bool,uint256,uint256)", UInt256(sellsFirst), sold, bought),
        gas: 72_000...93_000, logs: 3), by: person)
  }
}
