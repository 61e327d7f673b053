// Methods that dump the state, and load one.

internal import Crypto
internal import JSON
internal import Ledger
internal import Primitives
internal import State

extension DevelopmentMethods {
  var dumps: [String: RPCMethod] {
    Self.merged(
      Self.named("anvil_dumpState", "hardhat_dumpState") { (_, writer) throws(RPCError) in
        let dump = try producer.betweenBlocks { () throws(RPCError) in try chain.dump() }
        guard let packed = Gzip.pack(Array(dump.json().utf8)) else {
          throw .internalError("the state cannot be packed")
        }
        writer.value(data: packed)
      },
      Self.named("anvil_loadState", "hardhat_loadState") { (parameters, writer) throws(RPCError) in
        try load(try parameters.data(0))
        writer.value(true)
      })
  }

  /// Puts the accounts of a dump over those that are there, as an edit of the state at the head. As in anvil, slots
  /// that it does not name stay, and no nonce falls. What the dump says of its block counts only when a chain is made
  /// of it.
  private func load(_ bytes: [UInt8]) throws(RPCError) {
    let dump: StateDump
    do throws(NodeError) {
      dump = try StateDump(bytes, source: "state", limit: dumpLimit)
    } catch {
      throw .invalidParameters(error.description)
    }
    let accounts = Dictionary(uniqueKeysWithValues: dump.accounts.map { ($0.address, $0) })
    try producer.betweenBlocks { () throws(RPCError) in
      try chain.edit(dump.accounts.map(\.address)) { address, edited in
        guard let loaded = accounts[address] else { return }
        let code = Code(loaded.code, hash: Keccak256.hash(loaded.code))
        edited.account = Account(
          nonce: max(edited.account.nonce, loaded.nonce), balance: loaded.balance,
          codeHash: code.hash)
        edited.code = loaded.code.isEmpty ? nil : code
        edited.storage.merge(loaded.storage) { _, new in new }
      }
      try ingest.followHead()
    }
    producer.notice()
  }
}
