// Reading everything that a store holds, and computing what can be computed.

public import Primitives

/// What `Store.verify` has looked at, all of it in order.
public struct StoreVerification: Sendable, Hashable {
  /// Blocks of the chain, the first one included.
  public var blocks: UInt64 = 0
  /// Records of the segments, those of blocks that were taken back included.
  public var records: UInt64 = 0
  /// Bytes of these records.
  public var recordBytes: UInt64 = 0
  /// Accounts of the state.
  public var accounts: UInt64 = 0
  /// Slots of the state that are not zero.
  public var slots: UInt64 = 0
  /// Codes.
  public var codes: UInt64 = 0
  /// The root of the state, computed from accounts and slots.
  public var stateRoot = Hash256.zero
}

/// How far `Store.verify` has come.
public struct VerificationProgress: Sendable {
  /// What is being looked at.
  public enum Part: String, Sendable {
    case database, records, chain, codes, state
  }

  /// What is being looked at.
  public var part: Part
  /// How much of it is done, from 0 to 1.
  public var fraction: Double

  /// So much of a part.
  public init(part: Part, fraction: Double) {
    self.part = part
    self.fraction = fraction
  }
}
