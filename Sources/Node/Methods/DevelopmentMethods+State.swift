// Methods that edit the state at the head (see StateEdits).

internal import Crypto
internal import JSON
internal import Ledger
internal import Primitives
internal import State

extension DevelopmentMethods {
  /// The most bytes of code that is set by hand, far beyond what a creation may leave.
  private static let codeLimit = 1 << 20

  var editing: [String: RPCMethod] {
    Self.merged(
      Self.named("anvil_setBalance", "hardhat_setBalance", "evm_setAccountBalance") {
        (parameters) throws(RPCError) in
        let balance = try parameters.word(1)
        try edit(try parameters.address(0)) { $0.account.balance = balance }
      },
      Self.named("anvil_addBalance", "hardhat_addBalance", "evm_addAccountBalance") {
        (parameters) throws(RPCError) in
        let more = try parameters.word(1)
        try edit(try parameters.address(0)) { edited in
          let (sum, overflow) = edited.account.balance.addingReportingOverflow(more)
          edited.account.balance = overflow ? .max : sum
        }
      },
      Self.named("anvil_setNonce", "hardhat_setNonce", "evm_setAccountNonce") {
        (parameters) throws(RPCError) in
        let nonce = try parameters.number(1)
        try edit(try parameters.address(0)) { $0.account.nonce = nonce }
      },
      Self.named("anvil_setCode", "hardhat_setCode", "evm_setAccountCode") {
        (parameters) throws(RPCError) in
        let bytes = try parameters.data(1)
        guard bytes.count <= Self.codeLimit else {
          throw .invalidParameters("code of \(bytes.count) bytes, the limit is \(Self.codeLimit)")
        }
        let code = Code(bytes, hash: Keccak256.hash(bytes))
        try edit(try parameters.address(0)) { edited in
          edited.account.codeHash = code.hash
          edited.code = bytes.isEmpty ? nil : code
        }
      },
      Self.named("anvil_setStorageAt", "hardhat_setStorageAt", "evm_setAccountStorageAt") {
        (parameters, writer) throws(RPCError) in
        let (slot, word) = (try parameters.slot(1), try parameters.slot(2))
        try edit(try parameters.address(0)) { $0.storage[slot] = word }
        writer.value(true)
      })
  }

  func edit(
    _ address: Address, _ change: (inout EditedAccount) -> Void
  ) throws(RPCError) {
    try producer.betweenBlocks { () throws(RPCError) in
      try chain.edit([address]) { _, edited in change(&edited) }
      try ingest.followAccounts(of: [address])
    }
    // Who could not pay may be able to now.
    producer.notice()
  }
}
