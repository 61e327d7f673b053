// Blocks of ether transfers.

import Ledger
import Primitives
import State

extension Workload {
  /// A block of transfers of ether between random people, of whom there is at least one.
  public static func transfers(_ count: Int, people: Int, seed: UInt64) -> Workload {
    precondition(count >= 0 && people > 0, "somebody has to pay")
    let inhabitants = Self.people(people, seed: seed)
    return Workload(
      name: "transfers", genesis: StateDiff(accounts: fortunes(of: inhabitants)),
      transactions: transactions(count, among: inhabitants, seed: seed) { recipient, amount in
        draft(to: recipient, gasLimit: 21_000, value: UInt256(amount), data: [])
      })
  }
}
