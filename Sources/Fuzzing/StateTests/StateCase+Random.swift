// Making cases.

internal import EVM
internal import Ledger
internal import Primitives
internal import Samples
internal import State
internal import Workloads

extension StateCase {
  /// Forks whose rules differ from those before; the others have nothing new for a transaction.
  static let distinctForks: [Fork] = [
    .frontier, .homestead, .tangerineWhistle, .spuriousDragon, .byzantium, .petersburg, .istanbul,
    .berlin, .london, .paris, .shanghai, .cancun, .prague, .osaka,
  ]

  /// A case made of `generator`.
  init(_ generator: inout SeededGenerator) {
    self = StateCaseWriter(&generator).stateCase(&generator)
  }
}

/// Makes one case.
struct StateCaseWriter {
  /// The first fork of the case; programs are written for it.
  private let fork: Fork
  private let forks: [Fork]
  private let contracts: [Address]
  private let cast: Cast
  private let coinbase: Address
  private var sender: Address
  private var senderKey: UInt256
  /// Whether empty accounts may be there. The reference knows none from Paris on.
  private let hasEmptyAccounts: Bool
  private let number: UInt64

  /// A key whose account the programs know by name: that of an authority (EIP-7702).
  private static let authorityKeys: [UInt256] = [0xa1, 0xa2, 0xa3]
  private static let senderKeys: [UInt256] = [0x5e, 0x5f]
  private static let emptyAddress = Address(0xe0)

  private static func person(_ key: UInt256) -> Address {
    let authorization = Authorization(chainID: 0, address: .zero, nonce: 0).signed(by: key)
    return (try? authorization?.recoverAuthority()) ?? .zero
  }

  private static let senders = senderKeys.map { person($0) }
  private static let authorities = authorityKeys.map { person($0) }

  init(_ generator: inout SeededGenerator) {
    let all = StateCase.distinctForks
    let isOld = generator.oneIn(3)
    let first = isOld ? generator.below(all.count) : generator.within(8...all.count - 1)
    fork = all[first]
    let later = all[first...].filter { _ in generator.oneIn(4) }
    hasEmptyAccounts = fork < .paris && generator.oneIn(4)
    let known = Set([fork] + later).sorted()
    forks = hasEmptyAccounts ? known.filter { $0 < .paris } : known
    contracts = (0..<generator.within(1...4)).map { Address(UInt64(0x1000 + 0x111 * $0)) }
    number = generator.pick([1, 5, 255, 256, 257, 1_000, 20_000_000])
    let who = generator.below(Self.senders.count)
    (sender, senderKey) = (Self.senders[who], Self.senderKeys[who])
    coinbase = generator.pick(weighted: [
      (8, Address(0xc0_1ba5e)), (2, sender), (2, contracts[0]), (1, Address(0x03)),
      (1, Address(0x01)), (1, Self.emptyAddress), (1, Self.authorities[0]),
      (1, Address.created(by: contracts[0], nonce: 1)),
    ])
    // Where a creation by the first contract, or by the transaction, will put its first contracts.
    let created = [
      Address.created(by: contracts[0], nonce: 1), Address.created(by: sender, nonce: 0),
    ]
    var others = Self.senders + Self.authorities + created
    others += [coinbase, Self.emptyAddress, Address(0xdead), Address(0)]
    others += (1...9).map { Address($0) } + [Address(0x0a), Address(0x0b), Address(0x100)]
    cast = Cast(contracts: contracts, others: others)
  }

  func stateCase(_ generator: inout SeededGenerator) -> StateCase {
    let accounts = accounts(&generator)
    let baseFee = generator.pick([UInt256(10 as UInt64), 7, 1_000, 0])
    let nonce = accounts.first { $0.address == sender }?.nonce ?? 0
    return StateCase(
      coinbase: coinbase, number: number, timestamp: generator.pick([1_000, 1_700_000_000]),
      blockGasLimit: generator.oneIn(40) ? 100_000 : 30_000_000,
      difficulty: generator.oneIn(2) ? 0x20000 : generator.word() &>> 128,
      prevRandao: generator.word(), baseFee: baseFee,
      excessBlobGas: generator.pick([0, 0, 1 << 17, 10_000_000, 60_000_000]), accounts: accounts,
      transaction: transaction(&generator, nonce: nonce, baseFee: baseFee), sender: sender,
      gasLimits: gasLimits(&generator), forks: forks)
  }

  /// A block of transactions over one state: by both senders in turn, most of them valid.
  ///
  /// The case's own transaction is of no account.
  mutating func block(
    _ generator: inout SeededGenerator, count: Int
  ) -> (world: StateCase, transactions: [Transaction], senders: [Address]) {
    var world = stateCase(&generator)
    for (address, key) in zip(Self.senders, Self.senderKeys) where address != sender {
      _ = key
      if !world.accounts.contains(where: { $0.address == address }) {
        world.accounts.append(
          AccountAllocation(address: address, balance: 1_000_000_000_000_000_000))
      }
    }
    var nonces: [Address: UInt64] = [:]
    for account in world.accounts { nonces[account.address] = account.nonce }
    var transactions: [Transaction] = []
    var senders: [Address] = []
    for _ in 0..<count {
      let who = generator.below(Self.senders.count)
      (sender, senderKey) = (Self.senders[who], Self.senderKeys[who])
      let nonce = nonces[sender] ?? 0
      var next = transaction(&generator, nonce: nonce, baseFee: world.baseFee)
      next.gasLimit = gasLimits(&generator)[0]
      nonces[sender] = nonce &+ 1
      transactions.append(next)
      senders.append(sender)
    }
    return (world, transactions, senders)
  }

  // MARK: The state

  private func accounts(_ generator: inout SeededGenerator) -> [AccountAllocation] {
    var accounts: [Address: AccountAllocation] = [:]
    for address in contracts { accounts[address] = contract(address, &generator) }
    if generator.oneIn(3) { accounts[cast.contracts[0]]?.code = caller(&generator) }
    let isPoor = generator.oneIn(30)
    accounts[sender] = AccountAllocation(
      address: sender, nonce: generator.oneIn(6) ? generator.pick([1, 7, .max - 1]) : 0,
      balance: isPoor ? generator.word() &>> 200 : 1_000_000_000_000_000_000)
    for authority in Self.authorities where generator.oneIn(2) && fork >= .prague {
      accounts[authority] = person(authority, &generator)
    }
    if fork >= .prague, generator.oneIn(10) {
      accounts[sender]?.code = delegation(to: generator.pick(contracts))
    } else if generator.oneIn(60) {
      accounts[sender]?.code = [0x00]
    }
    if hasEmptyAccounts {
      accounts[Self.emptyAddress] = AccountAllocation(address: Self.emptyAddress)
      if generator.oneIn(3) { accounts[Address(3)] = AccountAllocation(address: Address(3)) }
    }
    if generator.oneIn(8) {
      // Something stands where a contract may be created.
      let address = generator.pick([
        Address.created(by: contracts[0], nonce: 1), Address.created(by: sender, nonce: 0),
      ])
      accounts[address] = squatter(address, &generator)
    }
    return accounts.values.sorted { $0.address < $1.address }
  }

  private func contract(
    _ address: Address, _ generator: inout SeededGenerator
  ) -> AccountAllocation {
    var account = AccountAllocation(
      address: address, nonce: generator.oneIn(40) ? .max : 1,
      balance: generator.oneIn(3) ? 0 : UInt256(UInt64(generator.below(1_000))),
      code: code(&generator))
    for slot in 0..<Cast.hotSlots where generator.oneIn(2) {
      account.storage[UInt256(UInt64(slot))] = UInt256(UInt64(generator.within(1...2)))
    }
    return account
  }

  private func code(_ generator: inout SeededGenerator) -> [UInt8] {
    if fork >= .prague, generator.oneIn(16) { return delegation(to: generator.pick(cast.everyone)) }
    if generator.oneIn(16) {
      let token = TokenContract.code.bytes
      return generator.oneIn(3) ? token : generator.mutated(token)
    }
    let program = ProgramWriter.program(
      &generator, fork: fork, cast: cast, statements: generator.within(1...14))
    return generator.oneIn(8) ? generator.mutated(program) : program
  }

  /// Code that calls the others in turn and keeps what they say.
  private func caller(_ generator: inout SeededGenerator) -> [UInt8] {
    ProgramWriter.caller(&generator, fork: fork, cast: cast)
  }

  private func person(
    _ address: Address, _ generator: inout SeededGenerator
  ) -> AccountAllocation {
    var account = AccountAllocation(
      address: address, nonce: generator.pick([0, 0, 1, 2, .max]),
      balance: UInt256(UInt64(generator.within(1...1_000))))
    if generator.oneIn(3) { account.code = delegation(to: generator.pick(cast.everyone)) }
    if generator.oneIn(12) { account.code = [0x5b] }
    return account
  }

  private func squatter(
    _ address: Address, _ generator: inout SeededGenerator
  ) -> AccountAllocation {
    switch generator.below(4) {
    case 0: AccountAllocation(address: address, nonce: 1)
    case 1: AccountAllocation(address: address, balance: 1, code: [0x00])
    case 2: AccountAllocation(address: address, balance: 1, storage: [0: 1])
    default: AccountAllocation(address: address, balance: 5)
    }
  }

  private func delegation(to address: Address) -> [UInt8] { [0xef, 0x01, 0x00] + address.bytes }

  // MARK: The transaction

  private func transaction(
    _ generator: inout SeededGenerator, nonce: UInt64, baseFee: UInt256
  ) -> Transaction {
    let kinds = Transaction.Kind.allCases.filter { $0.firstFork <= fork }
    let kind =
      generator.oneIn(60) ? generator.pick(Transaction.Kind.allCases) : generator.pick(kinds)
    let recipient = recipient(&generator)
    let tip = UInt256(UInt64(generator.below(20)))
    let price =
      generator.oneIn(40) ? baseFee &>> 1 : baseFee &+ UInt256(UInt64(generator.below(30)))
    var transaction = Transaction(
      kind: kind, chainID: kind == .legacy ? nil : StateCase.chainID,
      nonce: generator.oneIn(50) ? nonce &+ generator.pick([1, .max]) : nonce,
      maxPriorityFeePerGas: kind.hasDynamicFee
        ? (tip <= price || generator.oneIn(9) ? tip : price) : nil,
      maxFeePerGas: price, gasLimit: 0, to: recipient, value: value(&generator),
      data: data(&generator, isCreation: recipient == nil))
    if kind != .legacy { transaction.accessList = accessList(&generator) }
    if kind == .blob { addBlobs(to: &transaction, &generator) }
    if kind == .setCode { transaction.authorizations = authorizations(&generator, nonce) }
    return transaction
  }

  private func recipient(_ generator: inout SeededGenerator) -> Address? {
    switch generator.below(20) {
    case 0..<14: contracts[0]
    case 14, 15: nil
    case 16: generator.pick(Self.authorities)
    default: generator.pick(cast.everyone)
    }
  }

  private func value(_ generator: inout SeededGenerator) -> UInt256 {
    generator.oneIn(40)
      ? generator.pick([.max, 1_000_000_000_000_000_000, generator.word()])
      : UInt256(UInt64(generator.oneIn(2) ? 0 : generator.below(100)))
  }

  private func data(_ generator: inout SeededGenerator, isCreation: Bool) -> [UInt8] {
    if isCreation {
      if generator.oneIn(100) { return [UInt8](repeating: 0, count: 0xc000 + generator.below(2)) }
      return InitCode.make(&generator, fork: fork, cast: cast)
    }
    switch generator.below(4) {
    case 0: return []
    case 1: return TokenContract.transferCall(to: sender, amount: generator.word())
    case 2: return generator.bytes(upTo: 100)
    default: return (0..<generator.below(4)).flatMap { _ in generator.word().bigEndianBytes }
    }
  }

  private func accessList(_ generator: inout SeededGenerator) -> [AccessListEntry] {
    generator.array(upTo: generator.oneIn(2) ? 0 : 4) { generator in
      AccessListEntry(
        address: generator.pick(cast.everyone),
        slots: generator.array(upTo: 3) { UInt256(UInt64($0.below(Cast.hotSlots + 2))) })
    }
  }

  private func addBlobs(to transaction: inout Transaction, _ generator: inout SeededGenerator) {
    transaction.maxFeePerBlobGas = generator.oneIn(10) ? generator.word() : 1_000_000_000
    let count = generator.oneIn(10) ? generator.pick([0, 6, 7, 9, 10]) : generator.within(1...3)
    let version: UInt256 = UInt256.one &<< 248
    transaction.blobVersionedHashes = (0..<count).map { _ in
      Hash256(generator.oneIn(60) ? generator.word() : generator.word() &>> 8 | version)
    }
    if transaction.to == nil, !generator.oneIn(4) { transaction.to = contracts[0] }
  }

  private func authorizations(
    _ generator: inout SeededGenerator, _ nonce: UInt64
  ) -> [Authorization] {
    let keys = Self.authorityKeys + [senderKey]
    return (0..<(generator.oneIn(30) ? 0 : generator.within(1...4))).map { _ in
      let key = generator.pick(keys)
      let chain = generator.oneIn(6) ? generator.word() : UInt256(UInt64(generator.below(2)))
      let expected: UInt64 = key == senderKey ? nonce &+ 1 : 0
      let target =
        generator.oneIn(5) ? generator.pick([.zero, Address(1)]) : generator.pick(cast.everyone)
      let authorization = Authorization(
        chainID: chain, address: target,
        nonce: generator.oneIn(3) ? generator.pick([0, 1, 2, .max]) : expected)
      var signed = authorization.signed(by: key) ?? authorization
      if generator.oneIn(12) { signed.signature = generator.signature(parityLimit: 3) }
      return signed
    }
  }

  /// A limit that is enough for most, and some at which the run ends midway.
  private func gasLimits(_ generator: inout SeededGenerator) -> [UInt64] {
    let high = UInt64(generator.pick([100_000, 200_000, 400_000, 1_000_000]))
    var limits = [high]
    for _ in 0..<generator.below(3) {
      limits.append(24_000 + generator.next() % (generator.oneIn(2) ? 40_000 : high - 24_000))
    }
    if generator.oneIn(30) {
      limits.append(generator.pick([0, 20_999, 21_000, 1 << 24, 1 << 24 + 1, 30_000_001]))
    }
    return limits
  }
}
