// Blocks of token transfers.

import Ledger
import Primitives
import State

extension Workload {
  /// A block of transfers of one token between random people, of whom there is at least one.
  public static func erc20Transfers(_ count: Int, people: Int, seed: UInt64) -> Workload {
    precondition(count >= 0 && people > 0, "somebody has to pay")
    let holders = Self.people(people, seed: seed)
    let genesis = StateDiff(
      accounts: fortunes(of: holders)
        + [TokenContract.account(balances: holders.map { ($0.address, fortune) })],
      codes: [TokenContract.code])
    return Workload(
      name: "ERC-20 transfers", genesis: genesis,
      transactions: transactions(count, among: holders, seed: seed) { recipient, amount in
        draft(
          to: TokenContract.address, gasLimit: 60_000, value: .zero,
          data: TokenContract.transferCall(to: recipient, amount: UInt256(amount)))
      })
  }
}
