// What the first blocks of test networks give to whom.

internal import Primitives
internal import State

extension Genesis {
  /// A wei, 10^18 times.
  static let ether = UInt256(1_000_000_000_000_000_000 as UInt64)

  /// Accounts by the millions of ether that each of them has.
  static func allocations(
    inMillions table: [(millions: UInt64, accounts: [UInt256])]
  ) -> [AccountAllocation] {
    table.flatMap { millions, accounts in
      let balance = UInt256(millions) &* UInt256(1_000_000 as UInt64) &* ether
      return accounts.map {
        AccountAllocation(address: Address(truncating: $0), balance: balance)
      }
    }
  }
}
