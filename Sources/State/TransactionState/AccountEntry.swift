// What a block's working state knows of one account.

import Ledger
import Primitives

/// An account as the block found it and as it stands now.
struct AccountEntry: Interned {
  let address: Address
  /// The last transaction that accessed it (EIP-2929); `alwaysWarm` for precompiles.
  var warmEpoch: UInt32 = 0
  /// Whether `start` and what follows from it were read from the view.
  var isLoaded = false
  /// Whether the account is in the state now.
  var exists = false
  /// Whether it was in the state at the start of the block.
  var existed = false
  /// How often its storage was wiped. Slots of an older generation are zero.
  var generation: UInt32 = 0
  /// The newest entry of its slots, which are chained; `none` when there is none.
  var lastSlot: UInt32 = Self.none
  /// The account now; the empty one when it does not exist.
  var current = Account()
  /// The code that `current.codeHash` names, once somebody asked for it.
  var code: CodeReference?
  /// The last transaction that created it as a contract.
  var createdEpoch: UInt32 = 0
  /// The last transaction that marked it for deletion.
  var destroyedEpoch: UInt32 = 0
  /// The account at the start of the block.
  var start = Account()

  static let none = UInt32.max
  /// A warm epoch that no transaction outgrows.
  static let alwaysWarm = UInt32.max

  init(_ address: Address) { self.address = address }

  var key: Address { address }

  @inline(__always)
  func has(_ address: Address) -> Bool { self.address == address }

  @inline(__always)
  static func hash(_ address: Address, _ secret: HashSecret) -> UInt32 { secret.hash(address) }
}
