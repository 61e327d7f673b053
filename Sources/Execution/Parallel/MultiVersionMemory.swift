// The state of a block at all places of the block at once.

import Ledger
import Primitives
import State
import Synchronization

/// Everything that the transactions of a block have read and written, by location and transaction,
/// over the state before the block.
///
/// Transactions count from 1; 0 is what the protocol does before them. Reading "before n" answers
/// with what the transactions below n have written so far, whether or not that is final: who reads
/// ahead of the turn must look again when it has come.
struct MultiVersionMemory<Point: SchedulingPoint>: ~Copyable {
  typealias AccountRecord = AccountLocation<Point>
  typealias SlotRecord = SlotLocation<Point>
  typealias AccountVersion = Version<AccountWrite, Point>
  typealias SlotVersion = Version<SlotWrite, Point>

  /// The state before the block.
  var view: any StateView
  var accounts = LocationTable<AccountRecord>()
  var slots = LocationTable<SlotRecord>()
  let codes = BlockCodes<Point>()

  init(view: any StateView) { self.view = view }

  /// Forgets the block and makes ready for another one of `count` transactions.
  mutating func reset(view: any StateView, transactions count: Int) {
    self.view = view
    accounts.reset(expecting: count * 2)
    slots.reset(expecting: count * 2)
    codes.reset()
  }

  // MARK: - Accounts

  /// The account before transaction `place`.
  func snapshot(
    of location: UnsafeMutablePointer<AccountRecord>, before place: UInt32
  ) throws(StateReadError) -> AccountSnapshot {
    var found = AccountSnapshot()
    var missing: AccountAspects = [.nonce, .code, .existence]
    var next = location.pointee.versions.load()
    while let version = VersionList<AccountWrite, Point>.node(next) {
      if version.pointee.transaction < place {
        let state = version.pointee.state.load()
        if state == VersionState.final {
          found.complete(missing, from: version.pointee.outcome)
          return found
        }
        if state == VersionState.pending { found.add(version.pointee.write, &missing) }
      }
      next = version.pointee.next.load()
    }
    try readBase(location)
    let isThere = location.pointee.phase.load() == BasePhase.present
    found.complete(
      missing, from: AccountSnapshot(account: location.pointee.base, exists: isThere))
    return found
  }

  /// Sees to it that the account before the block is known.
  func readBase(_ location: UnsafeMutablePointer<AccountRecord>) throws(StateReadError) {
    var backoff = Backoff()
    while true {
      let phase = location.pointee.phase.load()
      if phase >= BasePhase.present { return }
      guard phase == BasePhase.unread,
        location.pointee.phase.replace(BasePhase.unread, by: BasePhase.reading)
      else {
        backoff.wait()
        continue
      }
      do throws(StateReadError) {
        let account = try view.account(location.pointee.key)
        if let account { location.pointee.base = account }
        location.pointee.phase.store(account == nil ? BasePhase.absent : BasePhase.present)
        return
      } catch {
        location.pointee.phase.store(BasePhase.unread)
        throw error
      }
    }
  }

  // MARK: - Slots

  /// The word in a slot before transaction `place`; `owner` is the account that it belongs to.
  func word(
    of location: UnsafeMutablePointer<SlotRecord>,
    ownedBy owner: UnsafeMutablePointer<AccountRecord>, before place: UInt32
  ) throws(StateReadError) -> UInt256 {
    let generation =
      owner.pointee.wipes.load() == 0 ? 0 : try snapshot(of: owner, before: place).generation
    var next = location.pointee.versions.load()
    while let version = VersionList<SlotWrite, Point>.node(next) {
      if version.pointee.transaction < place, version.pointee.state.load() != VersionState.void {
        return version.pointee.write.generation >= generation ? version.pointee.write.word : .zero
      }
      next = version.pointee.next.load()
    }
    return generation == 0 ? try baseWord(of: location) : .zero
  }

  /// The word before the block.
  func baseWord(
    of location: UnsafeMutablePointer<SlotRecord>
  ) throws(StateReadError) -> UInt256 {
    var backoff = Backoff()
    while true {
      let phase = location.pointee.phase.load()
      if phase >= BasePhase.present { return location.pointee.base }
      guard phase == BasePhase.unread,
        location.pointee.phase.replace(BasePhase.unread, by: BasePhase.reading)
      else {
        backoff.wait()
        continue
      }
      do throws(StateReadError) {
        let key = location.pointee.key
        location.pointee.base = try view.storage(key.address, key.slot)
        location.pointee.phase.store(BasePhase.present)
      } catch {
        location.pointee.phase.store(BasePhase.unread)
        throw error
      }
    }
  }
}

extension AccountSnapshot {
  /// Adds what an earlier transaction wrote, as far as no later one wrote the same.
  fileprivate mutating func add(_ write: AccountWrite, _ missing: inout AccountAspects) {
    account.balance = account.balance &+ write.balanceDifference
    generation &+= write.wipes
    let found = missing.intersection(write.aspects)
    if found.contains(.nonce) { account.nonce = write.nonce }
    if found.contains(.code) { account.codeHash = write.codeHash }
    if found.contains(.existence) { exists = write.exists }
    missing.subtract(found)
  }

  /// Takes what is still missing from an account that is known as a whole.
  fileprivate mutating func complete(_ missing: AccountAspects, from whole: AccountSnapshot) {
    account.balance = account.balance &+ whole.account.balance
    generation &+= whole.generation
    if missing.contains(.nonce) { account.nonce = whole.account.nonce }
    if missing.contains(.code) { account.codeHash = whole.account.codeHash }
    if missing.contains(.existence) { exists = whole.exists }
  }
}

/// The codes that transactions of a block have stored, whether or not they are final.
final class BlockCodes<Point: SchedulingPoint>: Sendable {
  private let codes = Mutex<[Hash256: Code]>([:])
  private let count = Atomic<Int>(0)

  func insert(_ code: Code) {
    Point.pass()
    codes.withLock { $0[code.hash] = code }
    count.wrappingAdd(1, ordering: .releasing)
  }

  /// The code with this hash; it lives until `reset`.
  func find(_ hash: Hash256) -> Code? {
    Point.pass()
    return count.load(ordering: .acquiring) == 0 ? nil : codes.withLock { $0[hash] }
  }

  func reset() {
    codes.withLock { $0.removeAll() }
    count.store(0, ordering: .relaxed)
  }
}
