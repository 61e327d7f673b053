// The transactions of a block as they came, in one piece of memory.

/// Canonical encodings of transactions (EIP-2718), one after another in one array, so that a block of
/// ten thousand is one allocation and not as many.
public struct EncodedTransactions: Sendable, Hashable {
  /// All encodings, one after another.
  public private(set) var bytes: [UInt8]
  /// Where each of them ends.
  public private(set) var ends: [Int]

  /// No transactions; room for `count` of them with `byteCount` bytes in all.
  public init(reservingCapacity count: Int = 0, byteCount: Int = 0) {
    bytes = []
    ends = []
    bytes.reserveCapacity(byteCount)
    ends.reserveCapacity(count)
  }

  /// The encodings of `transactions`.
  public init(_ transactions: some Collection<Transaction>) {
    self.init(reservingCapacity: transactions.count)
    for transaction in transactions { append(transaction.encoded) }
  }

  /// Adds an encoding, which is not looked at.
  public mutating func append(_ encoding: some Collection<UInt8>) {
    bytes.append(contentsOf: encoding)
    ends.append(bytes.count)
  }

  /// Adds an encoding, which is not looked at.
  public mutating func append(_ encoding: ArraySlice<UInt8>) {
    bytes.append(contentsOf: encoding)
    ends.append(bytes.count)
  }

  /// How many there are.
  public var count: Int { ends.count }

  /// Whether there is none.
  public var isEmpty: Bool { ends.isEmpty }

  /// Where encoding `index` stands in `bytes`.
  public func range(_ index: Int) -> Range<Int> {
    (index == 0 ? 0 : ends[index - 1])..<ends[index]
  }

  /// Encoding `index`.
  public subscript(index: Int) -> ArraySlice<UInt8> { bytes[range(index)] }
}
