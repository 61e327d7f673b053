// Beginning and end of a transaction; checkpoints and reverts within it.

public import Ledger
import Primitives

extension TransactionState {
  /// Begins a transaction: nothing is warm, nothing created, transient storage is empty, the storage
  /// as it stands now is the original one.
  public func beginTransaction() {
    core.pointee.epoch += 1
    core.pointee.journal.truncate(to: 0)
    core.pointee.logs.truncate(to: 0)
    core.pointee.hasEndMarks = false
    core.pointee.isRIPEMDTouched = false
  }

  /// Ends the transaction: deletes what SELFDESTRUCT marked, then, from Spurious Dragon on, the
  /// accounts that were touched and are empty. What happened can no longer be reverted.
  ///
  /// `succeeded` is false for a transaction whose outermost message failed.
  public func endTransaction(succeeded: Bool = true) {
    if core.pointee.hasEndMarks { deleteMarked() }
    if core.pointee.isRIPEMDTouched && succeeded {
      deleteIfEmpty(accountIndex(Self.ripemdAddress))
    }
    if let recorder = core.pointee.recorder { record(to: recorder) }
    core.pointee.journal.truncate(to: 0)
  }

  /// The logs of the transaction so far.
  public func collectLogs() -> [Log] { core.pointee.logs.logs }

  private func deleteMarked() {
    // The journal holds exactly the marks that no revert has taken back.
    let journal = UnsafeBufferPointer(
      start: core.pointee.journal.base, count: core.pointee.journal.count)
    for record in journal {
      switch record.kind {
      case .destroyed: delete(record.index)
      case .touched: deleteIfEmpty(record.index)
      default: continue
      }
    }
  }

  private func deleteIfEmpty(_ index: UInt32) {
    let entry = loaded(index)
    entry.pointee.observed.formUnion([.emptiness, .existence])
    if entry.pointee.exists && entry.pointee.current.isEmpty { delete(index) }
  }

  private func delete(_ index: UInt32) {
    let entry = loaded(index)
    entry.pointee.observed = .all
    entry.pointee.exists = false
    entry.pointee.current = Account()
    entry.pointee.code = nil
    entry.pointee.generation += 1
  }

  /// A point to return to.
  public func checkpoint() -> Checkpoint {
    Checkpoint(journalCount: core.pointee.journal.count, logCount: core.pointee.logs.count)
  }

  /// Undoes every change since `checkpoint`.
  public func revert(to checkpoint: Checkpoint) {
    core.pointee.logs.truncate(to: checkpoint.logCount)
    let records = core.pointee.journal.base
    var position = core.pointee.journal.count
    while position > checkpoint.journalCount {
      position -= 1
      undo(records + position)
    }
    core.pointee.journal.truncate(to: checkpoint.journalCount)
  }

  /// Undoes all that the running transaction did, which has not ended.
  public func undoTransaction() {
    revert(to: Checkpoint(journalCount: 0, logCount: 0))
    core.pointee.hasEndMarks = false
    core.pointee.isRIPEMDTouched = false
  }

  private func undo(_ record: UnsafeMutablePointer<JournalRecord>) {
    let index = record.pointee.index
    let previous = record.pointee.previous
    switch record.pointee.kind {
    case .accountWarmed: core.pointee.accounts[index].pointee.warmEpoch = 0
    case .slotWarmed: core.pointee.slots[index].pointee.warmEpoch = 0
    case .appeared: core.pointee.accounts[index].pointee.exists = false
    case .touched: keepRIPEMDTouch(index)
    case .balanceChanged: core.pointee.accounts[index].pointee.current.balance = previous
    case .nonceChanged: core.pointee.accounts[index].pointee.current.nonce = previous.l0
    case .codeChanged:
      core.pointee.accounts[index].pointee.current.codeHash = Hash256(previous)
      core.pointee.accounts[index].pointee.code = nil
    case .created: core.pointee.accounts[index].pointee.createdEpoch = 0
    case .destroyed: core.pointee.accounts[index].pointee.destroyedEpoch = 0
    case .slotStored: core.pointee.slots[index].pointee.current = previous
    case .transientStored: core.pointee.transients[index].pointee.value = previous
    }
  }

  /// The touch of the precompile at 0x03 survives a revert: clients once cleared it after a failed
  /// call, in mainnet block 2,675,119, and that became the rule. It does not survive the failure of
  /// the whole transaction, by the executable specification.
  private func keepRIPEMDTouch(_ index: UInt32) {
    if core.pointee.accounts[index].pointee.address == Self.ripemdAddress {
      core.pointee.isRIPEMDTouched = true
    }
  }

  static var ripemdAddress: Address { Address(3) }
}
