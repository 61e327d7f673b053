// What of an account somebody has looked at.

/// Parts of an account that can be known, or change, without the others.
///
/// A transaction that is executed ahead of its turn is right as long as the parts that it looked at
/// turn out to be what it saw; that is why the state notes which these were.
@frozen
public struct AccountAspects: OptionSet, BitwiseCopyable, Sendable, Hashable {
  /// A bit for each part.
  public let rawValue: UInt8

  /// The parts with these bits.
  @inlinable @inline(__always)
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The exact balance. Paying out of it or into it is no look at it: see `AccountEntry.slack`.
  public static var balance: AccountAspects { AccountAspects(rawValue: 1) }
  /// The nonce.
  public static var nonce: AccountAspects { AccountAspects(rawValue: 2) }
  /// The hash of the code.
  public static var code: AccountAspects { AccountAspects(rawValue: 4) }
  /// Whether the account is in the state, and how often its storage was wiped before.
  public static var existence: AccountAspects { AccountAspects(rawValue: 8) }
  /// Whether it has no nonce, no balance and no code (EIP-161).
  public static var emptiness: AccountAspects { AccountAspects(rawValue: 16) }
  /// All of it.
  public static var all: AccountAspects { AccountAspects(rawValue: 31) }
}
