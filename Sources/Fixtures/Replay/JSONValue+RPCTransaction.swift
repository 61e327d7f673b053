// Transactions as JSON-RPC gives them.

public import JSON
public import Ledger
internal import Primitives

extension JSONValue {
  /// A signed transaction as JSON-RPC gives it.
  public func rpcTransaction() throws(JSONError) -> Transaction {
    let type = try optionalField("type")
    let typeNumber = try type?.uint64() ?? 0
    guard let number = UInt8(exactly: typeNumber),
      let kind = Transaction.Kind(rawValue: number)
    else { throw (type ?? self).unexpected("a transaction type from 0x0 to 0x4") }
    let price = try field(kind.hasDynamicFee ? "maxFeePerGas" : "gasPrice").uint256()
    var transaction = Transaction(
      kind: kind, chainID: kind == .legacy ? nil : try field("chainId").uint64(),
      nonce: try field("nonce").uint64(),
      maxPriorityFeePerGas: kind.hasDynamicFee
        ? try field("maxPriorityFeePerGas").uint256() : nil,
      maxFeePerGas: price, gasLimit: try field("gas").uint64(),
      to: try optionalField("to")?.address(), value: try field("value").uint256(),
      data: try field("input").bytes())
    if kind >= .accessList, let list = try optionalField("accessList") {
      transaction.accessList = try list.accessList()
    }
    if kind == .blob {
      transaction.maxFeePerBlobGas = try field("maxFeePerBlobGas").uint256()
      for hash in try field("blobVersionedHashes").elements() {
        transaction.blobVersionedHashes.append(try hash.hash())
      }
    }
    if kind == .setCode {
      for element in try field("authorizationList").elements() {
        transaction.authorizations.append(try element.authorization())
      }
    }
    try sign(&transaction)
    return transaction
  }

  private func sign(_ transaction: inout Transaction) throws(JSONError) {
    transaction.signature.r = try field("r").uint256()
    transaction.signature.s = try field("s").uint256()
    let hasParity = try has("yParity")
    let field = try field(transaction.kind != .legacy && hasParity ? "yParity" : "v")
    let v = try field.uint64()
    switch (transaction.kind, v) {
    case (.legacy, 27...28): transaction.signature.yParity = UInt8(v - 27)
    case (.legacy, 35...):
      transaction.signature.yParity = UInt8((v - 35) & 1)
      transaction.chainID = (v - 35) >> 1
    case (.accessList..., 0...1): transaction.signature.yParity = UInt8(v)
    default: throw field.unexpected("the parity of a signature")
    }
  }
}
