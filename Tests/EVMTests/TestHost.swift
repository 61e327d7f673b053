// A world of dictionaries for tests: every checkpoint keeps a whole copy.

import Crypto
import EVM
import Ledger
import Primitives

final class TestHost: Host {
  struct Account {
    var balance = UInt256.zero
    var nonce: UInt64 = 0
    var code = Code.empty
    var storage: [UInt256: UInt256] = [:]
  }

  struct World {
    var accounts: [Address: Account] = [:]
    var transient: [Address: [UInt256: UInt256]] = [:]
    var warmAccounts: Set<Address> = []
    var warmSlots: Set<StorageKey> = []
    var logs: [Log] = []
    var destroyed: Set<Address> = []
  }

  var world = World()
  /// Storage as at the start of the transaction.
  var original: [StorageKey: UInt256] = [:]
  private var checkpoints: [World] = []
  /// Codes handed out stay alive.
  private var codes: [Code] = []

  func add(_ address: Address, code: [UInt8] = [], balance: UInt256 = .zero, nonce: UInt64 = 0) {
    world.accounts[address] = Account(
      balance: balance, nonce: nonce, code: Code(code, hash: Keccak256.hash(code)))
  }

  func set(_ address: Address, _ slot: UInt256, _ value: UInt256) {
    world.accounts[address, default: Account()].storage[slot] = value
    original[StorageKey(address: address, slot: slot)] = value
  }

  func accessAccount(_ address: Address) -> Bool { world.warmAccounts.insert(address).inserted }
  func accountExists(_ address: Address) -> Bool { world.accounts[address] != nil }
  func accountIsEmpty(_ address: Address) -> Bool {
    guard let account = world.accounts[address] else { return true }
    return account.nonce == 0 && account.balance.isZero && account.code.reference.count == 0
  }
  func accountCollides(_ address: Address) -> Bool {
    guard let account = world.accounts[address] else { return false }
    return account.nonce != 0 || account.code.reference.count != 0 || !account.storage.isEmpty
  }
  func balance(of address: Address) -> UInt256 { world.accounts[address]?.balance ?? .zero }
  func nonce(of address: Address) -> UInt64 { world.accounts[address]?.nonce ?? 0 }
  func codeHash(of address: Address) -> Hash256 {
    accountIsEmpty(address) ? .zero : world.accounts[address]?.code.hash ?? .zero
  }
  func code(of address: Address) -> CodeReference {
    let code = world.accounts[address]?.code ?? .empty
    codes.append(code)
    return code.reference
  }

  func loadStorage(_ address: Address, _ slot: UInt256) -> StorageLoad {
    let isCold = world.warmSlots.insert(StorageKey(address: address, slot: slot)).inserted
    return StorageLoad(value: world.accounts[address]?.storage[slot] ?? .zero, isCold: isCold)
  }
  func storeStorage(_ address: Address, _ slot: UInt256, _ value: UInt256) -> StorageStore {
    let key = StorageKey(address: address, slot: slot)
    let isCold = world.warmSlots.insert(key).inserted
    let current = world.accounts[address]?.storage[slot] ?? .zero
    world.accounts[address, default: Account()].storage[slot] = value
    return StorageStore(original: original[key] ?? .zero, current: current, isCold: isCold)
  }
  func loadTransient(_ address: Address, _ slot: UInt256) -> UInt256 {
    world.transient[address]?[slot] ?? .zero
  }
  func storeTransient(_ address: Address, _ slot: UInt256, _ value: UInt256) {
    world.transient[address, default: [:]][slot] = value
  }
  func log(
    _ address: Address, topics: UnsafeBufferPointer<UInt256>, data: UnsafeRawBufferPointer
  ) {
    world.logs.append(Log(address: address, topics: topics.map { Hash256($0) }, data: Array(data)))
  }
  func blockHash(_ number: UInt64) -> Hash256 { Hash256(UInt256(number) &+ 1_000_000) }

  /// Where each message stood on the native stack when it began.
  private(set) var stackAddresses: [UInt] = []

  func checkpoint() -> Checkpoint {
    checkpoints.append(world)
    var here: UInt8 = 0
    withUnsafePointer(to: &here) { stackAddresses.append(UInt(bitPattern: $0)) }
    return Checkpoint(journalCount: checkpoints.count - 1, logCount: world.logs.count)
  }
  func revert(to checkpoint: Checkpoint) { world = checkpoints[checkpoint.journalCount] }

  func transfer(_ value: UInt256, from sender: Address, to recipient: Address) {
    if value.isZero { return }
    world.accounts[sender, default: Account()].balance =
      world.accounts[sender, default: Account()].balance - value
    world.accounts[recipient, default: Account()].balance =
      world.accounts[recipient, default: Account()].balance + value
  }
  func incrementNonce(of address: Address) {
    world.accounts[address, default: Account()].nonce += 1
  }
  func createContract(_ address: Address, creator: Address, value: UInt256, nonce: UInt64) {
    world.accounts[address, default: Account()].nonce = nonce
    transfer(value, from: creator, to: address)
  }
  func setCode(_ code: UnsafeRawBufferPointer, of address: Address) {
    world.accounts[address, default: Account()].code = Code(code, hash: Keccak256.hash(code))
  }
  func selfDestruct(_ address: Address, beneficiary: Address) -> Bool {
    if beneficiary != address { transfer(balance(of: address), from: address, to: beneficiary) }
    return world.destroyed.insert(address).inserted
  }
}
