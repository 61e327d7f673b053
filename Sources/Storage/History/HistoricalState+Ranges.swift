// Accounts and slots in the order of their hashes.

internal import Crypto
public import Primitives
public import State

/// An account among all, by the hash of its address.
public struct RangedAccount: Sendable {
  /// The hash of its address.
  public let hash: Hash256
  /// Its address, where it is known.
  public let address: Address?
  /// The account.
  public let account: Account
}

/// A slot among all of an account, by its hash.
public struct RangedSlot: Sendable {
  /// The hash of the slot.
  public let hash: Hash256
  /// The slot, where it is known.
  public let slot: UInt256?
  /// Its word, not zero.
  public let word: UInt256
}

extension HistoricalState {
  /// The first accounts whose addresses' hashes are not less than `start`, by rising hash, `limit` at most.
  public func accounts(
    from start: Hash256, limit: Int
  ) throws(StoreError) -> [RangedAccount] {
    var changed: [Hash256: (address: Address, account: Account?)] = [:]
    for change in try changesSinceDatabase().accounts {
      changed[Keccak256.hash(change.address)] = (change.address, change.account)
    }
    var found = changed.compactMap { hash, change in
      change.account.map { RangedAccount(hash: hash, address: change.address, account: $0) }
    }.filter { $0.hash >= start }.sorted { $0.hash < $1.hash }.prefix(limit).map(\.self)
    var leaves = LeafCursor(database, .accounts, from: start, under: .empty, at: snapshot)
    var count = 0
    while count < limit, let (hash, value) = try leaves.next() {
      if changed[hash] != nil { continue }
      guard let record = AccountRecord(value) else { throw database.damage("an account's entry") }
      found.append(RangedAccount(hash: hash, address: nil, account: record.account))
      count += 1
    }
    return Array(found.sorted { $0.hash < $1.hash }.prefix(limit))
  }

  /// The first slots of an account whose hashes are not less than `start`, by rising hash, `limit` at most.
  public func slots(
    of address: Address, from start: Hash256, limit: Int
  ) throws(StoreError) -> [RangedSlot] {
    var changed: [Hash256: SlotChange] = [:]
    let change = try changesSinceDatabase().accounts.first { $0.address == address }
    for slot in change?.storage ?? [] { changed[Keccak256.hash(slot.slot)] = slot }
    var found = changed.filter { $0.key >= start && !$0.value.value.isZero }
      .map { RangedSlot(hash: $0.key, slot: $0.value.slot, word: $0.value.value) }
      .sorted { $0.hash < $1.hash }.prefix(limit).map(\.self)
    if change?.wipesStorage == true { return found }
    let account = Keccak256.hash(address)
    let trie = TrieName.storage(ofAccountWithHash: account)
    var leaves = LeafCursor(database, trie, from: start, under: .empty, at: snapshot)
    var count = 0
    while count < limit, let (hash, value) = try leaves.next() {
      if changed[hash] != nil { continue }
      guard let word = UInt256(bigEndian: value) else { throw database.damage("a slot's entry") }
      let slot = try database.read(.slotKey(account, hash), at: snapshot) { UInt256(bigEndian: $0) }
      found.append(RangedSlot(hash: hash, slot: slot.flatMap(\.self), word: word))
      count += 1
    }
    return Array(found.sorted { $0.hash < $1.hash }.prefix(limit))
  }
}
