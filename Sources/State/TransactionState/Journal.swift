// The record of every change of a transaction, for taking it back.

import Primitives

/// One change, with what is needed to undo it.
struct JournalRecord: BitwiseCopyable {
  let kind: Kind
  /// Of the account, or of the slot where the kind is about slots.
  let index: UInt32
  /// What stood there before, where the kind needs it.
  let previous: UInt256

  enum Kind: UInt8 {
    /// An account was accessed first. Undone: it is cold.
    case accountWarmed
    /// A slot was accessed first. Undone: it is cold.
    case slotWarmed
    /// An account came into being. Undone: it does not exist.
    case appeared
    /// An account that is empty was touched (EIP-161). Nothing to undo: the record is the mark. But
    /// the touch of 0x03 outlives its record.
    case touched
    /// Undone: the balance is `previous`.
    case balanceChanged
    /// Undone: the nonce is the lowest limb of `previous`.
    case nonceChanged
    /// Undone: the code is the one with hash `previous`.
    case codeChanged
    /// An account became a contract in this transaction. Undone: it did not.
    case created
    /// An account was marked for deletion. Undone: it is not.
    case destroyed
    /// Undone: the slot holds `previous`.
    case slotStored
    /// Undone: the transient slot holds `previous`.
    case transientStored
  }

  @inline(__always)
  init(_ kind: Kind, _ index: UInt32, previous: UInt256 = .zero) {
    self.kind = kind
    self.index = index
    self.previous = previous
  }
}
