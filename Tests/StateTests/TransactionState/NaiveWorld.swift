// The state of a block's transactions by the words of the specification, as a model for the tests.

import Crypto
import Ledger
import Primitives
import State

/// A world of dictionaries that keeps a whole copy of itself at every checkpoint.
struct NaiveWorld {
  struct Contract: Equatable {
    var nonce: UInt64 = 0
    var balance = UInt256.zero
    var code: [UInt8] = []
    var storage: [UInt256: UInt256] = [:]

    var isEmpty: Bool { nonce == 0 && balance.isZero && code.isEmpty }
  }

  struct Cell: Hashable {
    let address: Address
    let slot: UInt256
  }

  /// Everything that a revert puts back.
  struct Moment {
    var accounts: [Address: Contract] = [:]
    var transient: [Cell: UInt256] = [:]
    var warm: Set<Address> = []
    var warmCells: Set<Cell> = []
    var created: Set<Address> = []
    var destroyed: Set<Address> = []
    var touched: Set<Address> = []
    var logs: [Log] = []
  }

  let rules: AccountRules
  var now = Moment()
  /// The accounts at the start of the transaction.
  private(set) var original: [Address: Contract] = [:]

  init(rules: AccountRules, accounts: [Address: Contract]) {
    self.rules = rules
    now.accounts = accounts
  }

  mutating func beginTransaction() {
    now = Moment(accounts: now.accounts)
    original = now.accounts
  }

  mutating func endTransaction() {
    for address in now.destroyed { now.accounts[address] = nil }
    guard rules.clearsEmptyAccounts else { return }
    for address in now.touched where now.accounts[address]?.isEmpty == true {
      now.accounts[address] = nil
    }
  }

  mutating func access(_ address: Address) -> Bool { now.warm.insert(address).inserted }

  func value(_ cell: Cell) -> UInt256 { now.accounts[cell.address]?.storage[cell.slot] ?? .zero }

  mutating func load(_ cell: Cell) -> (value: UInt256, isCold: Bool) {
    (value(cell), now.warmCells.insert(cell).inserted)
  }

  mutating func store(
    _ cell: Cell, _ value: UInt256
  ) -> (original: UInt256, current: UInt256, isCold: Bool) {
    let current = self.value(cell)
    now.accounts[cell.address, default: Contract()].storage[cell.slot] = value
    let before = original[cell.address]?.storage[cell.slot] ?? .zero
    return (before, current, now.warmCells.insert(cell).inserted)
  }

  mutating func touch(_ address: Address) {
    if now.accounts[address] == nil { now.accounts[address] = Contract() }
    now.touched.insert(address)
  }

  mutating func transfer(_ value: UInt256, from sender: Address, to recipient: Address) {
    touch(recipient)
    guard !value.isZero else { return }
    now.accounts[sender, default: Contract()].balance -= value
    now.accounts[recipient, default: Contract()].balance += value
  }

  mutating func create(_ address: Address, creator: Address, value: UInt256, nonce: UInt64) {
    now.created.insert(address)
    now.accounts[address, default: Contract()].nonce = nonce
    transfer(value, from: creator, to: address)
  }

  mutating func selfDestruct(_ address: Address, beneficiary: Address) -> Bool {
    transfer(now.accounts[address]?.balance ?? .zero, from: address, to: beneficiary)
    if rules.destroysOnlyNewContracts && !now.created.contains(address) { return false }
    now.accounts[address, default: Contract()].balance = .zero
    return now.destroyed.insert(address).inserted
  }
}
