// Putting a block together, with the state before it and what must come out.

internal import Crypto
internal import Ledger
internal import Primitives
internal import Samples
internal import State

/// A call of a contract, or a transfer, as a scenario wants it.
struct Call {
  /// Whom.
  var to: Address
  /// With what data.
  var data: [UInt8] = []
  /// In wei.
  var value = UInt256.zero
  /// What gas such a call uses at least and at most.
  var gas: ClosedRange<UInt64>
  /// How many events it leaves.
  var logs = 0
}

/// A block on the way: people, contracts, the model of their state, and transactions with what must
/// come of each.
struct WorkloadBuilder {
  /// When the block is made, in seconds since 1970.
  static let timestamp: UInt64 = 1_800_000_000

  let seed: UInt64
  /// Choices that repeat.
  var random: SeededGenerator
  /// What the model knows of the state.
  var world = World()

  private var people: [Person] = []
  /// Who owns no ether but what fees take.
  private var poorPeople: Set<Int> = []
  private let limit: Int?
  private var lastPerson = -1
  private var strangers = 0
  private(set) var contracts: [Address: Contract] = [:]
  private var transactions: [(Transaction, sender: Address)] = []
  private var expectations: [Expectation] = []

  /// A builder in the world of `seed`, with at most so many people.
  init(seed: UInt64, people limit: Int?) {
    self.seed = seed
    self.limit = limit
    random = SeededGenerator(seed: seed)
  }

  /// Somebody else each time; when there are no more, the first one again. Everybody has a fortune,
  /// but for those who come into the world poor.
  mutating func nextPerson(isPoor: Bool = false) -> Int {
    lastPerson += 1
    if let limit, lastPerson >= limit { lastPerson = 0 }
    if lastPerson == people.count {
      people.append(Person(people.count, seed: seed))
      if isPoor {
        poorPeople.insert(lastPerson)
      } else {
        world.endow(people[lastPerson].address, with: Workload.fortune)
      }
    }
    return lastPerson
  }

  /// The account of a person.
  func address(of person: Int) -> Address { people[person].address }

  /// An account whose key nobody has.
  mutating func stranger() -> Address {
    strangers += 1
    let word = UInt256(l0: UInt64(strangers), l1: seed, l2: 1, l3: 0)
    return Address(truncating: Keccak256.hash(word.bigEndianBytes).word)
  }

  /// Puts a contract into the state before the block; answers where it is.
  mutating func deploy(_ contract: Contract, at place: Address? = nil) -> Address {
    let address = place ?? stranger()
    contracts[address] = contract
    return address
  }

  /// Adds a transaction. Its value is moved in the model where it succeeds; what else it does, the
  /// caller has done there.
  mutating func add(_ call: Call, by person: Int, succeeds: Bool = true) {
    // Calls of calls may not take the last 64th of the gas, and refunds come after.
    let gasLimit = call.gas.upperBound * (call.data.isEmpty ? 2 : 3) / 2
    let draft = Workload.draft(
      to: call.to, gasLimit: gasLimit, value: call.value, data: call.data)
    let sender = people[person].address
    if poorPeople.contains(person) {
      world.endow(sender, with: UInt256(gasLimit) * draft.maxFeePerGas)
    }
    if succeeds { world.move(call.value, from: sender, to: call.to) }
    transactions.append((people[person].sign(draft), sender))
    expectations.append(
      Expectation(
        succeeds: succeeds, gas: succeeds ? call.gas : 21_000...call.gas.upperBound,
        logs: succeeds ? call.logs : 0))
  }

  /// The block with all that was added.
  func workload(named name: String) -> Workload {
    Workload(
      name: name, genesis: genesis, transactions: transactions, expectations: expectations,
      after: WorkloadOutcome(world))
  }

  private var genesis: StateDiff {
    var slots: [Address: [SlotChange]] = [:]
    for (key, word) in world.words where !word.before.isZero {
      slots[key.address, default: []].append(SlotChange(slot: key.slot, value: word.before))
    }
    var accounts: [AccountChange] = []
    for (address, contract) in contracts {
      accounts.append(
        AccountChange(
          address: address,
          account: Account(
            nonce: 1, balance: world.balances[address]?.before ?? .zero,
            codeHash: contract.code.hash),
          storage: slots[address] ?? []))
    }
    for (address, balance) in world.balances
    where contracts[address] == nil && !balance.before.isZero {
      accounts.append(AccountChange(address: address, account: Account(balance: balance.before)))
    }
    return StateDiff(accounts: accounts, codes: Set(contracts.values).map(\.code))
  }
}
