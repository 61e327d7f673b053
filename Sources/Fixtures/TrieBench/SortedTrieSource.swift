// A store of tries in sorted lists.

internal import Primitives
internal import State

/// Holds what one taking of changes told, for tries that begin with nothing in memory.
final class SortedTrieSource: TrieSource {
  private let accounts: [(key: Hash256, value: [UInt8])]
  private let slots: [Hash256: [(key: Hash256, value: [UInt8])]]
  private let accountBranches: [NibblePath: [UInt8]]
  private let storageBranches: [Hash256: [NibblePath: [UInt8]]]

  init(_ changes: TrieChanges) {
    var accounts: [(key: Hash256, value: [UInt8])] = []
    var slots: [Hash256: [(key: Hash256, value: [UInt8])]] = [:]
    var accountBranches: [NibblePath: [UInt8]] = [:]
    var storageBranches: [Hash256: [NibblePath: [UInt8]]] = [:]
    changes.forEachAccount { key, value in
      guard let hash = Hash256(bytes: key), let value else { return }
      accounts.append((hash, Array(value)))
    }
    changes.forEachSlot { key, value in
      guard let account = Hash256(bytes: key.prefix(32)),
        let slot = Hash256(bytes: key.dropFirst(32)),
        let value
      else { return }
      slots[account, default: []].append((slot, Array(value)))
    }
    changes.forEachAccountBranch { path, record in accountBranches[path] = record.map(Array.init) }
    changes.forEachStorageBranch { account, path, record in
      storageBranches[account, default: [:]][path] = record.map(Array.init)
    }
    self.accounts = accounts
    self.slots = slots
    self.accountBranches = accountBranches
    self.storageBranches = storageBranches
  }

  func branch(
    of trie: TrieName, at path: NibblePath, _ body: (UnsafeRawBufferPointer) -> Void
  ) throws(StateReadError) -> Bool {
    let record =
      trie.isStorage ? storageBranches[trie.accountHash]?[path] : accountBranches[path]
    guard let record else { return false }
    record.withUnsafeBytes(body)
    return true
  }

  func forEachLeaf(
    of trie: TrieName, under path: NibblePath,
    _ body: (_ key: Hash256, _ value: UnsafeRawBufferPointer) -> Bool
  ) throws(StateReadError) {
    let leaves = trie.isStorage ? slots[trie.accountHash] ?? [] : accounts
    var (low, high) = (0, leaves.count)
    while low < high {
      let middle = (low + high) / 2
      if leaves[middle].key < path.key { low = middle + 1 } else { high = middle }
    }
    while low < leaves.count, path.isPrefix(of: leaves[low].key),
      leaves[low].value.withUnsafeBytes({ body(leaves[low].key, $0) })
    {
      low += 1
    }
  }
}
