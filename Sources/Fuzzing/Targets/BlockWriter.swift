// What stands in the blocks of a generated tree.

internal import EVM
internal import Execution
internal import Ledger
internal import Primitives
internal import Samples
internal import State

/// Makes accounts, transactions and withdrawals of one fork.
struct BlockWriter {
  let fork: Fork

  private static let keys: [UInt256] = [0x5e, 0x5f, 0xa1]
  private static let people = keys.map { key in
    let authorization = Authorization(chainID: 0, address: .zero, nonce: 0).signed(by: key)
    return (try? authorization?.recoverAuthority()) ?? .zero
  }
  private static let contracts = [Address(0x1000), Address(0x1111), Address(0x1222)]
  private static let price = UInt256(100_000_000_000 as UInt64)

  private var cast: Cast {
    let created = Self.contracts.map { Address.created(by: $0, nonce: 1) }
    return Cast(
      contracts: Self.contracts,
      others: Self.people + created + [Address(0xcb), Address(0xdead), Address(4)])
  }

  /// Rich people, contracts that do something, and the contracts of the protocol.
  func accounts(_ generator: inout SeededGenerator) -> [AccountAllocation] {
    var accounts = Self.people.map { address in
      AccountAllocation(address: address, balance: Self.price &* UInt256(1_000_000_000 as UInt64))
    }
    for address in Self.contracts {
      var account = AccountAllocation(
        address: address, nonce: 1, balance: UInt256(UInt64(generator.below(100))),
        code: program(&generator))
      for slot in 0..<Cast.hotSlots where generator.oneIn(2) {
        account.storage[UInt256(UInt64(slot))] = UInt256(UInt64(generator.within(1...2)))
      }
      accounts.append(account)
    }
    if fork >= .prague {
      accounts += [SystemCalls.withdrawalRequests, SystemCalls.consolidationRequests].map {
        AccountAllocation(address: $0, nonce: 1, code: [0x00])
      }
    }
    return accounts
  }

  private func program(_ generator: inout SeededGenerator) -> [UInt8] {
    generator.oneIn(3)
      ? ProgramWriter.caller(&generator, fork: fork, cast: cast)
      : ProgramWriter.program(
        &generator, fork: fork, cast: cast, statements: generator.within(1...12))
  }

  /// A few transactions of people, with the nonces that are next.
  func transactions(on state: MemoryState, _ generator: inout SeededGenerator) -> [Transaction] {
    var nonces = Self.people.map { state.account($0)?.nonce ?? 0 }
    return (0..<generator.below(4)).map { _ in
      let who = generator.below(nonces.count)
      let isCreation = generator.oneIn(5)
      let draft = Transaction(
        kind: fork >= .berlin && generator.oneIn(3) ? .accessList : .legacy,
        chainID: fork >= .spuriousDragon ? 1 : nil, nonce: nonces[who], maxFeePerGas: Self.price,
        gasLimit: UInt64(generator.within(60_000...400_000)),
        to: isCreation ? nil : recipient(&generator), value: UInt256(UInt64(generator.below(3))),
        data: isCreation
          ? InitCode.make(&generator, fork: fork, cast: cast) : generator.bytes(upTo: 40))
      nonces[who] += 1
      return draft.signed(by: Self.keys[who]) ?? draft
    }
  }

  private func recipient(_ generator: inout SeededGenerator) -> Address {
    generator.oneIn(4) ? generator.pick(cast.everyone) : generator.pick(Self.contracts)
  }

  func withdrawals(_ generator: inout SeededGenerator) -> [Withdrawal] {
    generator.array(upTo: 2) { generator in
      Withdrawal(
        index: generator.number(), validatorIndex: generator.number(),
        address: generator.pick(cast.everyone), amount: UInt64(generator.below(10)))
    }
  }

  func coinbase(_ generator: inout SeededGenerator) -> Address {
    generator.pick([Address(0xcb), Address(0xcb), Self.contracts[0], Self.people[0]])
  }

  /// Adds the fields that the fork demands.
  func complete(_ header: inout Header) {
    if fork >= .shanghai { header.withdrawalsRoot = Header.emptyTrieRoot }
    if fork >= .cancun {
      header.blobGasUsed = 0
      header.excessBlobGas = 0
      header.parentBeaconBlockRoot = .zero
    }
    if fork >= .prague { header.requestsHash = Requests.hash([]) }
  }
}
