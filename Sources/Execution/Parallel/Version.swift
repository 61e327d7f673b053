// What one transaction wrote to one location.

import Ledger
import Primitives
import State

/// A write of a transaction to an account or a slot, in the list of the location, which is ordered by
/// falling transaction.
///
///     location → tx 9 → tx 7 → tx 7 (void) → tx 2 (final) → …
///
/// A version is written before it is linked and never moved. Afterwards only its `state` changes.
struct Version<Write: VersionedWrite, Point: SchedulingPoint>: ~Copyable {
  /// The address of the version before; 0 at the end of the list.
  let next = SharedWord<Point>()
  /// One of `VersionState`.
  let state = SharedWord<Point>(VersionState.pending)
  /// Whose write.
  let transaction: UInt32
  let write: Write
  /// What follows from it and all earlier ones, once the version is final.
  var outcome = Write.Outcome()

  init(_ transaction: UInt32, _ write: Write) {
    self.transaction = transaction
    self.write = write
  }
}

/// What a version holds.
protocol VersionedWrite: BitwiseCopyable {
  associatedtype Outcome: BitwiseCopyable & DefaultInitializable
}

/// A value that can be made out of nothing.
protocol DefaultInitializable {
  init()
}

/// How far a version is to be believed.
enum VersionState {
  /// The transaction may yet be executed again.
  static var pending: UInt { 0 }
  /// The transaction was executed again: this is not what it wrote.
  static var void: UInt { 1 }
  /// The transaction is committed.
  static var final: UInt { 2 }
}

/// What a transaction did to an account.
struct AccountWrite: VersionedWrite {
  /// The whole account after the transaction.
  typealias Outcome = AccountSnapshot

  /// Which parts are written; balances are differences, so that several can be added up.
  var aspects: AccountAspects
  /// What the balance grew by, modulo 2^256.
  var balanceDifference: UInt256
  var nonce: UInt64
  var codeHash: Hash256
  var exists: Bool
  /// How often the storage was wiped.
  var wipes: UInt32
}

/// What a transaction left in a slot.
struct SlotWrite: VersionedWrite {
  /// The word says it all.
  struct Outcome: BitwiseCopyable, DefaultInitializable {}

  var word: UInt256
  /// How often the account's storage had been wiped by then.
  var generation: UInt32
}

/// An account at one place of the block.
struct AccountSnapshot: BitwiseCopyable, DefaultInitializable {
  var account = Account()
  /// Whether it is in the state.
  var exists = false
  /// How often its storage was wiped in this block.
  var generation: UInt32 = 0
}

/// Lists of versions.
struct VersionList<Write: VersionedWrite, Point: SchedulingPoint> {
  typealias Node = Version<Write, Point>

  /// Links `version` into the list that begins at `head`.
  static func insert(
    _ version: UnsafeMutablePointer<Node>, at head: borrowing SharedWord<Point>
  ) {
    let transaction = version.pointee.transaction
    while true {
      let first = head.load()
      if let node = node(first), node.pointee.transaction > transaction {
        return insert(version, after: node)
      }
      // Of two versions of one transaction the newer one stands first.
      version.pointee.next.store(first)
      if head.replace(first, by: UInt(bitPattern: version)) { return }
    }
  }

  private static func insert(
    _ version: UnsafeMutablePointer<Node>, after node: UnsafeMutablePointer<Node>
  ) {
    let transaction = version.pointee.transaction
    var node = node
    while true {
      let next = node.pointee.next.load()
      if let later = self.node(next), later.pointee.transaction > transaction {
        node = later
        continue
      }
      version.pointee.next.store(next)
      if node.pointee.next.replace(next, by: UInt(bitPattern: version)) { return }
    }
  }

  @inline(__always)
  static func node(_ word: UInt) -> UnsafeMutablePointer<Node>? {
    UnsafeMutablePointer(bitPattern: word)
  }
}
