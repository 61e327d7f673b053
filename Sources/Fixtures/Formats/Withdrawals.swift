// Withdrawals as JSON-RPC and the Engine API write them.

public import JSON
public import Ledger

extension JSONValue {
  /// A list of payments from the consensus layer (EIP-4895).
  public func withdrawals() throws(JSONError) -> [Withdrawal] {
    var list: [Withdrawal] = []
    for value in try elements() {
      list.append(
        Withdrawal(
          index: try value.field("index").uint64(),
          validatorIndex: try value.field("validatorIndex").uint64(),
          address: try value.field("address").address(),
          amount: try value.field("amount").uint64()))
    }
    return list
  }
}
