// The state of a block at all places of the block at once.

import Ledger
import Primitives
import State
import Synchronization

/// Everything that the transactions of a block have read and written, by location and transaction,
/// over the state before the block.
///
/// Reading "before a place" answers with what stands below it so far, whether or not that is final:
/// who reads ahead of the turn must look again when it has come.
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
  /// Whether any location is not cold.
  let hasHeat = SharedWord<Point>()

  /// How much longer what a list says is believed; 0 when it is not.
  let trust = SharedWord<Point>()
  /// Whether every slot is followed as a counter that is not known to be none; else only those that
  /// have made somebody execute in vain.
  var suspectsCounters = false

  init(view: any StateView) { self.view = view }

  /// Forgets the block and makes ready for another one, which is to have so many locations.
  mutating func reset(view: any StateView, expecting expected: ExpectedLocations) {
    self.view = view
    accounts.reset(expecting: expected.accounts)
    slots.reset(expecting: expected.slots)
    codes.reset()
    hasHeat.store(0)
    trust.store(0)
  }

  /// Brings near what will be asked for soon.
  func prefetch(_ addresses: UnsafeBufferPointer<Address>) {
    for address in addresses { accounts.prefetch(address) }
    view.prefetch(addresses)
  }

  /// Brings near what the state before the block says of a slot that may be asked for now.
  func prefetch(_ address: Address, _ slot: UInt256) { view.prefetch(address, slot) }

  /// Notes that somebody has executed in vain because of a location.
  func heat(_ heat: borrowing SharedWord<Point>, _ kind: UInt) {
    if heat.load() < kind { heat.store(kind) }
    hasHeat.store(1)
  }

  // MARK: - Accounts

  /// The account before `place`.
  func snapshot(
    of location: UnsafeMutablePointer<AccountRecord>, before place: Place
  ) throws(StateReadError) -> AccountSnapshot {
    var sight = Sight.unclear
    return try snapshot(of: location, before: place, sight: &sight)
  }

  /// The account before `place`, and by what it can be known again.
  @inline(__always)
  func snapshot(
    of location: UnsafeMutablePointer<AccountRecord>, before place: Place, sight: inout UInt
  ) throws(StateReadError) -> AccountSnapshot {
    if location.pointee.versions.load() == 0 {
      sight = Sight.base
      return try readBase(location)
    }
    return try assemble(location, before: place, sight: &sight)
  }

  @inline(never)
  private func assemble(
    _ location: UnsafeMutablePointer<AccountRecord>, before place: Place, sight: inout UInt
  ) throws(StateReadError) -> AccountSnapshot {
    var found = AccountSnapshot()
    var missing: AccountAspects = [.nonce, .code, .existence]
    var next = location.pointee.versions.load()
    sight = Sight.base
    while let version = VersionList<AccountWrite, Point>.node(next) {
      let (stands, state) = version.pointee.load()
      if stands < place {
        if state == VersionState.final {
          if sight == Sight.base {
            sight = next
            return version.pointee.write.snapshot
          }
          found.complete(missing, from: version.pointee.write.snapshot)
          return found
        }
        if state != VersionState.void {
          // What the older ones among several pending versions come to may change without a trace.
          // And an estimate is a guess, mostly right about nonces and close enough about balances.
          sight = Sight.unclear
          found.add(version.pointee.write, &missing)
        }
      }
      next = version.pointee.next.load()
    }
    found.complete(missing, from: try readBase(location))
    return found
  }

  /// The account after all that is final.
  func finalSnapshot(
    of location: UnsafeMutablePointer<AccountRecord>
  ) throws(StateReadError) -> AccountSnapshot {
    var next = location.pointee.versions.load()
    while let version = VersionList<AccountWrite, Point>.node(next) {
      if version.pointee.load().state == VersionState.final {
        return version.pointee.write.snapshot
      }
      next = version.pointee.next.load()
    }
    return try readBase(location)
  }

  /// The version that a reader at `place` would see first, or 0.
  @inline(__always)
  func firstVersion<Write: VersionedWrite>(
    _ type: Write.Type, in list: borrowing SharedWord<Point>, before place: Place
  ) -> UInt {
    var next = list.load()
    while let version = VersionList<Write, Point>.node(next) {
      let (stands, state) = version.pointee.load()
      if stands < place && state < VersionState.estimate { return next }
      next = version.pointee.next.load()
    }
    return 0
  }

  /// The account before the block.
  @inline(__always)
  func readBase(
    _ location: UnsafeMutablePointer<AccountRecord>
  ) throws(StateReadError) -> AccountSnapshot {
    if location.pointee.phase.load() < BasePhase.present {
      try readOnce(location.pointee.phase) { () throws(StateReadError) in
        let account = try view.account(location.pointee.key)
        if let account { location.pointee.base = account }
        return account == nil ? BasePhase.absent : BasePhase.present
      }
    }
    return AccountSnapshot(
      account: location.pointee.base, exists: location.pointee.phase.load() == BasePhase.present)
  }

  // MARK: - Slots

  /// The word in a slot before `place`.
  func word(
    of location: UnsafeMutablePointer<SlotRecord>, before place: Place
  ) throws(StateReadError) -> UInt256 {
    var sight = Sight.unclear
    return try word(of: location, before: place, stoppingAtEstimates: false, sight: &sight)
  }

  /// The word in a slot before `place`, and by what it can be known again. Where versions are about
  /// to be replaced, the answer may be put off.
  func word(
    of location: UnsafeMutablePointer<SlotRecord>, before place: Place,
    stoppingAtEstimates stops: Bool, sight: inout UInt
  ) throws(StateReadError) -> UInt256 {
    let owner = location.pointee.owner
    let isWiped = owner.pointee.wipes.load() != 0
    let generation = isWiped ? try snapshot(of: owner, before: place).generation : 0
    sight = isWiped ? Sight.unclear : Sight.base
    var next = location.pointee.versions.load()
    while let version = VersionList<SlotWrite, Point>.node(next) {
      let (stands, state) = version.pointee.load()
      if stands < place {
        if state == VersionState.estimate && stops { throw .deferred }
        if state < VersionState.estimate {
          if !isWiped { sight = next }
          return version.pointee.write.generation >= generation ? version.pointee.write.word : .zero
        }
      }
      next = version.pointee.next.load()
    }
    return generation == 0 ? try baseWord(of: location) : .zero
  }

  /// The word before the block.
  @inline(__always)
  func baseWord(
    of location: UnsafeMutablePointer<SlotRecord>
  ) throws(StateReadError) -> UInt256 {
    if location.pointee.phase.load() < BasePhase.present {
      try readOnce(location.pointee.phase) { () throws(StateReadError) in
        location.pointee.base = try view.storage(
          location.pointee.owner.pointee.key, location.pointee.key.slot)
        return BasePhase.present
      }
    }
    return location.pointee.base
  }

  /// Lets one worker read what the state before the block says, while the others wait for it.
  private func readOnce(
    _ phase: borrowing SharedWord<Point>, _ read: () throws(StateReadError) -> UInt
  ) throws(StateReadError) {
    var backoff = Backoff<Point>()
    while phase.load() < BasePhase.present {
      guard phase.replace(BasePhase.unread, by: BasePhase.reading) else {
        backoff.wait()
        continue
      }
      do throws(StateReadError) {
        phase.store(try read())
      } catch {
        phase.store(BasePhase.unread)
        throw error
      }
    }
  }
}

extension AccountSnapshot {
  /// Adds what an earlier transaction wrote, as far as no later one wrote the same.
  fileprivate mutating func add(_ write: AccountWrite, _ missing: inout AccountAspects) {
    account.balance = account.balance &+ write.balanceDifference
    generation &+= UInt32(write.wipes)
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

  /// Keeps the code, unless it is the empty one, which nobody has to store.
  func insert(_ code: Code) {
    if code.hash == Code.emptyHash { return }
    Point.pass()
    // The first object stays, since uncounted references to it are about.
    codes.withLock { if $0[code.hash] == nil { $0[code.hash] = code } }
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
