// What one worker finds changed at the end of a block.

import CKernels
import Ledger
import Primitives
import State

/// An account as the block leaves it, unlike it was before.
struct ChangedAccount: BitwiseCopyable {
  let address: Address
  let account: Account
  let exists: Bool
  let wipesStorage: Bool

  /// The change of an account that is now so, or nil if there is none and none of its slots changes.
  init?<Point>(
    _ location: UnsafeMutablePointer<AccountLocation<Point>>, _ now: AccountSnapshot,
    hasStorage: Bool
  ) {
    let existed = location.pointee.phase.load() == BasePhase.present
    guard now.exists || existed else { return nil }
    wipesStorage = existed && now.generation > 0
    exists = now.exists
    address = location.pointee.key
    account = now.account
    if now.exists, existed, !wipesStorage, !hasStorage, now.account == location.pointee.base {
      return nil
    }
  }

  /// The change, with slots in rising order.
  func change(risingStorage storage: [SlotChange]) -> AccountChange {
    exists
      ? AccountChange(
        address: address, account: account, wipesStorage: wipesStorage, risingStorage: storage)
      : AccountChange(address: address, account: nil)
  }
}

/// A slot that holds another word than before the block.
struct ChangedSlot<Point: SchedulingPoint>: BitwiseCopyable {
  let owner: UnsafeMutablePointer<AccountLocation<Point>>
  let change: SlotChange
}

/// The changes at the locations that one worker was the first to ask for, in parts by key. The memory is
/// kept from block to block, unless it is a lot.
///
/// A part of the accounts is a range of addresses. A part of an account's slots is a range of slots, but
/// which part that is depends on the account: most slots of one are hashes and fall into all parts, while
/// the first few of many fall into all parts, too.
final class ChangesFound<Point: SchedulingPoint> {
  typealias Memory = MultiVersionMemory<Point>

  /// How many parts there may be.
  let partsAtMost: Int
  let accounts: UnsafeMutablePointer<PlainList<ChangedAccount>>
  let slots: UnsafeMutablePointer<PlainList<ChangedSlot<Point>>>
  private var codes: [Code] = []

  /// How far ahead versions are brought near.
  private static var lookAhead: Int { 8 }
  /// How many changes of a part memory is kept for.
  private static var kept: Int { 1 << 14 }

  init(partsAtMost parts: Int) {
    partsAtMost = parts
    accounts = .allocate(capacity: parts)
    slots = .allocate(capacity: parts)
    for part in 0..<parts {
      (accounts + part).initialize(to: PlainList(capacity: 8))
      (slots + part).initialize(to: PlainList(capacity: 8))
    }
  }

  deinit {
    accounts.deinitialize(count: partsAtMost)
    accounts.deallocate()
    slots.deinitialize(count: partsAtMost)
    slots.deallocate()
  }

  /// Looks through `records`, all of whose versions up to `place` are final, and sorts what is found into
  /// so many parts.
  func look(
    through records: UnsafeMutablePointer<WorkerRecords<Point>>,
    in memory: UnsafeMutablePointer<Memory>, at place: Place,
    earned: (coinbase: UnsafeMutablePointer<AccountLocation<Point>>, fees: UInt256), parts: Int
  ) {
    for part in 0..<partsAtMost {
      (accounts + part).pointee.removeAll(keeping: Self.kept)
      (slots + part).pointee.removeAll(keeping: Self.kept)
    }
    for index in 0..<records.pointee.slots.count {
      if index + Self.lookAhead < records.pointee.slots.count {
        prefetch(records.pointee.slots[index + Self.lookAhead].pointee.versions.load())
      }
      look(at: records.pointee.slots[index], in: memory, place, parts: parts)
    }
    for index in 0..<records.pointee.accounts.count {
      if index + Self.lookAhead < records.pointee.accounts.count {
        prefetch(records.pointee.accounts[index + Self.lookAhead].pointee.versions.load())
      }
      let location = records.pointee.accounts[index]
      look(
        at: location, in: memory, place,
        earned: location == earned.coinbase ? earned.fees : .zero, parts: parts)
    }
  }

  /// The codes that were found, which are forgotten then.
  func takeCodes() -> [Code] {
    defer { codes = [] }
    return codes
  }

  private func prefetch(_ version: UInt) {
    guard let start = UnsafeRawPointer(bitPattern: version) else { return }
    nt_prefetch(start)
    nt_prefetch(start + 64)
  }

  private func look(
    at location: UnsafeMutablePointer<AccountLocation<Point>>,
    in memory: UnsafeMutablePointer<Memory>, _ place: Place, earned: UInt256, parts: Int
  ) {
    guard location.pointee.versions.load() != 0 || !earned.isZero,
      var now = try? memory.pointee.snapshot(of: location, before: place + 1)
    else { return }
    now.account.balance = now.account.balance &+ earned
    guard let change = ChangedAccount(location, now, hasStorage: false) else { return }
    let part = (UInt64(change.address.l2) &* UInt64(parts)) &>> 32
    (accounts + Int(part)).pointee.append(change)
    if change.exists, now.account.codeHash != location.pointee.base.codeHash,
      let code = memory.pointee.codes.find(now.account.codeHash)
    {
      codes.append(code)
    }
  }

  private func look(
    at location: UnsafeMutablePointer<SlotLocation<Point>>,
    in memory: UnsafeMutablePointer<Memory>, _ place: Place, parts: Int
  ) {
    let owner = location.pointee.owner
    guard location.pointee.versions.load() != 0,
      let generation = owner.pointee.wipes.load() == 0
        ? 0 : try? memory.pointee.snapshot(of: owner, before: place + 1).generation,
      let word = try? memory.pointee.word(of: location, before: place + 1)
    else { return }
    let wasRead = location.pointee.phase.load() == BasePhase.present
    let before = generation == 0 && wasRead ? location.pointee.base : .zero
    if word == before { return }
    let slot = location.pointee.key.slot
    let range = Int(((slot.l3 &>> 32) &* UInt64(parts)) &>> 32)
    let first = Int((UInt64(owner.pointee.key.l2) &* UInt64(parts)) &>> 32)
    (slots + (range + first) % parts).pointee.append(
      ChangedSlot(owner: owner, change: SlotChange(slot: slot, value: word)))
  }
}
