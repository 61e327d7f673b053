// A state as plain values, to be compared.

internal import Ledger
internal import Primitives
internal import State

/// All that can be asked of the accounts of a state. Empty accounts do not stand here.
struct VisibleState: Equatable {
  /// An account with its storage.
  struct Entry: Equatable {
    var nonce: UInt64 = 0
    var balance = UInt256.zero
    var codeHash = Code.emptyHash
    var slots: [UInt256: UInt256] = [:]

    var isEmpty: Bool { nonce == 0 && balance.isZero && codeHash == Code.emptyHash }
  }

  var accounts: [Address: Entry] = [:]

  init(_ state: MemoryState) {
    state.forEachAccount { address, account in
      var entry = Entry(
        nonce: account.nonce, balance: account.balance, codeHash: account.codeHash)
      state.forEachSlot(of: address) { slot, word in entry.slots[slot] = word }
      if !entry.isEmpty { accounts[address] = entry }
    }
  }
}
