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

/// An account: how the block found it, and what its transactions did to it.
struct AccountLocation<Point: SchedulingPoint>: Location, ~Copyable {
  let key: Address
  var nextInBucket: UInt = 0
  /// One of `BasePhase`.
  let phase = SharedWord<Point>(BasePhase.unread)
  /// The account at the start of the block, once the phase says so.
  var base = Account()
  /// The newest `Version` of it.
  let versions = SharedWord<Point>()
  /// How many versions wipe its storage, or did before they became void.
  let wipes = SharedWord<Point>()
  /// Its changed slots, while the block's diff is made.
  var changes: UInt32 = .max

  init(_ key: Address) { self.key = key }
}

/// A storage slot.
struct SlotLocation<Point: SchedulingPoint>: Location, ~Copyable {
  let key: StorageKey
  var nextInBucket: UInt = 0
  let phase = SharedWord<Point>(BasePhase.unread)
  /// The word at the start of the block, once the phase says so.
  var base = UInt256.zero
  let versions = SharedWord<Point>()

  init(_ key: StorageKey) { self.key = key }
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
