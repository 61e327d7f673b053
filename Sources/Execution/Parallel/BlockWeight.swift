// How long a block takes, roughly, before it is executed.

/// A guess from the gas that transactions may use, which is all that is known beforehand.
struct BlockWeight {
  private var gas: UInt64 = 0

  /// Counts a transaction. One without data mostly runs no code, whatever it was given.
  mutating func add(gasLimit: UInt64, hasData: Bool) {
    let weight = hasData ? gasLimit : min(gasLimit, Self.transfer)
    gas = gas.addingReportingOverflow(weight).overflow ? .max : gas + weight
  }

  /// Whether waking other threads would take longer than they could help: about half a millisecond of
  /// execution.
  var isSmall: Bool { gas < Self.smallest }

  private static var smallest: UInt64 { 5_000_000 }
  /// The gas of calls that takes as long as a transfer.
  private static var transfer: UInt64 { 5_000 }
}
