// The state at one block, which can be taken to another.

import Ledger
import Primitives
import State

/// A complete state with its tries, and the changes that lead to others.
struct ChainState {
  let accounts: MemoryState
  private var trie: StateTrie

  init(_ accounts: MemoryState) {
    self.accounts = accounts
    trie = StateTrie(accounts)
  }

  mutating func root() -> Hash256 { trie.root() }

  /// Goes from a block's parent to the block.
  mutating func enter(_ record: BlockRecord) {
    accounts.apply(record.changes)
    trie.apply(record.changes)
    accounts.setBlockHash(record.header.number, record.hash)
  }

  /// Goes from a block to its parent. Hashes of blocks above stay known, and nobody asks for them.
  mutating func leave(_ record: BlockRecord) {
    accounts.apply(record.undo)
    trie.apply(record.undo)
  }

  /// Goes on to a block whose changes the tries have made already.
  mutating func settle(_ record: BlockRecord) {
    accounts.apply(record.changes)
    accounts.setBlockHash(record.header.number, record.hash)
  }

  /// Takes the tries, which stand where `previous` led, to where `changes` lead, both of them changes
  /// of this state. Returns the root there.
  mutating func moveTries(from previous: StateDiff, to changes: StateDiff) -> Hash256 {
    trie.apply(previous.isEmpty ? changes : accounts.step(from: previous, to: changes))
    return trie.root()
  }
}
