// Questions about an account's storage as a whole.

internal import Crypto
public import Primitives
public import State

extension StateCache {
  /// Whether any slot of the account is not zero (EIP-7610).
  public func hasStorage(_ address: Address) throws(StateReadError) -> Bool {
    guard try account(address) != nil else { return false }
    let changed = lateSlots(of: address)
    if changed.contains(where: { !$0.word.isZero }) { return true }
    let cleared = Set(changed.map { Keccak256.hash($0.slot) })
    return try readingState { () throws(StoreError) in
      let prefix = TrieName.storage(ofAccountWithHash: Keccak256.hash(address)).leaves
      var slots = DatabaseIterator(database, prefix: prefix)
      while let (key, _) = try slots.current() {
        guard cleared.contains(try slotHash(key, after: prefix)) else { return true }
        slots.advance()
      }
      return false
    }
  }

  /// All slots of the account that are not zero, in no useful order. Needs the keys of slots.
  func slots(of address: Address) throws(StoreError) -> [SlotChange] {
    let changed = lateSlots(of: address)
    var result = changed.filter { !$0.word.isZero }.map {
      SlotChange(slot: $0.slot, value: $0.word)
    }
    let known = Set(changed.map { Keccak256.hash($0.slot) })
    let account = Keccak256.hash(address)
    let prefix = TrieName.storage(ofAccountWithHash: account).leaves
    var slots = DatabaseIterator(database, prefix: prefix)
    while let (key, value) = try slots.current() {
      let hash = try slotHash(key, after: prefix)
      if !known.contains(hash) {
        guard let word = UInt256(bigEndian: value),
          let slot = try database.read(
            .slotKey(account, hash), { UInt256(bigEndian: $0) }
          ).flatMap(\.self)
        else { throw database.damage("the entry of a slot of \(address)") }
        result.append(SlotChange(slot: slot, value: word))
      }
      slots.advance()
    }
    return result
  }

  private func slotHash(
    _ key: UnsafeRawBufferPointer, after prefix: DatabaseKey
  ) throws(StoreError) -> Hash256 {
    guard key.count == prefix.count + 32 else { throw database.damage("the key of a slot") }
    return Hash256(bytesAt: key.place(prefix.count))
  }

  /// The slots of the account that changed since the database was last looked at.
  private func lateSlots(of address: Address) -> [(slot: UInt256, word: UInt256)] {
    // Whoever changes a slot writes the account, too.
    guard let account = table.find(address), account.stamp > 0 else { return [] }
    var seen: Set<UInt32> = []
    var slots: [(UInt256, UInt256)] = []
    for (_, numbers) in changedSlots {
      for number in numbers where table[Int(number)].address == address {
        if seen.insert(number).inserted {
          slots.append((table[Int(number)].slot, table[Int(number)].word))
        }
      }
    }
    return slots
  }
}
