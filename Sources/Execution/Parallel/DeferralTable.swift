// Which calls were put off lately.

import Ledger
import Primitives

/// What a transaction calls, as a number: those that call the same often depend on each other. Two
/// different calls with the same number only make one wait that need not.
enum CallTarget {
  /// Address and selector, mixed into 32 bits; 0 where nothing is called.
  static func word(of transaction: borrowing Transaction) -> UInt {
    guard let recipient = transaction.to, transaction.data.count >= 4 else { return 0 }
    let selector = transaction.data.prefix(4).reduce(UInt64(0)) { $0 &<< 8 | UInt64($1) }
    let mixed =
      (recipient.l0 ^ recipient.l1 &+ selector &* 0x9e37_79b9_7f4a_7c15) &* 0xbf58_476d_1ce4_e5b9
    return UInt(mixed &>> 32 | 1)
  }
}

/// The batch that was put off last for something it found, by what it calls. As long as that one has not
/// had its turn, others that call the same are put off before they have begun.
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

  /// The number of the batch, nil when there is none or nothing is called.
  func batch(callingAs target: UInt) -> Int? {
    if target == 0 { return nil }
    let word = entry(target).pointee.load()
    return word == 0 || word &>> 32 != target ? nil : Int(word & 0xffff_ffff)
  }

  func note(_ batch: Int, callingAs target: UInt) {
    if target != 0 { entry(target).pointee.store(target &<< 32 | UInt(batch)) }
  }

  private func entry(_ target: UInt) -> UnsafeMutablePointer<SharedWord<Point>> {
    entries + Int(target &>> 1) % Self.capacity
  }
}
