// What the leaves of state and storage tries hold.

internal import Primitives

/// Encodes the values of state and storage tries. A result is good until the next one.
struct LeafEncoder: ~Copyable {
  private var writer = NodeWriter(capacity: 256)

  /// RLP of nonce, balance, storage root and code hash (Yellow Paper, 4.1).
  mutating func encode(_ account: Account, storageRoot: Hash256) -> UnsafeRawBufferPointer {
    let start = writer.begin()
    writer.append(UInt256(account.nonce))
    writer.append(account.balance)
    writer.append(NodeReference(word: storageRoot.word, count: 32))
    writer.append(NodeReference(word: account.codeHash.word, count: 32))
    return writer.finishList(start)
  }

  /// RLP of a word of storage.
  mutating func encode(_ word: UInt256) -> UnsafeRawBufferPointer {
    let start = writer.begin()
    writer.append(word)
    return writer.finishItem(start)
  }
}
