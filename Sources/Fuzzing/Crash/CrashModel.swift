// What a store must hold, made without one.

internal import Ledger
internal import Primitives
internal import State
internal import Storage

/// The chain that a store says it has, executed in memory.
struct CrashModel {
  let chain: CrashChain
  private let tries = StateTries(workerCount: 1, memoryLimit: 1 << 30)
  private var state: MemoryState
  private var hashes: [Hash256]
  /// What undoes the last blocks.
  private var inverses: [UInt64: StateDiff] = [:]

  /// More blocks than are ever undone between two crashes.
  private static let remembered: UInt64 = 4096

  init(_ chain: CrashChain) throws {
    self.chain = chain
    state = MemoryState(chain.allocations)
    let changes = chain.allocations.map { allocation in
      AccountChange(
        address: allocation.address,
        account: Account(
          nonce: allocation.nonce, balance: allocation.balance,
          codeHash: Code.of(allocation.code).hash),
        storage: allocation.storage.map { SlotChange(slot: $0.key, value: $0.value) })
    }
    _ = try tries.apply(StateDiff(accounts: changes), run: StateTries.alone)
    hashes = [chain.genesis().hash]
  }

  /// Goes to the head of a store, block by block, each of which must be the one that its variant makes.
  mutating func follow(_ store: Store) throws {
    var variants: [UInt8] = []
    var number = store.head.number
    while try number >= UInt64(hashes.count) || store.hash(ofBlock: number) != hashes[Int(number)] {
      guard number > 0, let header = try store.header(number) else {
        throw FuzzError(message: "block \(number) is not there")
      }
      variants.append(CrashChain.variant(header))
      number -= 1
    }
    try goBack(to: number)
    for variant in variants.reversed() { try append(variant, of: store) }
  }

  private mutating func goBack(to number: UInt64) throws {
    while UInt64(hashes.count) > number + 1 {
      guard let inverse = inverses.removeValue(forKey: UInt64(hashes.count) - 1) else {
        throw FuzzError(message: "block \(hashes.count - 1) is another, and far behind the head")
      }
      state.apply(inverse)
      _ = try tries.apply(inverse, run: StateTries.alone)
      hashes.removeLast()
    }
  }

  private mutating func append(_ variant: UInt8, of store: Store) throws {
    let number = UInt64(hashes.count)
    let diff = chain.diff(number, variant: variant)
    inverses[number] = state.inverse(of: diff)
    inverses[number &- Self.remembered] = nil
    state.apply(diff)
    let root = try tries.apply(diff, run: StateTries.alone)
    let hash = chain.header(
      number, variant: variant, parent: hashes[hashes.count - 1], stateRoot: root
    ).hash
    let found = try store.hash(ofBlock: number)
    guard found == hash else {
      throw FuzzError(
        message: "block \(number) is \(found.map { "\($0)" } ?? "missing") and should be \(hash)")
    }
    hashes.append(hash)
  }
}
