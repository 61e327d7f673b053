// A store of tries in dictionaries.

import Primitives
import Synchronization

@testable import State

/// Takes changes in and answers tries; checks on the way that changes come in order.
final class DictionarySource: TrieSource {
  struct Content {
    var accounts: [Hash256: [UInt8]] = [:]
    var slots: [Hash256: [Hash256: [UInt8]]] = [:]
    var accountBranches: [NibblePath: [UInt8]] = [:]
    var storageBranches: [Hash256: [NibblePath: [UInt8]]] = [:]
  }

  private let content = Mutex(Content())
  /// Content as it was, or damaged.
  var stored: Content {
    get { content.withLock { $0 } }
    set { content.withLock { $0 = newValue } }
  }

  /// Stores changes; whether they came in order.
  func store(_ changes: TrieChanges) -> Bool {
    var stored = stored
    var isOrdered = true
    for hash in changes.wipedStorages {
      stored.slots[hash] = nil
      stored.storageBranches[hash] = nil
    }
    var previous: [UInt8] = []
    func note(_ key: [UInt8]) {
      isOrdered = isOrdered && previous.lexicographicallyPrecedes(key)
      previous = key
    }
    changes.forEachAccount { key, value in
      note(Array(key))
      guard let hash = Hash256(bytes: key) else { return }
      stored.accounts[hash] = value.map(Array.init)
    }
    previous = []
    changes.forEachSlot { key, value in
      note(Array(key))
      guard let account = Hash256(bytes: key.prefix(32)),
        let slot = Hash256(bytes: key.dropFirst(32))
      else { return }
      stored.slots[account, default: [:]][slot] = value.map(Array.init)
    }
    previous = []
    changes.forEachAccountBranch { path, record in
      note(path.key.bytes + [UInt8(path.count)])
      stored.accountBranches[path] = record.map(Array.init)
    }
    previous = []
    changes.forEachStorageBranch { account, path, record in
      note(account.bytes + path.key.bytes + [UInt8(path.count)])
      stored.storageBranches[account, default: [:]][path] = record.map(Array.init)
    }
    self.stored = stored
    return isOrdered
  }

  func branch(
    of trie: TrieName, at path: NibblePath, _ body: (UnsafeRawBufferPointer) -> Void
  ) throws(StateReadError) -> Bool {
    let record = content.withLock {
      trie.isStorage
        ? $0.storageBranches[trie.accountHash]?[path] : $0.accountBranches[path]
    }
    guard let record else { return false }
    record.withUnsafeBytes(body)
    return true
  }

  func forEachLeaf(
    of trie: TrieName, under path: NibblePath,
    _ body: (_ key: Hash256, _ value: UnsafeRawBufferPointer) -> Bool
  ) throws(StateReadError) {
    let leaves = content.withLock {
      trie.isStorage ? $0.slots[trie.accountHash] ?? [:] : $0.accounts
    }
    for (key, value) in leaves.filter({ path.isPrefix(of: $0.key) }).sorted(by: { $0.key < $1.key })
    {
      if !value.withUnsafeBytes({ body(key, $0) }) { return }
    }
  }
}
