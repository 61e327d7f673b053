// What the filters of blocks are asked.

internal import Crypto
public import Primitives

/// The three bits of an address or a topic in a bloom.
public struct BloomEntry: Sendable, Hashable {
  /// The numbers of the bits, from 0 to 2047. Some may be the same.
  public let first: UInt16, second: UInt16, third: UInt16

  /// The bits of an entry, given its Keccak-256: the low 11 bits of each of the first three pairs of bytes.
  public init(hashed hash: Hash256) { self.init(hashPrefix: hash.word.l3) }

  /// The bits of an entry, given the first eight bytes of its Keccak-256.
  init(hashPrefix: UInt64) {
    first = UInt16(truncatingIfNeeded: hashPrefix &>> 48 & 2047)
    second = UInt16(truncatingIfNeeded: hashPrefix &>> 32 & 2047)
    third = UInt16(truncatingIfNeeded: hashPrefix &>> 16 & 2047)
  }
}

/// Asks a bloom whether its block may have events of some contracts with some topics.
public struct BloomQuery: Sendable {
  /// Of each of these lists, one entry at least must be there.
  public let alternatives: [[BloomEntry]]

  /// Events of one of these contracts, or of any where there is none, with one of the topics of each place that has
  /// some.
  public init(addresses: [Address] = [], topics: [[Hash256]] = []) {
    let lists =
      [addresses.map { BloomEntry(hashed: Keccak256.hash($0)) }]
      + topics.map { $0.map { BloomEntry(hashed: Keccak256.hash($0.word)) } }
    alternatives = lists.filter { !$0.isEmpty }
  }

  /// Whether a block with this bloom may have such events.
  public func mayMatch(_ bloom: Bloom) -> Bool {
    !bloom.isEmpty && alternatives.allSatisfy { $0.contains { bloom.mayContain($0) } }
  }
}
