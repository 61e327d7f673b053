// The changes of a block by the keys of the tries.

internal import Crypto
internal import Primitives

/// A block's changes with hashed keys: accounts by rising key, and behind each its slots, to be sorted
/// yet.
struct KeyedChanges: ~Copyable {
  /// Changes of accounts, by rising key; their items are in `items`.
  let accounts: LeafChanges
  let items: UnsafeMutablePointer<AccountItem>
  /// Changes of slots; their items are in `words`.
  let slots: LeafChanges
  let words: UnsafeMutablePointer<UInt256>

  init(accountCount: Int, slotCount: Int) {
    accounts = .allocate(capacity: accountCount)
    items = .allocate(capacity: accountCount)
    slots = .allocate(capacity: slotCount)
    words = .allocate(capacity: slotCount)
  }

  deinit {
    accounts.deallocate()
    items.deallocate()
    slots.deallocate()
    words.deallocate()
  }

  /// Hashes the keys of a diff's changes.
  init(_ diff: StateDiff, run: ConcurrentRun) {
    let slotCount = diff.accounts.reduce(0) { $0 + $1.storage.count }
    self.init(accountCount: diff.accounts.count, slotCount: slotCount)
    let keys = Keys(accountCount: accounts.count, slotCount: slotCount)
    defer { keys.deallocate() }
    var slot = 0
    for (index, change) in diff.accounts.enumerated() {
      var item = AccountItem(
        account: change.account ?? Account(), wipesStorage: change.wipesStorage)
      item.firstSlot = UInt32(slot)
      item.slotCount = UInt32(change.storage.count)
      (items + index).initialize(to: item)
      keys.addresses.initializeElement(at: index, to: change.address)
      accounts.initializeElement(
        at: index,
        to: LeafChange(
          key: .zero, item: UInt32(index), value: change.account == nil ? .none : .item))
      for change in change.storage {
        keys.slots.initializeElement(at: slot, to: change.slot)
        (words + slot).initialize(to: change.value)
        slot += 1
      }
    }
    hash(keys, run)
    sortChanges(accounts)
  }

  /// What is to be hashed.
  private struct Keys {
    let addresses: UnsafeMutableBufferPointer<Address>
    let slots: UnsafeMutableBufferPointer<UInt256>

    init(accountCount: Int, slotCount: Int) {
      addresses = .allocate(capacity: accountCount)
      slots = .allocate(capacity: slotCount)
    }

    func deallocate() {
      addresses.deallocate()
      slots.deallocate()
    }
  }

  private static var share: Int { 512 }

  private func hash(_ keys: Keys, _ run: ConcurrentRun) {
    let share = Self.share
    let accountJobs = (accounts.count + share - 1) / share
    let slotJobs = (slots.count + share - 1) / share
    let (accounts, slots, words) = (accounts, slots, words)
    run(accountJobs + slotJobs) { job, _ in
      withUnsafeTemporaryAllocation(of: Hash256.self, capacity: share) { hashes in
        if job < accountJobs {
          let part = job * share..<min((job + 1) * share, accounts.count)
          Keccak256.hash(
            UnsafeBufferPointer(rebasing: keys.addresses[part]),
            into: UnsafeMutableBufferPointer(rebasing: hashes[..<part.count]))
          for index in part { accounts[index].key = hashes[index - part.lowerBound] }
        } else {
          let first = (job - accountJobs) * share
          let part = first..<min(first + share, slots.count)
          Keccak256.hash(
            UnsafeBufferPointer(rebasing: keys.slots[part]),
            into: UnsafeMutableBufferPointer(rebasing: hashes[..<part.count]))
          for index in part {
            slots.initializeElement(
              at: index,
              to: LeafChange(
                key: hashes[index - first], item: UInt32(index),
                value: words[index].isZero ? .none : .item))
          }
        }
      }
    }
  }

  /// Whether one account has so many changes of slots that they are shared out.
  var hasLargeStorage: Bool {
    (0..<accounts.count).contains { items[$0].slotCount >= SplitTrie.threshold }
  }
}

/// Puts changes in rising order of their keys.
func sortChanges(_ changes: LeafChanges) {
  guard changes.count > 16 else {
    for index in changes.indices.dropFirst() {
      let change = changes[index]
      var place = index
      while place > 0 && change.key < changes[place - 1].key {
        changes[place] = changes[place - 1]
        place -= 1
      }
      changes[place] = change
    }
    return
  }
  let sorted = Array(changes).sorted(byPrefix: { $0.key.word.l3 }, { $0.key < $1.key })
  _ = changes.update(fromContentsOf: sorted)
}
