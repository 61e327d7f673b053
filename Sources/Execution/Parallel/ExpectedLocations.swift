// How large the tables of a block have to be.

/// How many locations a block will probably have. With fewer buckets than that, chains grow long.
struct ExpectedLocations {
  let accounts: Int
  let slots: Int

  /// The least gas, roughly, for which a block that is not made to be hostile asks for a location.
  private static var gasPerLocation: UInt64 { 8_192 }
  /// The least gas for which it can ask for a slot for the first time, but for the oldest forks.
  private static var leastGasPerSlot: UInt64 { 200 }

  /// What a block of `count` transactions and so much gas, of which so many locations are foretold, can
  /// be expected to have after one that had `slotsBefore` slots: as a rule blocks are alike.
  init(transactions count: Int, gasLimit: UInt64, slotsBefore: Int, foretold: Int) {
    let least = max(count * 2, foretold, Int(min(gasLimit / Self.gasPerLocation, 1 << 16)))
    accounts = least
    slots = max(least, Int(min(UInt64(slotsBefore), gasLimit / Self.leastGasPerSlot)))
  }
}
