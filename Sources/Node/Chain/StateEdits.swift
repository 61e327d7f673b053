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
    var pending = AccountEdits()
    /// The state with them, which most requests are about; until something else is edited.
    var view: EditedState?
    /// By the hash of the block that was made on them.
    var made: [Hash256: StateDiff] = [:]
    /// Those blocks, the oldest first.
    var blocks: [Hash256] = []

    mutating func set(_ edits: AccountEdits) {
      view = nil
      pending = edits
    }
  }

  /// Of as many blocks it is remembered what they were made on.
  private static let blockLimit = 1024

  private let contents = Mutex(Contents())

  /// The edits of the state after the block with this hash, as long as no other follows.
  func pending(at head: Hash256) -> StateDiff {
    contents.withLock { $0.head == head ? $0.pending : AccountEdits() }.diff
  }

  /// Whether the state after the block with this hash is edited.
  func arePending(at head: Hash256) -> Bool {
    contents.withLock { $0.head == head && !$0.pending.isEmpty }
  }

  /// What an account was edited to be; nil where it was not, and nil inside where it is gone.
  func account(_ address: Address, at head: Hash256) -> Account?? {
    contents.withLock { $0.head == head ? $0.pending.account(address) : nil }
  }

  /// The state of the head `base` with its edits; nil where there are none.
  func view(over base: HistoricalState) -> EditedState? {
    contents.withLock { contents in
      guard contents.head == base.block.hash, !contents.pending.isEmpty else { return nil }
      let view = contents.view ?? EditedState(base, edits: contents.pending)
      contents.view = view
      return view
    }
  }

  /// Puts edits in the place of those that are there.
  func set(_ edits: StateDiff, at head: Hash256) {
    contents.withLock {
      $0.head = head
      $0.set(AccountEdits(edits))
    }
  }

  /// Edits the state after the block with this hash further.
  func change(at head: Hash256, _ body: (inout AccountEdits) -> Void) {
    contents.withLock { contents in
      if contents.head != head {
        contents.head = head
        contents.set(AccountEdits())
      }
      // Nobody else holds the edits then, and they are changed where they are.
      contents.view = nil
      body(&contents.pending)
    }
  }

  /// Notes that a block was made on `edits`, which wait no more.
  func note(_ edits: StateDiff, before block: Hash256) {
    if edits.isEmpty { return }
    contents.withLock {
      $0.set(AccountEdits())
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
  /// The words of slots that are written now.
  var storage: [UInt256: UInt256] = [:]
  /// Its code, where that is new.
  var code: Code?
}

extension ChainReader {
  /// Edits accounts in the state at the head, all or none. Neither may a block be made meanwhile nor anything else be
  /// edited.
  func edit(
    _ addresses: [Address], _ change: (Address, inout EditedAccount) throws(RPCError) -> Void
  ) throws(RPCError) {
    let base = try view(at: .latest)
    var changes: [(address: Address, edited: EditedAccount, isNew: Bool, hadStorage: Bool)] = []
    for address in addresses {
      let before = try readingState { () throws(StateReadError) in try base.account(address) }
      let now = edits.account(address, at: base.block.hash) ?? before
      var edited = EditedAccount(account: now ?? Account())
      try change(address, &edited)
      let isEmpty = edited.account.isEmpty
      let hadStorage = try readingState { () throws(StateReadError) in
        if !isEmpty { return true }
        return try base.hasStorage(address)
      }
      changes.append((address, edited, before == nil, hadStorage))
    }
    edits.change(at: base.block.hash) { pending in
      for (address, edited, isNew, hadStorage) in changes {
        let (account, words) = (edited.account, edited.storage)
        pending.set(address, to: account, words: words, code: edited.code)
        // Whether it had storage before matters, and is known, where nothing else is left.
        if account.isEmpty, !hadStorage, !pending.writesStorage(of: address) {
          if isNew { pending.forget(address) } else { pending.remove(address) }
        }
      }
    }
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
