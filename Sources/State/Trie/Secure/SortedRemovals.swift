// What all workers have removed, in order.

internal import Primitives

/// Removed leaves and records of all workers, each once, by rising key.
struct SortedRemovals {
  private let accounts: [Hash256]
  private let slots: [Removals.StorageKey]
  private let accountBranches: [NibblePath]
  private let storageBranches: [Removals.StoragePath]
  /// Accounts whose storage was removed as a whole.
  let storages: [Hash256]

  init(_ removals: [Removals]) {
    accounts = Self.sorted(removals.flatMap(\.accounts)) { $0.word.l3 }
    slots = Self.sorted(removals.flatMap(\.slots)) { $0.account.word.l3 }
    accountBranches = Self.sorted(removals.flatMap(\.accountBranches)) { $0.key.word.l3 }
    storageBranches = Self.sorted(removals.flatMap(\.storageBranches)) { $0.account.word.l3 }
    storages = Self.sorted(removals.flatMap(\.storages)) { $0.word.l3 }
  }

  private static func sorted<Key: Comparable>(
    _ keys: [Key], _ prefix: (Key) -> UInt64
  ) -> [Key] {
    var result = keys.sorted(byPrefix: prefix) { $0 < $1 }
    var previous: Key?
    result.removeAll { key in
      defer { previous = key }
      return key == previous
    }
    return result
  }

  /// Those whose first half byte is one of `choices`.
  func accounts(in choices: ClosedRange<Int>) -> ArraySlice<Hash256> {
    Self.part(of: accounts, choices) { $0.nibble(0) }
  }

  func slots(in choices: ClosedRange<Int>) -> ArraySlice<Removals.StorageKey> {
    Self.part(of: slots, choices) { $0.account.nibble(0) }
  }

  func accountBranches(in choices: ClosedRange<Int>) -> ArraySlice<NibblePath> {
    Self.part(of: accountBranches, choices) { $0.key.nibble(0) }
  }

  func storageBranches(in choices: ClosedRange<Int>) -> ArraySlice<Removals.StoragePath> {
    Self.part(of: storageBranches, choices) { $0.account.nibble(0) }
  }

  private static func part<Key>(
    of keys: [Key], _ choices: ClosedRange<Int>, _ choice: (Key) -> Int
  ) -> ArraySlice<Key> {
    func firstIndex(from bound: Int) -> Int {
      var (low, high) = (0, keys.count)
      while low < high {
        let middle = (low + high) / 2
        if choice(keys[middle]) < bound { low = middle + 1 } else { high = middle }
      }
      return low
    }
    return keys[firstIndex(from: choices.lowerBound)..<firstIndex(from: choices.upperBound + 1)]
  }
}
