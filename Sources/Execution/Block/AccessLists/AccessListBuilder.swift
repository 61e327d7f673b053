// Block access lists out of what each place of a block did.

import Ledger
import Primitives
import State

/// Puts records together, in the order of the block.
struct AccessListBuilder {
  /// An account's entry while it grows.
  fileprivate struct Entry {
    var balance: [(index: UInt32, difference: UInt256)] = []
    var nonces: [IndexedChange<UInt64>] = []
    var codes: [(index: UInt32, hash: Hash256)] = []
    var words: [UInt256: [IndexedChange<UInt256>]] = [:]
    var seen: Set<UInt256> = []
  }

  private var entries: [Address: Entry] = [:]

  /// Adds what happened at `index`, which is not below that of any record before.
  mutating func add(_ record: AccessRecord, at index: UInt32) {
    for address in record.touched where entries[address] == nil { entries[address] = Entry() }
    for change in record.accounts {
      entries[change.address, default: Entry()].add(change, at: index)
    }
    for (key, word) in record.slots {
      entries[key.address, default: Entry()].words[key.slot, default: []]
        .append(IndexedChange(index, word))
    }
    for key in record.seen { entries[key.address, default: Entry()].seen.insert(key.slot) }
  }

  /// Adds what `state` was asked for since it last forgot.
  mutating func addAccesses(of state: TransactionState) {
    var record = AccessRecord()
    record.addAccesses(of: state)
    add(record, at: 0)
  }

  /// The list. `balance` tells what an account that changed had before the block, `code` the bytes of
  /// a code that was stored in it.
  func list(
    balance: (Address) -> UInt256, code: (Hash256) -> [UInt8]
  ) -> BlockAccessList {
    BlockAccessList(
      entries.map { address, entry in
        var account = AccountAccess(
          address,
          storageChanges: entry.words.map { SlotAccess($0, $1) }.sorted { $0.slot < $1.slot },
          storageReads: entry.seen.filter { entry.words[$0] == nil }.sorted(),
          nonceChanges: entry.nonces,
          codeChanges: entry.codes.map { IndexedChange($0.index, code($0.hash)) })
        var sum = entry.balance.isEmpty ? .zero : balance(address)
        for (index, difference) in entry.balance where !difference.isZero {
          sum = sum &+ difference
          account.balanceChanges.append(IndexedChange(index, sum))
        }
        return account
      }.sorted { $0.address < $1.address })
  }
}

extension AccessListBuilder.Entry {
  fileprivate mutating func add(_ change: AccessRecord.Change, at index: UInt32) {
    // A fee may come beside what the transaction did with the coinbase.
    if balance.last?.index == index {
      let last = balance.count - 1
      balance[last].difference = balance[last].difference &+ change.balanceDifference
    } else {
      balance.append((index, change.balanceDifference))
    }
    if let nonce = change.nonce { nonces.append(IndexedChange(index, nonce)) }
    if let hash = change.codeHash { codes.append((index, hash)) }
  }
}
