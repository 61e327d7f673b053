// Bringing state into memory ahead of its use.

internal import Crypto
public import Primitives
public import State

extension StateCache {
  /// Reads the accounts and slots that are not in memory, many at a time. Any thread may call it while
  /// others read.
  public func preload(
    accounts: [Address], slots: [StorageKey] = []
  ) throws(StateReadError) {
    var missing = accounts.filter { table.number(of: $0) < 0 }[...]
    while !missing.isEmpty {
      let batch = missing.prefix(Self.batchSize)
      missing = missing.dropFirst(Self.batchSize)
      try preload(batch: Array(batch))
    }
    var missingSlots = slots.filter { table.number(of: $0) < 0 }[...]
    while !missingSlots.isEmpty {
      let batch = missingSlots.prefix(Self.batchSize)
      missingSlots = missingSlots.dropFirst(Self.batchSize)
      try preload(batch: Array(batch))
    }
  }

  private static var batchSize: Int { 256 }

  private func preload(batch: [Address]) throws(StateReadError) {
    var isDamaged = false
    var found: [Account?] = Array(repeating: nil, count: batch.count)
    try readingState { () throws(StoreError) in
      try database.read(batch.map { .account(Keccak256.hash($0)) }) { index, value in
        guard let value else { return }
        if let stored = AccountRecord(value) {
          found[index] = stored.account
        } else {
          isDamaged = true
        }
      }
      if isDamaged { throw database.damage("the entry of an account") }
    }
    for (address, account) in zip(batch, found) { keep(address, account) }
  }

  private func preload(batch: [StorageKey]) throws(StateReadError) {
    var isDamaged = false
    var words = Array(repeating: UInt256.zero, count: batch.count)
    try readingState { () throws(StoreError) in
      let keys = batch.map {
        DatabaseKey.slot(Keccak256.hash($0.address), Keccak256.hash($0.slot))
      }
      try database.read(keys) { index, value in
        guard let value else { return }
        if let word = UInt256(bigEndian: value) { words[index] = word } else { isDamaged = true }
      }
      if isDamaged { throw database.damage("the entry of a slot") }
    }
    for (key, word) in zip(batch, words) { keep(key, word) }
  }
}
