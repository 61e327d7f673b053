// The access list of a block that is executed in order.

import EVM
import Ledger
import Primitives
import State

/// Watches a state through a block and writes its access list.
final class AccessListing {
  private let state: TransactionState
  private let recorder = ChangeRecorder()
  private var builder = AccessListBuilder()
  private var index: UInt32 = 0

  /// Whether blocks under these rules have lists: from Cancun on. Before, contracts can lose their
  /// storage, for which a list has no words.
  static func exists(_ rules: TransactionRules) -> Bool { rules.fork >= .cancun }

  /// A listing of what is done with `state` from now on; nil where there are no lists.
  init?(of state: TransactionState, _ rules: TransactionRules) {
    guard Self.exists(rules) else { return nil }
    self.state = state
    state.recorder = recorder
  }

  /// Ends the current index; what comes now belongs to the next one.
  func endIndex() {
    builder.add(AccessRecord(recorder), at: index)
    recorder.removeAll()
    index += 1
  }

  /// The list of everything so far. The state has forgotten nothing of the block.
  func list() -> BlockAccessList {
    var builder = builder
    builder.addAccesses(of: state)
    var balances: [Address: UInt256] = [:]
    for entry in state.accountEntries { balances[entry.address] = entry.start.balance }
    return builder.list(balance: { balances[$0] ?? .zero }) { [state] hash in
      state.newCode(hash)?.bytes ?? []
    }
  }
}
