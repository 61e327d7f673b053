// Parts of a state whose keys are hashed already.

public import Primitives

/// Accounts with slots under hashed keys, as a copy of a state has them, in rising order.
public struct HashedLeaves: Sendable {
  fileprivate struct AccountLeaf: Sendable {
    let key: Hash256
    let account: Account
    let firstSlot: Int
  }

  fileprivate var accounts: [AccountLeaf] = []
  fileprivate var slots: [(key: Hash256, word: UInt256)] = []

  /// No leaves.
  public init() {}

  /// Accounts and slots.
  public var count: Int { accounts.count + slots.count }

  /// Adds an account, whose key is greater than that of the account before. The same may come again with
  /// more of its slots in other leaves.
  public mutating func append(account key: Hash256, _ account: Account) {
    precondition(accounts.last.map { $0.key < key } ?? true, "an account comes out of order")
    accounts.append(AccountLeaf(key: key, account: account, firstSlot: slots.count))
  }

  /// Adds a slot of the account that was added last, and its word, which is not zero; each slot comes once.
  public mutating func append(slot key: Hash256, _ word: UInt256) {
    precondition(!accounts.isEmpty && !word.isZero, "a slot comes without account or word")
    slots.append((key, word))
  }
}

extension StateTries {
  /// Gives the state these accounts and slots, and returns its root. After an error the tries are
  /// unusable: every later call throws the same.
  public func add(
    _ leaves: HashedLeaves, run: ConcurrentRun
  ) throws(StateReadError) -> Hash256 {
    try apply(KeyedChanges(leaves), run: run)
  }
}

extension KeyedChanges {
  fileprivate init(_ leaves: HashedLeaves) {
    self.init(accountCount: leaves.accounts.count, slotCount: leaves.slots.count)
    for (index, leaf) in leaves.accounts.enumerated() {
      let end =
        index + 1 < leaves.accounts.count
        ? leaves.accounts[index + 1].firstSlot : leaves.slots.count
      var item = AccountItem(account: leaf.account)
      item.firstSlot = UInt32(leaf.firstSlot)
      item.slotCount = UInt32(end - leaf.firstSlot)
      (items + index).initialize(to: item)
      accounts.initializeElement(
        at: index, to: LeafChange(key: leaf.key, item: UInt32(index), value: .item))
    }
    for (index, slot) in leaves.slots.enumerated() {
      (words + index).initialize(to: slot.word)
      slots.initializeElement(
        at: index, to: LeafChange(key: slot.key, item: UInt32(index), value: .item))
    }
  }
}
