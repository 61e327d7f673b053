// How long transactions and blocks take, roughly, before they are executed.

import Ledger

/// A guess from the gas that a transaction may use, which is all that is known beforehand.
struct TransactionWeight: BitwiseCopyable {
  /// The gas of a call that takes as long.
  let gas: UInt64
  /// Whether it has no data: it mostly runs no code, whatever gas it was given, and rarely depends on
  /// others in a way that matters.
  let isTransfer: Bool

  /// The gas of calls that takes as long as a transfer.
  private static var transfer: UInt64 { 5_000 }

  init(gasLimit: UInt64, hasData: Bool) {
    gas = hasData ? gasLimit : min(gasLimit, Self.transfer)
    isTransfer = !hasData
  }

  @inline(__always)
  init(_ transaction: borrowing Transaction) {
    self.init(gasLimit: transaction.gasLimit, hasData: !transaction.data.isEmpty)
  }
}

/// A guess how long a block takes.
struct BlockWeight {
  private var gas: UInt64 = 0

  mutating func add(_ weight: TransactionWeight) {
    let sum = gas.addingReportingOverflow(weight.gas)
    gas = sum.overflow ? .max : sum.partialValue
  }

  /// Whether waking other threads would take longer than they could help: about half a millisecond of
  /// execution.
  var isSmall: Bool { gas < Self.smallest }

  private static var smallest: UInt64 { 6_000_000 }
}

/// Where a batch ends.
enum BatchBound {
  /// How many transfers count as one call.
  private static var transfersPerCall: Int { 4 }

  /// The most that a batch of so many calls weighs, in gas: as much as few dear ones, or as many cheap
  /// ones.
  private static func weight(ofCalls calls: Int) -> UInt64 {
    max(1_000_000, UInt64(calls) * 31_250)
  }

  /// How many transactions make a batch that may have so many calls, of `count` whose weights these
  /// are: one at least, and no more than `count`.
  @inline(__always)
  static func size(
    calls: Int, of count: Int, weight: (Int) -> TransactionWeight
  ) -> Int {
    // Where one call is too much, so may be two transfers: some are no plain ones.
    let transfersPerCall = calls == 1 ? 1 : Self.transfersPerCall
    var left = Self.weight(ofCalls: calls)
    var taken = 0
    for index in 0..<count {
      let next = weight(index)
      taken += next.isTransfer ? 1 : transfersPerCall
      if index > 0, taken > calls * transfersPerCall || next.gas > left { return index }
      left -= min(left, next.gas)
    }
    return max(1, count)
  }
}
