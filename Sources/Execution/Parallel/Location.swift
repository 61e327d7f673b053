// The places of the state that a block touches.

import Ledger
import Primitives
import State

/// A location in a `LocationTable`, found by its whole key.
protocol Location: ~Copyable {
  associatedtype Key: FlatKey
  associatedtype Point: SchedulingPoint
  var key: Key { get }
  /// The next location of the same bucket, set before the location is linked.
  var nextInBucket: UInt { get set }
  init(_ key: Key)
}

/// An account: how the block found it, and what its transactions did to it. What is asked for most
/// stands in the first cache line.
struct AccountLocation<Point: SchedulingPoint>: Location, ~Copyable {
  var nextInBucket: UInt = 0
  /// The newest `Version` of it.
  let versions = SharedWord<Point>()
  /// How many versions wipe its storage, or did before they became void.
  let wipes = SharedWord<Point>()
  /// One of `BasePhase`.
  let phase = SharedWord<Point>(BasePhase.unread)
  /// One of `Heat`.
  let heat = SharedWord<Point>(Heat.cold)
  let key: Address
  /// The account at the start of the block, once the phase says so.
  var base = Account()
  /// What a list says of it.
  var predictions: Predictions<PredictedAccount>?

  init(_ key: Address) { self.key = key }
}

/// A storage slot.
struct SlotLocation<Point: SchedulingPoint>: Location, ~Copyable {
  var nextInBucket: UInt = 0
  let versions = SharedWord<Point>()
  /// The slot, and the address of the location of its account.
  let key: NumberedSlot
  let phase = SharedWord<Point>(BasePhase.unread)
  let heat = SharedWord<Point>(Heat.cold)
  /// The word at the start of the block, once the phase says so.
  var base = UInt256.zero
  /// What a list says of it.
  var predictions: Predictions<UInt256>?

  init(_ key: NumberedSlot) { self.key = key }

  /// The account that the slot belongs to.
  var owner: UnsafeMutablePointer<AccountLocation<Point>> {
    // Written from a pointer by who made the location.
    UnsafeMutablePointer(bitPattern: UInt(key.owner)).unsafelyUnwrapped
  }
}

extension NumberedSlot {
  init<Point>(_ slot: UInt256, of owner: UnsafeMutablePointer<AccountLocation<Point>>) {
    self.init(owner: UInt64(UInt(bitPattern: owner)), slot: slot)
  }
}

/// How far the reading of a location from the state before the block has come.
enum BasePhase {
  static var unread: UInt { 0 }
  /// A worker is at it.
  static var reading: UInt { 1 }
  static var present: UInt { 2 }
  /// Read: it is not there.
  static var absent: UInt { 3 }
}
