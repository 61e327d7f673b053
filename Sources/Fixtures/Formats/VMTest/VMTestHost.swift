// A world for VM tests: the value is already there when the code begins.

internal import EVM
internal import Execution
internal import Ledger
internal import Primitives
internal import State

/// Answers from a `TransactionState`, except that the outermost message moves no value: in a VM test
/// the balances of `pre` are those the code sees.
final class VMTestHost: Host {
  private let state: TransactionState
  private var isOpening = true

  init(_ state: TransactionState) { self.state = state }

  func balance(of address: Address) -> UInt256 {
    isOpening ? .max : state.balance(of: address)
  }

  func transfer(_ value: UInt256, from sender: Address, to recipient: Address) {
    guard !isOpening else {
      isOpening = false
      return
    }
    state.transfer(value, from: sender, to: recipient)
  }

  func accessAccount(_ address: Address) -> Bool { state.accessAccount(address) }
  func accountExists(_ address: Address) -> Bool { state.accountExists(address) }
  func accountIsEmpty(_ address: Address) -> Bool { state.accountIsEmpty(address) }
  func accountCollides(_ address: Address) -> Bool { state.accountCollides(address) }
  func nonce(of address: Address) -> UInt64 { state.nonce(of: address) }
  func codeHash(of address: Address) -> Hash256 { state.codeHash(of: address) }
  func code(of address: Address) -> CodeReference { state.code(of: address) }
  func loadStorage(_ address: Address, _ slot: UInt256) -> StorageLoad {
    state.loadStorage(address, slot)
  }
  func storeStorage(_ address: Address, _ slot: UInt256, _ value: UInt256) -> StorageStore {
    state.storeStorage(address, slot, value)
  }
  func loadTransient(_ address: Address, _ slot: UInt256) -> UInt256 {
    state.loadTransient(address, slot)
  }
  func storeTransient(_ address: Address, _ slot: UInt256, _ value: UInt256) {
    state.storeTransient(address, slot, value)
  }
  func log(
    _ address: Address, topics: UnsafeBufferPointer<UInt256>, data: UnsafeRawBufferPointer
  ) {
    state.log(address, topics: topics, data: data)
  }
  func blockHash(_ number: UInt64) -> Hash256 { state.blockHash(number) }
  func checkpoint() -> Checkpoint { state.checkpoint() }
  func revert(to checkpoint: Checkpoint) { state.revert(to: checkpoint) }
  func incrementNonce(of address: Address) { state.incrementNonce(of: address) }
  func createContract(
    _ address: Address, creator: Address, value: UInt256, nonce: UInt64
  ) {
    state.createContract(address, creator: creator, value: value, nonce: nonce)
  }
  func setCode(_ code: UnsafeRawBufferPointer, of address: Address) {
    state.setCode(code, of: address)
  }
  func selfDestruct(_ address: Address, beneficiary: Address) -> Bool {
    state.selfDestruct(address, beneficiary: beneficiary)
  }
}
