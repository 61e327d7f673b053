// What is known of one transaction of the block while it is executed in parallel.

import Ledger
import Primitives
import State

/// A transaction's way from its first execution to its commit.
///
/// It belongs to whoever executes it, until `isExecuted` says so; then to whoever commits it.
struct TransactionRecord<Point: SchedulingPoint>: ~Copyable {
  /// 1 once it was executed.
  let isExecuted = SharedWord<Point>()
  /// The receipt, but for the gas used by the transactions before; nil when there is none.
  var receipt: Receipt?
  /// Why there is no receipt. Ahead of the turn, that says nothing yet.
  var error: ExecutionError?
  var gasUsed: UInt64 = 0
  var blobGasUsed: UInt64 = 0
  /// What the coinbase earns beside what the versions tell; nil when they tell all.
  var fee: UInt256?
  /// What the outcome depends on.
  var accountReads = UnsafeMutableBufferPointer<AccountRead<Point>>(start: nil, count: 0)
  var slotReads = UnsafeMutableBufferPointer<SlotRead<Point>>(start: nil, count: 0)
  /// What it wrote.
  var accountWrites = UnsafeMutableBufferPointer<Written<AccountLocation<Point>, AccountWrite>>(
    start: nil, count: 0)
  var slotWrites = UnsafeMutableBufferPointer<Written<SlotLocation<Point>, SlotWrite>>(
    start: nil, count: 0)

  init() {}
}

/// What a transaction has seen of an account.
struct AccountRead<Point: SchedulingPoint>: BitwiseCopyable {
  let location: UnsafeMutablePointer<AccountLocation<Point>>
  /// The parts that matter.
  let observed: AccountAspects
  let seen: AccountSnapshot
  /// See `AccountEntry.slack`.
  let slack: UInt256

  /// Whether the transaction would have come to the same, had it seen `now`.
  func holds(_ now: AccountSnapshot) -> Bool {
    if observed.contains(.nonce) && now.account.nonce != seen.account.nonce { return false }
    if observed.contains(.code) && now.account.codeHash != seen.account.codeHash {
      if Point.fault != .staleCode { return false }
    }
    if observed.contains(.existence) {
      if now.exists != seen.exists || now.generation != seen.generation { return false }
    }
    if observed.contains(.emptiness) && now.account.isEmpty != seen.account.isEmpty { return false }
    let (old, new) = (seen.account.balance, now.account.balance)
    if new == old { return true }
    if observed.contains(.balance) { return false }
    if slack == AccountEntry.anything { return true }
    // Above 128 bits, sums of balances could overflow.
    if (new.l2 | new.l3) != 0 { return false }
    return new >= old || old &- new <= slack
  }
}

/// What a transaction has seen of a slot.
struct SlotRead<Point: SchedulingPoint>: BitwiseCopyable {
  let location: UnsafeMutablePointer<SlotLocation<Point>>
  let owner: UnsafeMutablePointer<AccountLocation<Point>>
  let word: UInt256
}

/// A version and where it stands.
struct Written<Record: ~Copyable & Location, Write: VersionedWrite>: BitwiseCopyable {
  let location: UnsafeMutablePointer<Record>
  let version: UnsafeMutablePointer<Version<Write, Record.Point>>
}
