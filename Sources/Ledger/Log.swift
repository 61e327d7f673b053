// An event emitted by a contract.

public import Primitives

/// An event that a contract emitted by LOG0 to LOG4.
public struct Log: Sendable, Hashable {
  /// The contract that emitted it.
  public var address: Address
  /// Up to four indexed words.
  public var topics: [Hash256]
  /// The rest, not indexed.
  public var data: [UInt8]

  /// An event of `address`.
  public init(address: Address, topics: [Hash256], data: [UInt8]) {
    self.address = address
    self.topics = topics
    self.data = data
  }
}
