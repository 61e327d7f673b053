// All that is in the state of a chain.

internal import Chain
internal import JSON
internal import Ledger
internal import Primitives
internal import State
internal import Storage

extension ChainReader {
  /// The state at the head with its edits. No block may be made meanwhile.
  ///
  /// A store finds accounts by the hashes of their addresses; what they are is told by the genesis that it
  /// keeps, and by what each block changed. So all of history must be there.
  func dump() throws(RPCError) -> StateDump {
    let head = try existingBlock(.latest)
    let state = try state(at: .latest)
    var accounts: [AccountAllocation] = []
    for (address, slots) in try knownSlots().sorted(by: { $0.key < $1.key }) {
      let allocation = try readingState { () throws(StateReadError) -> AccountAllocation? in
        guard let account = try state.account(address) else { return nil }
        var allocation = AccountAllocation(
          address: address, nonce: account.nonce, balance: account.balance)
        if account.hasCode { allocation.code = try state.code(account.codeHash).bytes }
        for slot in slots {
          let word = try state.storage(address, slot)
          if !word.isZero { allocation.storage[slot] = word }
        }
        return allocation
      }
      if let allocation { accounts.append(allocation) }
    }
    return StateDump(
      number: head.number, timestamp: head.header.timestamp, coinbase: head.header.coinbase,
      gasLimit: head.header.gasLimit, baseFee: head.header.baseFeePerGas ?? .zero,
      prevRandao: head.header.prevRandao, accounts: accounts)
  }

  /// All accounts and slots that ever were written.
  private func knownSlots() throws(RPCError) -> [Address: Set<UInt256>] {
    var slots: [Address: Set<UInt256>] = [:]
    for allocation in try firstAccounts() {
      slots[allocation.address] = Set(allocation.storage.keys)
    }
    func note(_ diff: StateDiff) {
      for change in diff.accounts {
        slots[change.address, default: []].formUnion(change.storage.lazy.map(\.slot))
      }
    }
    var number = store.genesisBlock.number
    while number < store.head.number {
      number += 1
      let diff = try reading { () throws(StoreError) -> StateDiff? in
        try store.changes(number)?.diff()
      }
      guard let diff else { throw .failed("the changes of block \(number) are not kept") }
      note(diff)
    }
    note(edits.edits(at: store.head.hash).diff)
    return slots
  }

  private func firstAccounts() throws(RPCError) -> [AccountAllocation] {
    do throws(NodeError) {
      guard let document = try DevelopmentStore.document(at: store.path) else {
        throw NodeError(description: "the store does not keep the genesis that it was made of")
      }
      do throws(JSONError) {
        return try document.root.field("alloc").allocations()
      } catch {
        throw NodeError(description: error.description)
      }
    } catch {
      throw .failed(error.description)
    }
  }
}
