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
