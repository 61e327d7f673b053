// A state by hashed keys that computes its roots from scratch.

import Crypto
import Ledger
import Primitives
import Samples

@testable import State

/// What a block does to one account, by keys.
struct KeyedChange {
  var key: Hash256
  /// Nil when the account is gone.
  var account: Account?
  var wipes = false
  /// Zero clears a slot.
  var slots: [Hash256: UInt256] = [:]
}

extension KeyedChanges {
  /// Changes in any order.
  static func of(_ changes: [KeyedChange]) -> KeyedChanges {
    let changes = changes.sorted { $0.key < $1.key }
    let keyed = KeyedChanges(
      accountCount: changes.count, slotCount: changes.reduce(0) { $0 + $1.slots.count })
    var slot = 0
    for (index, change) in changes.enumerated() {
      var item = AccountItem(
        account: change.account ?? Account(),
        wipesStorage: change.wipes || change.account == nil)
      item.firstSlot = UInt32(slot)
      item.slotCount = UInt32(change.slots.count)
      (keyed.items + index).initialize(to: item)
      keyed.accounts.initializeElement(
        at: index,
        to: LeafChange(
          key: change.key, item: UInt32(index), value: change.account == nil ? .none : .item))
      for (key, word) in change.slots {
        keyed.slots.initializeElement(
          at: slot,
          to: LeafChange(key: key, item: UInt32(slot), value: word.isZero ? .none : .item))
        (keyed.words + slot).initialize(to: word)
        slot += 1
      }
    }
    return keyed
  }
}

/// A state by hashed keys.
struct KeyedModel {
  var accounts: [Hash256: Account] = [:]
  var storage: [Hash256: [Hash256: UInt256]] = [:]

  mutating func apply(_ changes: [KeyedChange]) {
    for change in changes {
      accounts[change.key] = change.account
      if change.wipes || change.account == nil { storage[change.key] = nil }
      for (key, word) in change.slots {
        storage[change.key, default: [:]][key] = word.isZero ? nil : word
      }
      if storage[change.key]?.isEmpty == true { storage[change.key] = nil }
    }
  }

  func storageRoot(_ key: Hash256) -> Hash256 {
    var encoder = LeafEncoder()
    var builder = TrieRootBuilder()
    for (key, word) in (storage[key] ?? [:]).sorted(by: { $0.key < $1.key }) {
      key.bytes.withUnsafeBytes { builder.append(key: $0, value: encoder.encode(word)) }
    }
    return builder.finish()
  }

  var root: Hash256 {
    var encoder = LeafEncoder()
    var builder = TrieRootBuilder()
    for (key, account) in accounts.sorted(by: { $0.key < $1.key }) {
      let value = encoder.encode(account, storageRoot: storageRoot(key))
      key.bytes.withUnsafeBytes { builder.append(key: $0, value: value) }
    }
    return builder.finish()
  }
}

/// How keys look.
enum SecureKeys: CaseIterable {
  /// As hashes do.
  case random
  /// Few different half bytes at first, so that many begin alike.
  case crowded
  /// Alike but for some half bytes anywhere, down to the last.
  case ground

  func key(_ random: inout SeededGenerator) -> Hash256 {
    switch self {
    case .random: return random.hash()
    case .crowded:
      return Hash256(
        random.uniformWord() & (UInt256.max &>> 24) | UInt256(UInt64(random.below(3))) &<< 236)
    case .ground:
      var word = UInt256(l0: 0x1234_5678_9abc_def0, l1: 7, l2: 9, l3: 0xfedc_ba98_7654_3210)
      for _ in 0..<random.within(1...2) {
        let place = random.oneIn(2) ? random.below(4) : random.below(64)
        word = word ^ (UInt256(UInt64(random.below(16))) &<< (4 * place))
      }
      return Hash256(word)
    }
  }
}

/// Blocks of random changes to a model.
struct KeyedBlocks {
  var random: SeededGenerator
  let keys: SecureKeys
  var model = KeyedModel()

  init(seed: UInt64, keys: SecureKeys) {
    random = SeededGenerator(seed: seed)
    self.keys = keys
  }

  /// Changes of up to so many accounts with up to so many slots each, made in the model.
  mutating func next(accounts: Int, slots: Int) -> [KeyedChange] {
    let known = Array(model.accounts.keys).sorted()
    var changes: [Hash256: KeyedChange] = [:]
    for _ in 0..<random.below(accounts + 1) {
      let isNew = known.isEmpty || random.oneIn(3)
      let key = isNew ? keys.key(&random) : random.pick(known)
      changes[key] = change(of: key, slots: slots)
    }
    let block = Array(changes.values)
    model.apply(block)
    return block
  }

  private mutating func change(of key: Hash256, slots: Int) -> KeyedChange {
    if random.oneIn(8) { return KeyedChange(key: key, account: nil, wipes: true) }
    var change = KeyedChange(key: key, account: account())
    change.wipes = random.oneIn(12)
    if random.oneIn(4) { change.account = model.accounts[key] ?? account() }
    let known = Array((model.storage[key] ?? [:]).keys).sorted()
    for _ in 0..<random.below(random.oneIn(3) ? slots + 1 : 2) {
      let slot = known.isEmpty || random.oneIn(2) ? keys.key(&random) : random.pick(known)
      change.slots[slot] = random.oneIn(3) ? .zero : word()
    }
    if random.oneIn(10) { for slot in known { change.slots[slot] = .zero } }
    return change
  }

  private mutating func word() -> UInt256 {
    random.oneIn(2) ? UInt256(UInt64(random.within(1...127))) : random.word() | .one
  }

  private mutating func account() -> Account {
    Account(
      nonce: random.oneIn(4) ? random.next() : UInt64(random.below(300)), balance: random.word(),
      codeHash: random.oneIn(4) ? random.hash() : Code.emptyHash)
  }
}
