// What a block's working state knows of one storage slot.

public import Primitives

/// A slot of an account, by the account's index.
struct SlotKey: BitwiseCopyable {
  let account: UInt32
  let slot: UInt256
}

/// A slot as the block found it, as the transaction found it, and as it stands now.
public struct SlotEntry: Interned {
  /// The index of the account that it belongs to.
  public let account: UInt32
  /// The generation of the account's storage that `current` belongs to; `neverRead` at first.
  public internal(set) var generation = Self.neverRead
  /// The last transaction that accessed it (EIP-2929), unless that was reverted.
  var warmEpoch: UInt32 = 0
  /// The transaction that `original` belongs to.
  var originalEpoch: UInt32 = 0
  /// Which slot of it.
  public let slot: UInt256
  /// The word now.
  public internal(set) var current = UInt256.zero
  /// The value at the start of transaction `originalEpoch` (EIP-2200).
  var original = UInt256.zero
  /// The value at the start of the block.
  public internal(set) var start = UInt256.zero
  /// The slot of the same account that came before; `AccountEntry.none` for the first.
  var previous: UInt32 = AccountEntry.none
  /// The number of the question to the view; `AccountEntry.none` when it was not asked.
  public internal(set) var readNumber: UInt32 = AccountEntry.none
  /// Whether anybody has looked at the word, other than to make it warm.
  public internal(set) var isObserved = false
  /// Whether the exact word mattered to somebody, or else only how it compares: see `CounterBounds`.
  public internal(set) var isExact = false
  /// The number of its `CounterBounds`; `AccountEntry.none` unless it is followed as a counter. As
  /// long as it is not exact, all its words are `start` with something added or subtracted.
  var counter: UInt32 = AccountEntry.none

  /// The generation of a slot whose word nobody has asked for.
  public static let neverRead = UInt32.max

  /// Whether it is followed as a counter.
  public var isFollowed: Bool { counter != AccountEntry.none }
  /// Whether it is a counter, for all that is known.
  public var isCounter: Bool { isFollowed && !isExact }

  init(_ key: SlotKey) {
    account = key.account
    slot = key.slot
  }

  var key: SlotKey { SlotKey(account: account, slot: slot) }

  @inline(__always)
  func has(_ key: SlotKey) -> Bool { slot == key.slot && account == key.account }

  @inline(__always)
  static func hash(_ key: SlotKey, _ secret: HashSecret) -> UInt32 {
    secret.hash(key.slot, key.account)
  }
}

/// A word of transient storage (EIP-1153). One of an earlier transaction counts as zero.
struct TransientEntry: Interned {
  let account: UInt32
  var epoch: UInt32 = 0
  let slot: UInt256
  var value = UInt256.zero

  init(_ key: SlotKey) {
    account = key.account
    slot = key.slot
  }

  var key: SlotKey { SlotKey(account: account, slot: slot) }

  @inline(__always)
  func has(_ key: SlotKey) -> Bool { slot == key.slot && account == key.account }

  @inline(__always)
  static func hash(_ key: SlotKey, _ secret: HashSecret) -> UInt32 {
    secret.hash(key.slot, key.account)
  }
}
