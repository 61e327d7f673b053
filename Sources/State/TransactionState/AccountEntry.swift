// What a block's working state knows of one account.

import Ledger
public import Primitives

/// An account as the block found it and as it stands now.
public struct AccountEntry: Interned {
  /// Whose account.
  public let address: Address
  /// The last transaction that accessed it (EIP-2929); `alwaysWarm` for precompiles.
  var warmEpoch: UInt32 = 0
  /// Whether `start` and what follows from it were read from the view.
  public internal(set) var isLoaded = false
  /// Whether the account is in the state now.
  public internal(set) var exists = false
  /// Whether it was in the state at the start of the block.
  public internal(set) var existed = false
  /// How often its storage was wiped. Slots of an older generation are zero.
  public internal(set) var generation: UInt32 = 0
  /// The newest entry of its slots, which are chained; `none` when there is none.
  var lastSlot: UInt32 = Self.none
  /// The account now; the empty one when it does not exist.
  public internal(set) var current = Account()
  /// The code that `current.codeHash` names, once somebody asked for it.
  var code: CodeReference?
  /// The last transaction that created it as a contract.
  var createdEpoch: UInt32 = 0
  /// The last transaction that marked it for deletion.
  var destroyedEpoch: UInt32 = 0
  /// The account at the start of the block.
  public internal(set) var start = Account()
  /// What was looked at since then.
  public internal(set) var observed: AccountAspects = []
  /// How much less the balance could have been at the start, without anything else coming out than
  /// what did, unless it was looked at exactly.
  public internal(set) var slack = Self.anything
  /// The number of the question to the view.
  public internal(set) var readNumber: UInt32 = Self.none

  /// No index, or no question.
  public static let none = UInt32.max
  /// The slack of a balance that nobody has asked about.
  public static let anything = UInt256.max
  /// A warm epoch that no transaction outgrows.
  static let alwaysWarm = UInt32.max

  /// Whether anybody had to do with the account itself since the last `forget`, if only by a change
  /// that was undone. That a slot of its became warm, as an access list wants it (EIP-2930), looks at
  /// nothing but its existence, and nothing else looks only at that without a change.
  public var isAccessed: Bool {
    !observed.subtracting(.existence).isEmpty || slack != Self.anything
  }

  init(_ address: Address) { self.address = address }

  var key: Address { address }

  @inline(__always)
  func has(_ address: Address) -> Bool { self.address == address }

  @inline(__always)
  static func hash(_ address: Address, _ secret: HashSecret) -> UInt32 { secret.hash(address) }
}
