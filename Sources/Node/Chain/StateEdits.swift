// Changes of the state from outside, between blocks.

internal import Ledger
internal import Primitives
internal import State
internal import Storage
internal import Synchronization

/// What was changed from outside in the state at the head, and what had been changed before the blocks that were
/// made since the start. Any thread may call it.
///
/// Edits belong to the head: whoever asks for its state sees them at once. The next block is executed on the
/// edited state, and its state root has them; blocks before it keep theirs. Until that block is made they are in
/// memory alone: a node that is stopped makes that block first, one that is killed forgets them.
final class StateEdits: Sendable {
  private struct Contents {
    /// Of the block with this hash.
    var head = Hash256.zero
    var pending = StateDiff()
    /// By the hash of the block that was made on them.
    var made: [Hash256: StateDiff] = [:]
    /// Those blocks, the oldest first.
    var blocks: [Hash256] = []
  }

  /// Of as many blocks it is remembered what they were made on.
  private static let blockLimit = 1024

  private let contents = Mutex(Contents())

  /// The edits of the state after the block with this hash, as long as no other follows.
  func pending(at head: Hash256) -> StateDiff {
    contents.withLock { $0.head == head ? $0.pending : StateDiff() }
  }

  /// Puts edits in the place of those that are there.
  func set(_ edits: StateDiff, at head: Hash256) {
    contents.withLock {
      $0.head = head
      $0.pending = edits
    }
  }

  /// Notes that a block was made on `edits`, which wait no more.
  func note(_ edits: StateDiff, before block: Hash256) {
    if edits.isEmpty { return }
    contents.withLock {
      $0.pending = StateDiff()
      $0.made[block] = edits
      $0.blocks.append(block)
      if $0.blocks.count > Self.blockLimit { $0.made[$0.blocks.removeFirst()] = nil }
    }
  }

  /// The edits that a block was made on, as far as that is known: what was before the start is not.
  func made(before block: Hash256) -> StateDiff {
    contents.withLock { $0.made[block] } ?? StateDiff()
  }
}

/// An account while it is edited.
struct EditedAccount {
  var account: Account
  /// The words of slots that are written.
  var storage: [UInt256: UInt256] = [:]
  /// Its code, where that is new.
  var code: Code?
}

extension ChainReader {
  /// Edits accounts in the state at the head. No block may be made meanwhile.
  func edit(
    _ addresses: [Address], _ change: (Address, inout EditedAccount) throws(RPCError) -> Void
  ) throws(RPCError) {
    let base = try view(at: .latest)
    let pending = edits.pending(at: base.block.hash)
    var changes = Dictionary(uniqueKeysWithValues: pending.accounts.map { ($0.address, $0) })
    var codes = pending.codes
    for address in addresses {
      let known = changes[address]
      let before = try readingState { () throws(StateReadError) in try base.account(address) }
      var edited = EditedAccount(account: (known == nil ? before : known?.account) ?? Account())
      for slot in known?.storage ?? [] { edited.storage[slot.slot] = slot.value }
      try change(address, &edited)
      if let code = edited.code { codes.append(code) }
      let isWritten = edited.storage.values.contains { !$0.isZero }
      let hasStorage = try readingState { () throws(StateReadError) in
        if isWritten { return true }
        return try base.hasStorage(address)
      }
      if edited.account.isEmpty && !hasStorage {
        // Nothing is left of it, or there never was anything.
        changes[address] = before == nil ? nil : AccountChange(address: address, account: nil)
      } else {
        changes[address] = AccountChange(
          address: address, account: edited.account,
          storage: edited.storage.map { SlotChange(slot: $0.key, value: $0.value) })
      }
    }
    edits.set(StateDiff(accounts: Array(changes.values), codes: codes), at: base.block.hash)
  }

  /// The state that the transactions of a block began on, system calls aside. Throws where there is no block
  /// before.
  func state(before block: Found) throws(RPCError) -> any StateView {
    guard block.number > store.genesisBlock.number else {
      throw .failed("genesis is not traceable")
    }
    let view = try view(at: .number(block.number - 1))
    let made = edits.made(before: block.hash)
    return made.isEmpty ? view : EditedState(view, edits: made)
  }
}
