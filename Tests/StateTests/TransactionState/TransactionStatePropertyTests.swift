// Random transactions on the state and on its model.

import Crypto
import Ledger
import Primitives
import Samples
import State
import Testing

/// The same random operations on a `TransactionState` and on a `NaiveWorld`.
private struct Twins {
  typealias Cell = NaiveWorld.Cell

  static let addresses = (0x10..<0x18).map { Address(UInt64($0)) }
  static let slots = [UInt256.zero, .one, .max]

  var random: SeededGenerator
  let view: MemoryState
  let state: TransactionState
  var model: NaiveWorld
  var checkpoints: [(Checkpoint, NaiveWorld.Moment)] = []

  init(seed: UInt64, rules: AccountRules) {
    random = SeededGenerator(seed: seed)
    var accounts: [Address: NaiveWorld.Contract] = [:]
    for address in Self.addresses where Bool.random(using: &random) {
      accounts[address] = Self.contract(&random)
    }
    view = MemoryState(
      accounts.map {
        AccountAllocation(
          address: $0, nonce: $1.nonce, balance: $1.balance, code: $1.code, storage: $1.storage)
      })
    state = TransactionState(view: view, rules: rules)
    model = NaiveWorld(rules: rules, accounts: accounts)
  }

  /// A plain account, a contract with storage, or an empty account.
  private static func contract(_ random: inout SeededGenerator) -> NaiveWorld.Contract {
    switch Int.random(in: 0..<3, using: &random) {
    case 0:
      return NaiveWorld.Contract(
        nonce: UInt64.random(in: 0...1, using: &random),
        balance: UInt256(UInt64.random(in: 1...9, using: &random)))
    case 1: return NaiveWorld.Contract()
    default:
      var contract = NaiveWorld.Contract(nonce: 1, code: random.bytes(3))
      for slot in slots where Bool.random(using: &random) {
        contract.storage[slot] = UInt256(UInt64.random(in: 1...3, using: &random))
      }
      return contract
    }
  }

  mutating func address() -> Address { Self.addresses.randomElement(using: &random) ?? .zero }

  mutating func cell() -> Cell {
    Cell(address: address(), slot: Self.slots.randomElement(using: &random) ?? .zero)
  }

  mutating func small() -> UInt256 { UInt256(UInt64.random(in: 0...3, using: &random)) }

  /// Only a contract's own code writes its storage; and who sends ether has a nonce, for a key has
  /// signed or code runs.
  func isActive(_ address: Address) -> Bool { (model.now.accounts[address]?.nonce ?? 0) > 0 }

  mutating func runTransaction() {
    state.beginTransaction()
    model.beginTransaction()
    checkpoints = []
    for _ in 0..<Int.random(in: 5...60, using: &random) { step() }
    expectEqualWorlds()
    state.endTransaction()
    model.endTransaction()
    expectEqualWorlds()
  }

  mutating func step() {
    switch Int.random(in: 0..<14, using: &random) {
    case 0: checkpoints.append((state.checkpoint(), model.now))
    case 1: revert()
    case 2: access()
    case 3, 4: load()
    case 5, 6: store()
    case 7: transient()
    case 8, 9: transfer()
    case 10: create()
    case 11: selfDestruct()
    case 12: log()
    default: setCode()
    }
  }

  private mutating func revert() {
    guard !checkpoints.isEmpty else { return }
    let index = Int.random(in: 0..<checkpoints.count, using: &random)
    state.revert(to: checkpoints[index].0)
    model.now = checkpoints[index].1
    checkpoints.removeSubrange(index...)
    expectEqualWorlds()
  }

  private mutating func access() {
    let address = address()
    #expect(state.accessAccount(address) == model.access(address))
  }

  private mutating func load() {
    let cell = cell()
    let (answer, expected) = (state.loadStorage(cell.address, cell.slot), model.load(cell))
    #expect(answer.value == expected.value)
    #expect(answer.isCold == expected.isCold)
  }

  private mutating func store() {
    let (cell, value) = (cell(), small())
    guard isActive(cell.address) else { return }
    let answer = state.storeStorage(cell.address, cell.slot, value)
    let expected = model.store(cell, value)
    #expect(answer.original == expected.original)
    #expect(answer.current == expected.current)
    #expect(answer.isCold == expected.isCold)
  }

  private mutating func transient() {
    let (cell, value) = (cell(), small())
    #expect(
      state.loadTransient(cell.address, cell.slot) == model.now.transient[cell] ?? .zero)
    state.storeTransient(cell.address, cell.slot, value)
    model.now.transient[cell] = value
  }

  private mutating func transfer() {
    let (sender, recipient, value) = (address(), address(), small())
    guard isActive(sender), value <= state.balance(of: sender) else { return }
    state.transfer(value, from: sender, to: recipient)
    model.transfer(value, from: sender, to: recipient)
  }

  private mutating func create() {
    let (address, creator) = (address(), address())
    let value = Swift.min(small(), state.balance(of: creator))
    let account = model.now.accounts[address] ?? NaiveWorld.Contract()
    let isTaken =
      account.nonce > 0 || !account.code.isEmpty || account.storage.values.contains { !$0.isZero }
    #expect(state.accountCollides(address) == isTaken)
    guard !isTaken, isActive(creator) else { return }
    state.createContract(address, creator: creator, value: value, nonce: 1)
    model.create(address, creator: creator, value: value, nonce: 1)
  }

  private mutating func selfDestruct() {
    let (address, beneficiary) = (address(), address())
    guard isActive(address) else { return }
    #expect(
      state.selfDestruct(address, beneficiary: beneficiary)
        == model.selfDestruct(address, beneficiary: beneficiary))
  }

  private mutating func log() {
    let (address, topics) = (
      address(), (0..<Int.random(in: 0...4, using: &random)).map(UInt256.init)
    )
    let data = random.bytes(Int.random(in: 0...40, using: &random))
    topics.withUnsafeBufferPointer { topics in
      data.withUnsafeBytes { state.log(address, topics: topics, data: $0) }
    }
    model.now.logs.append(Log(address: address, topics: topics.map(Hash256.init), data: data))
  }

  private mutating func setCode() {
    let address = address()
    guard isActive(address) else { return }
    let code = random.bytes(Int.random(in: 0...3, using: &random))
    code.withUnsafeBytes { state.setCode($0, of: address) }
    state.incrementNonce(of: address)
    model.now.accounts[address]?.code = code
    model.now.accounts[address]?.nonce += 1
  }

  private func expectEqualWorlds() {
    for address in Self.addresses {
      let expected = model.now.accounts[address]
      #expect(state.accountExists(address) == (expected != nil))
      #expect(state.accountIsEmpty(address) == (expected?.isEmpty ?? true))
      #expect(state.nonce(of: address) == expected?.nonce ?? 0)
      #expect(state.balance(of: address) == expected?.balance ?? .zero)
      #expect(Array(state.code(of: address).buffer) == expected?.code ?? [])
      let hash = expected.map { $0.isEmpty ? .zero : Keccak256.hash($0.code) } ?? .zero
      #expect(state.codeHash(of: address) == hash)
    }
    #expect(state.collectLogs() == model.now.logs)
  }

  /// The view with the diff applied is the model's world.
  func expectDiffLeadsToModel() throws {
    view.apply(state.diff())
    for address in Self.addresses {
      let expected = model.now.accounts[address]
      let account = view.account(address)
      #expect((account != nil) == (expected != nil))
      #expect(account?.balance == expected?.balance)
      #expect(account?.nonce == expected?.nonce)
      #expect(account.map(\.codeHash) == expected.map { Keccak256.hash($0.code) })
      if let account { #expect(try view.code(account.codeHash).bytes == expected?.code) }
      for slot in Self.slots {
        #expect(view.storage(address, slot) == expected?.storage[slot] ?? .zero)
      }
    }
  }
}

@Suite struct TransactionStatePropertyTests {
  private static let forks = [Fork.frontier, .spuriousDragon, .cancun]

  @Test(arguments: forks, 0..<60)
  func behavesLikeTheSpecification(fork: Fork, seed: Int) throws {
    var twins = Twins(seed: UInt64(seed), rules: AccountRules(fork))
    for _ in 0..<12 { twins.runTransaction() }
    #expect(twins.state.failure == nil)
    try twins.expectDiffLeadsToModel()
  }

  @Test func isAsNewAfterReset() throws {
    var used = Twins(seed: 1, rules: AccountRules(.cancun))
    for _ in 0..<5 { used.runTransaction() }
    var fresh = Twins(seed: 2, rules: AccountRules(.cancun))
    used.state.reset(view: fresh.view, rules: AccountRules(.cancun))
    let again = Twins(reusing: used.state, like: fresh)
    var reused = again
    for _ in 0..<5 {
      fresh.runTransaction()
      reused.runTransaction()
    }
    #expect(fresh.state.diff() == reused.state.diff())
  }
}

extension Twins {
  /// The same start with another state object.
  fileprivate init(reusing state: TransactionState, like other: Twins) {
    random = other.random
    view = other.view
    self.state = state
    model = other.model
  }
}
