// The ERC-20 contract of the workloads.

import Crypto
public import Ledger
public import Primitives
public import State

/// A small ERC-20 token. Its source is Contracts/Token.vy.
public enum TokenContract {
  /// Where the token lives in generated states.
  public static let address = Address(0x7_0ce7)

  /// The contract's code, analysed.
  public static let code: Code = {
    guard let bytes = try? Hex.decode(runtimeCode) else {
      preconditionFailure("the constant below is hex")
    }
    return Code.of(bytes)
  }()

  /// The contract as an account in which holders own so much. Nobody may be named twice.
  public static func account(balances: [(holder: Address, amount: UInt256)]) -> AccountChange {
    let supply = balances.reduce(UInt256.zero) { $0 &+ $1.amount }
    return AccountChange(
      address: address, account: Account(nonce: 1, codeHash: code.hash),
      storage: [SlotChange(slot: supplySlot, value: supply)]
        + balances.map { SlotChange(slot: balanceSlot(of: $0.holder), value: $0.amount) })
  }

  /// Where the balance of a holder stands: Vyper hashes the slot of the map, then the key.
  public static func balanceSlot(of holder: Address) -> UInt256 {
    Keccak256.hash(balancesSlot.bigEndianBytes + holder.word.bigEndianBytes).word
  }

  /// The call data of `transfer(address,uint256)`.
  public static func transferCall(to recipient: Address, amount: UInt256) -> [UInt8] {
    [0xa9, 0x05, 0x9c, 0xbb] + recipient.word.bigEndianBytes + amount.bigEndianBytes
  }

  private static let balancesSlot = UInt256(0)
  private static let supplySlot = UInt256(2)

  /// `vyper -f bytecode_runtime --evm-version cancun Contracts/Token.vy`, Vyper 0.4.3.
  private static let runtimeCode = """
    0x5f3560e01c60026007820660011b6102d201601e395f51565b63a9059cbb81186102ca576044361034176102ce\
    576004358060a01c6102ce576040525f336020525f5260405f2080546024358082038281116102ce579050905081\
    55505f6040516020525f5260405f2080546024358082018281106102ce5790509050815550604051337fddf252ad\
    1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef60243560605260206060a360016060526020\
    6060f35b63095ea7b381186102ca576044361034176102ce576004358060a01c6102ce5760405260243560013360\
    20525f5260405f20806040516020525f5260405f20905055604051337f8c5be1e5ebec7d5bd14f71427d1e84f3dd\
    0314c0f7b2291e5b200ac8c7c3b92560243560605260206060a3600160605260206060f35b6323b872dd81186102\
    ca576064361034176102ce576004358060a01c6102ce576040526024358060a01c6102ce57606052600160405160\
    20525f5260405f2080336020525f5260405f20905080546044358082038281116102ce57905090508155505f6040\
    516020525f5260405f2080546044358082038281116102ce57905090508155505f6060516020525f5260405f2080\
    546044358082018281106102ce57905090508155506060516040517fddf252ad1be2c89b69c2b068fc378daa952b\
    a7f163c4a11628f55a4df523b3ef60443560805260206080a3600160805260206080f35b6370a0823181186102ca\
    576024361034176102ce576004358060a01c6102ce576040525f6040516020525f5260405f205460605260206060\
    f35b63dd62ed3e81186102ca576044361034176102ce576004358060a01c6102ce576040526024358060a01c6102\
    ce5760605260016040516020525f5260405f20806060516020525f5260405f2090505460805260206080f35b6318\
    160ddd81186102ca57346102ce5760025460405260206040f35b5f5ffd5b5f80fd021c00ba0137001802ca02ae02\
    56
    """
}
