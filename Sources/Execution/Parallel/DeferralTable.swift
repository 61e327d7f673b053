// Which calls were put off lately.

import Ledger
import Primitives

/// What a transaction calls: those that call the same often depend on each other.
struct DeferralTarget {
  /// Address and selector, mixed. Two that meet only make one wait that need not.
  fileprivate let hash: UInt32

  /// What `transaction` calls; nil where it calls nothing.
  init?(_ transaction: borrowing Transaction) {
    guard let recipient = transaction.to, transaction.data.count >= 4 else { return nil }
    let selector = transaction.data.prefix(4).reduce(UInt64(0)) { $0 &<< 8 | UInt64($1) }
    let mixed =
      (recipient.l0 ^ recipient.l1 &+ selector &* 0x9e37_79b9_7f4a_7c15) &* 0xbf58_476d_1ce4_e5b9
    hash = UInt32(truncatingIfNeeded: mixed &>> 32)
  }
}

/// The batch of one transaction that was put off last, by what it calls. As long as it has not had its
/// turn, others that call the same are put off before they have begun.
final class DeferralTable<Point: SchedulingPoint> {
  private let entries: UnsafeMutablePointer<SharedWord<Point>>
  private static var capacity: Int { 64 }

  init() {
    entries = .allocate(capacity: Self.capacity)
    for index in 0..<Self.capacity { (entries + index).initialize(to: SharedWord()) }
  }

  deinit {
    entries.deinitialize(count: Self.capacity)
    entries.deallocate()
  }

  func batch(of target: DeferralTarget) -> Int? {
    let word = entry(target).pointee.load()
    let number = Int(word & 0xffff_ffff)
    return number == 0 || UInt32(truncatingIfNeeded: word &>> 32) != target.hash ? nil : number - 1
  }

  func note(_ target: DeferralTarget, _ number: Int) {
    entry(target).pointee.store(UInt(target.hash) &<< 32 | UInt(number + 1))
  }

  private func entry(_ target: DeferralTarget) -> UnsafeMutablePointer<SharedWord<Point>> {
    entries + Int(target.hash) % Self.capacity
  }
}
