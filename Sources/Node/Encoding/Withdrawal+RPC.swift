// Withdrawals as requests bring them.

internal import JSON
internal import Ledger
internal import Primitives

extension JSONValue {
  /// The payments from the consensus layer.
  func rpcWithdrawals() throws(RPCError) -> [Withdrawal] {
    try rpcList(atMost: 1 << 16) { (entry) throws(RPCError) in try Withdrawal(rpc: entry) }
  }
}

extension Withdrawal {
  /// As geth reads them: what is missing is zero. A payload that lacks something has another hash than it says.
  fileprivate init(rpc object: JSONValue) throws(RPCError) {
    guard object.kind == .object else {
      throw .invalidParameters("\(object.kind.rawValue) where a withdrawal should be")
    }
    func number(_ name: String) throws(RPCError) -> UInt64 {
      try object.rpcMember(name) { (value) throws(RPCError) in try value.rpcQuantity() } ?? 0
    }
    let address = try object.rpcMember("address") { (value) throws(RPCError) in
      try value.rpcAddress()
    }
    self.init(
      index: try number("index"), validatorIndex: try number("validatorIndex"),
      address: address ?? .zero, amount: try number("amount"))
  }
}
