// What reading and writing a storage slot answer.

public import Primitives

/// The answer of a storage read.
@frozen
public struct StorageLoad: Sendable {
  /// The value of the slot.
  public let value: UInt256
  /// Whether this was the first access in the transaction.
  public let isCold: Bool
  /// By what the host knows the slot, if it wants to hear what the value is used for; else
  /// `noCounter`.
  public let counter: UInt32

  /// No counter.
  @inlinable
  public static var noCounter: UInt32 { .max }

  /// An answer.
  @inlinable @inline(__always)
  public init(value: UInt256, isCold: Bool, counter: UInt32 = Self.noCounter) {
    self.value = value
    self.isCold = isCold
    self.counter = counter
  }
}

/// What stood in a slot before a write.
@frozen
public struct StorageStore: Sendable {
  /// The value at the start of the transaction.
  public let original: UInt256
  /// The value just before the write.
  public let current: UInt256
  /// Whether this was the first access in the transaction.
  public let isCold: Bool

  /// An answer.
  @inlinable @inline(__always)
  public init(original: UInt256, current: UInt256, isCold: Bool) {
    self.original = original
    self.current = current
    self.isCold = isCold
  }
}
