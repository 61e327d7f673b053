// Call data and storage slots as Vyper lays them out.

internal import Crypto
internal import Primitives

/// Call data of the contract ABI.
enum CallData {
  /// A call of the function with this signature, whose arguments are all words.
  static func of(_ signature: String, _ words: UInt256...) -> [UInt8] {
    var data = selector(signature)
    data.reserveCapacity(4 + 32 * words.count)
    for word in words { data += word.bigEndianBytes }
    return data
  }

  /// A call whose arguments are a list of addresses and a word.
  static func of(_ signature: String, _ list: [Address], _ word: UInt256) -> [UInt8] {
    let placeOfList: UInt256 = 64
    return selector(signature) + placeOfList.bigEndianBytes + word.bigEndianBytes
      + UInt256(list.count).bigEndianBytes + list.flatMap(\.word.bigEndianBytes)
  }

  private static func selector(_ signature: String) -> [UInt8] {
    Array(Keccak256.hash(Array(signature.utf8)).bytes.prefix(4))
  }
}

extension Address {
  /// A variable of the contract here.
  func slot(_ number: UInt256) -> StorageKey { StorageKey(address: self, slot: number) }
}

extension StorageKey {
  /// The entry of a map that stands here: Vyper hashes the slot of the map, then the key.
  subscript(key: UInt256) -> StorageKey {
    StorageKey(
      address: address, slot: Keccak256.hash(slot.bigEndianBytes + key.bigEndianBytes).word)
  }

  /// The entry of a map that stands here.
  subscript(key: Address) -> StorageKey { self[key.word] }

  /// A member of the structure that stands here.
  func member(_ number: UInt256) -> StorageKey {
    StorageKey(address: address, slot: slot &+ number)
  }
}
