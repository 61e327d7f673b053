// Corners of the transaction state that random tests do not reach.

import Ledger
import Primitives
import State
import Testing

@Suite struct TransactionStateTests {
  private let contract = Address(0xc0)
  private let heir = Address(0xee)

  private func state(_ fork: Fork, _ accounts: [AccountAllocation] = []) -> TransactionState {
    let state = TransactionState(view: MemoryState(accounts), rules: AccountRules(fork))
    state.beginTransaction()
    return state
  }

  private func contractAccount(balance: UInt256 = 7) -> AccountAllocation {
    AccountAllocation(
      address: contract, nonce: 1, balance: balance, code: [0xff], storage: [1: 5])
  }

  // MARK: SELFDESTRUCT

  @Test(arguments: Fork.allCases)
  func selfDestructDeletesAnOldContractUntilCancun(fork: Fork) {
    let state = state(fork, [contractAccount()])
    let isMarked = state.selfDestruct(contract, beneficiary: heir)
    #expect(isMarked == (fork < .cancun))
    #expect(state.selfDestruct(contract, beneficiary: heir) == false)
    #expect(state.accountExists(contract))
    state.endTransaction()
    #expect(state.accountExists(contract) == (fork >= .cancun))
    #expect(state.balance(of: heir) == 7)
    #expect(state.loadStorage(contract, 1).value == (fork >= .cancun ? 5 : 0))
  }

  @Test(arguments: [Fork.shanghai, .cancun])
  func selfDestructToItselfBurnsOnlyWhereTheContractGoes(fork: Fork) {
    let state = state(fork, [contractAccount()])
    _ = state.selfDestruct(contract, beneficiary: contract)
    #expect(state.balance(of: contract) == (fork >= .cancun ? 7 : 0))
    state.endTransaction()
    #expect(state.accountExists(contract) == (fork >= .cancun))
  }

  @Test func newContractBurnsItsEtherAndGoesInCancun() {
    let creator = AccountAllocation(address: heir, nonce: 1, balance: 9)
    let state = state(.cancun, [creator])
    state.createContract(contract, creator: heir, value: 9, nonce: 1)
    #expect(state.selfDestruct(contract, beneficiary: contract))
    #expect(state.balance(of: contract) == 0)
    state.endTransaction()
    #expect(state.accountExists(contract) == false)
    #expect(state.diff().accounts.map(\.address) == [heir])
  }

  @Test func contractOfAnEarlierTransactionIsNotNewInCancun() {
    let state = state(.cancun)
    state.createContract(contract, creator: heir, value: 0, nonce: 1)
    state.endTransaction()
    state.beginTransaction()
    #expect(state.selfDestruct(contract, beneficiary: heir) == false)
    state.endTransaction()
    #expect(state.accountExists(contract))
  }

  @Test func storageOfADestroyedContractStaysGoneWhenItIsCreatedAnew() {
    let state = state(.shanghai, [contractAccount()])
    _ = state.storeStorage(contract, 2, 6)
    _ = state.selfDestruct(contract, beneficiary: heir)
    state.endTransaction()
    state.beginTransaction()
    #expect(state.accountCollides(contract) == false)
    state.createContract(contract, creator: heir, value: 0, nonce: 1)
    #expect(state.loadStorage(contract, 1).value == 0)
    #expect(state.storeStorage(contract, 2, 3).original == 0)
    state.endTransaction()
    let change = state.diff().accounts.first { $0.address == contract }
    #expect(change?.wipesStorage == true)
    #expect(change?.storage == [SlotChange(slot: 2, value: 3)])
  }

  // MARK: EIP-161

  @Test func touchedEmptyAccountsGoFromSpuriousDragonOn() {
    for fork in [Fork.tangerineWhistle, .spuriousDragon] {
      let state = state(fork, [AccountAllocation(address: heir)])
      state.transfer(0, from: contract, to: heir)
      state.credit(0, to: Address(1))
      state.endTransaction()
      #expect(state.accountExists(heir) == (fork == .tangerineWhistle))
      #expect(state.accountExists(Address(1)) == (fork == .tangerineWhistle))
    }
  }

  @Test func untouchedEmptyAccountsStay() {
    let state = state(.spuriousDragon, [AccountAllocation(address: heir)])
    _ = state.accessAccount(heir)
    _ = state.balance(of: heir)
    state.endTransaction()
    #expect(state.accountExists(heir))
    #expect(state.diff().isEmpty)
  }

  @Test(arguments: [Address(2), Address(3)])
  func onlyTheTouchOfRIPEMDOutlivesARevert(address: Address) {
    let state = state(.spuriousDragon, [AccountAllocation(address: address)])
    let checkpoint = state.checkpoint()
    state.transfer(0, from: contract, to: address)
    state.revert(to: checkpoint)
    state.endTransaction()
    #expect(state.accountExists(address) == (address != Address(3)))
  }

  @Test func theTouchOfRIPEMDDiesWithTheTransaction() {
    let state = state(.spuriousDragon, [AccountAllocation(address: Address(3))])
    let checkpoint = state.checkpoint()
    state.transfer(0, from: contract, to: Address(3))
    state.revert(to: checkpoint)
    state.endTransaction(succeeded: false)
    #expect(state.accountExists(Address(3)))
  }

  // MARK: Collisions

  @Test func nonceCodeAndStorageCollide() {
    let state = state(
      .osaka,
      [
        AccountAllocation(address: Address(1), nonce: 1),
        AccountAllocation(address: Address(2), code: [0]),
        AccountAllocation(address: Address(3), storage: [0: 1]),
        AccountAllocation(address: Address(4), balance: 1),
      ])
    #expect((1...5).map { state.accountCollides(Address($0)) } == [true, true, true, false, false])
  }

  // MARK: Warmth and transient storage

  @Test func keptWarmAddressesAreWarmInEveryTransaction() {
    let state = state(.berlin)
    state.keepWarm(SmallAddressSet([Address(1)]))
    #expect(state.accessAccount(Address(1)) == false)
    #expect(state.accessAccount(Address(2)))
    state.beginTransaction()
    #expect(state.accessAccount(Address(1)) == false)
    #expect(state.accessAccount(Address(2)))
    #expect(state.accessAccount(Address(2)) == false)
  }

  @Test func transientStorageIsEmptyInTheNextTransaction() {
    let state = state(.cancun)
    state.storeTransient(contract, 1, 5)
    state.endTransaction()
    state.beginTransaction()
    #expect(state.loadTransient(contract, 1) == 0)
  }

  @Test func originalValueIsTheOneBeforeTheTransaction() {
    let state = state(.berlin, [contractAccount()])
    #expect(state.storeStorage(contract, 1, 6).original == 5)
    #expect(state.storeStorage(contract, 1, 7).original == 5)
    state.endTransaction()
    state.beginTransaction()
    #expect(state.storeStorage(contract, 1, 5).original == 7)
    state.endTransaction()
    #expect(state.diff().isEmpty)
  }

  // MARK: Failure

  @Test func aViewThatCannotAnswerIsReported() {
    let view = BrokenView()
    let state = TransactionState(view: view, rules: AccountRules(.osaka))
    state.beginTransaction()
    #expect(state.balance(of: contract) == 0)
    #expect(state.failure == .missingAccount(contract))
    _ = state.blockHash(1)
    #expect(state.failure == .missingAccount(contract))
    state.reset(view: MemoryState(), rules: AccountRules(.osaka))
    #expect(state.failure == nil)
  }
}

/// A view that fails whatever it is asked.
private final class BrokenView: StateView {
  func account(_ address: Address) throws(StateReadError) -> Account? {
    throw .missingAccount(address)
  }
  func storage(_ address: Address, _ slot: UInt256) throws(StateReadError) -> UInt256 {
    throw .missingStorage(address, slot: slot)
  }
  func hasStorage(_ address: Address) throws(StateReadError) -> Bool {
    throw .missingAccount(address)
  }
  func code(_ hash: Hash256) throws(StateReadError) -> Code { throw .missingCode(hash) }
  func blockHash(_ number: UInt64) throws(StateReadError) -> Hash256? { throw .damaged("test") }
}
