// What one batch wrote to one location.

import Ledger
import Primitives
import State

/// A write of a batch to an account or a slot, in the list of the location, which is ordered by falling
/// place.
///
///     location → 9 → 7 → 7 (void) → 2 (final) → …
///
/// A version is written before it is linked and never moved. Afterwards its state changes, and when it
/// becomes final it is completed.
struct Version<Write: VersionedWrite, Point: SchedulingPoint>: ~Copyable {
  /// The address of the version before; 0 at the end of the list.
  let next = SharedWord<Point>()
  /// Where it stands and how far it is to be believed.
  private let stamp: SharedWord<Point>
  var write: Write

  init(_ place: Place, _ state: UInt, _ write: Write) {
    stamp = SharedWord(UInt(place) &<< 8 | state)
    self.write = write
  }

  /// Whose write, and one of `VersionState`.
  @inline(__always)
  func load() -> (place: Place, state: UInt) {
    let word = stamp.load()
    return (Place(truncatingIfNeeded: word &>> 8), word & 0xff)
  }

  /// Says that the version, which stands at `place`, is to be believed so far.
  @inline(__always)
  func mark(_ state: UInt, at place: Place) { stamp.store(UInt(place) &<< 8 | state) }
}

/// What a version holds.
protocol VersionedWrite: BitwiseCopyable {}

/// How far a version is to be believed.
enum VersionState {
  /// The transactions may yet be executed again.
  static var pending: UInt { 0 }
  /// The transactions are committed.
  static var final: UInt { 1 }
  /// The transactions are being executed again: they will probably write here, but something else.
  static var estimate: UInt { 2 }
  /// The transactions were executed again: this is not what they wrote.
  static var void: UInt { 3 }
}

/// What a batch did to an account. As long as that is not final, only the parts that were written say
/// something; from then on it is the whole account.
///
/// The order of the fields lets a version take two cache lines.
struct AccountWrite: VersionedWrite {
  /// Which parts are written.
  let aspects: AccountAspects
  var exists: Bool
  /// How often the batch wiped the storage.
  let wipes: UInt16
  /// How often it was wiped in the block by then; once it is final.
  var generation: UInt32 = 0
  var nonce: UInt64
  /// The balance, once it is final.
  var balance = UInt256.zero
  var codeHash: Hash256
  /// What the balance grew by, modulo 2^256, so that several can be added up.
  let balanceDifference: UInt256

  /// Completes what was not written. What was is left alone: others may be reading it.
  mutating func complete(from outcome: AccountSnapshot) {
    if !aspects.contains(.existence) { exists = outcome.exists }
    if !aspects.contains(.nonce) { nonce = outcome.account.nonce }
    if !aspects.contains(.code) { codeHash = outcome.account.codeHash }
    balance = outcome.account.balance
    generation = outcome.generation
  }

  /// The account, once that is final.
  var snapshot: AccountSnapshot {
    AccountSnapshot(
      account: Account(nonce: nonce, balance: balance, codeHash: codeHash), exists: exists,
      generation: generation)
  }
}

/// What a batch left in a slot.
struct SlotWrite: VersionedWrite {
  /// How often the account's storage had been wiped by then.
  let generation: UInt32
  let word: UInt256
}

/// An account at one place of the block.
struct AccountSnapshot: BitwiseCopyable {
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
    let place = version.pointee.load().place
    while true {
      let first = head.load()
      if let node = node(first), node.pointee.load().place > place {
        return insert(version, after: node)
      }
      // Of two versions at one place the newer one stands first.
      version.pointee.next.store(first)
      if head.replace(first, by: UInt(bitPattern: version)) { return }
    }
  }

  private static func insert(
    _ version: UnsafeMutablePointer<Node>, after node: UnsafeMutablePointer<Node>
  ) {
    let place = version.pointee.load().place
    var node = node
    while true {
      let next = node.pointee.next.load()
      if let later = self.node(next), later.pointee.load().place > place {
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
