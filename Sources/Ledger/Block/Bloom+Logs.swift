// Events in the filter.

public import Crypto
public import Primitives

extension Bloom {
  /// The filter over the addresses and topics of `logs`.
  public init(_ logs: [Log]) {
    self.init()
    for log in logs { insert(log) }
  }

  /// Adds the address and topics of an event.
  public mutating func insert(_ log: Log) {
    insert(log.address)
    for topic in log.topics { insert(topic) }
  }

  /// The filter over the addresses and topics of `logs`, with the help of hashes remembered from
  /// others.
  public init(_ logs: [Log], memo: KeccakMemo) {
    self.init()
    // Through pointers, so that no array is counted as shared meanwhile.
    logs.withUnsafeBufferPointer { logs in
      for index in logs.indices {
        insert(BloomEntry(hashed: memo.hash(logs[index].address)))
        logs[index].topics.withUnsafeBufferPointer { topics in
          for topic in topics { insert(BloomEntry(hashed: memo.hash(topic.word))) }
        }
      }
    }
  }

  /// Adds an address.
  public mutating func insert(_ address: Address) {
    insert(BloomEntry(hashed: Keccak256.hash(address)))
  }

  /// Adds a topic.
  public mutating func insert(_ topic: Hash256) {
    insert(BloomEntry(hashed: Keccak256.hash(topic.word)))
  }

  /// Whether an event of this contract may be among the entries.
  public func mayContain(_ address: Address) -> Bool {
    mayContain(BloomEntry(hashed: Keccak256.hash(address)))
  }

  /// Whether an event with this topic may be among the entries.
  public func mayContain(_ topic: Hash256) -> Bool {
    mayContain(BloomEntry(hashed: Keccak256.hash(topic.word)))
  }
}
