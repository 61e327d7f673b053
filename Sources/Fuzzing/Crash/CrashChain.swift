// A chain whose every block follows from a seed, its number and its variant.

internal import Ledger
internal import Primitives
internal import Samples
internal import State
internal import Storage

/// Blocks that any process can make again: what a store must hold after a crash is known from the variants
/// of the blocks in it. Those of one branch differ from those of another, and a header tells its block's.
struct CrashChain {
  let seed: UInt64

  private static let accountCount = 3000
  private static let slotCount = 400

  /// The accounts at the beginning.
  var allocations: [AccountAllocation] {
    var random = SeededGenerator(seed: seed)
    return (0..<Self.accountCount / 2).map { number in
      AccountAllocation(
        address: Self.address(2 * number), nonce: 1, balance: random.word(),
        code: number % 50 == 0 ? random.bytes(20) : [],
        storage: number % 50 == 0 ? [UInt256(7 as UInt64): UInt256(9 as UInt64)] : [:])
    }
  }

  private static func address(_ number: Int) -> Address {
    Address(l0: UInt64(number) &* 0x9e37_79b9_7f4a_7c15, l1: UInt64(number), l2: 5)
  }

  /// The first block's header.
  func genesis() -> Header {
    Header(
      stateRoot: MemoryState(allocations).root(), number: 0, gasLimit: 1 << 24, timestamp: 1)
  }

  /// What block `number` changes.
  func diff(_ number: UInt64, variant: UInt8) -> StateDiff {
    var random = SeededGenerator(
      seed: seed &* 1_000_003 &+ number &+ UInt64(variant) &* 0x9e37_79b9_7f4a_7c15)
    var codes: [Code] = []
    // Sorted: the order of a set is another in every process.
    let numbers = Set((0..<1 + random.below(40)).map { _ in random.below(Self.accountCount) })
      .sorted()
    let changes = numbers.map { index in
      let address = Self.address(index)
      if random.oneIn(20) { return AccountChange(address: address, account: nil) }
      var account = Account(nonce: number, balance: random.word())
      if index % 50 == 0 {
        let code = Code.of([0x60, UInt8(truncatingIfNeeded: number), UInt8(index % 256)])
        codes.append(code)
        account.codeHash = code.hash
      }
      let slots = Set((0..<(index % 50 == 0 ? 40 : 0)).map { _ in random.below(Self.slotCount) })
        .sorted()
      return AccountChange(
        address: address, account: account, wipesStorage: random.oneIn(30),
        storage: slots.map {
          SlotChange(slot: UInt256(UInt64($0)), value: random.oneIn(4) ? .zero : random.word())
        })
    }
    return StateDiff(accounts: changes, codes: codes)
  }

  /// The transactions of block `number`.
  func transactions(_ number: UInt64) -> [ArraySlice<UInt8>] {
    var random = SeededGenerator(seed: seed &* 7 &+ number)
    return random.array(upTo: 20) { $0.bytes(1 + $0.below(300))[...] }
  }

  /// The header of block `number` behind `parent`, whose state has the root `stateRoot`.
  func header(
    _ number: UInt64, variant: UInt8, parent: Hash256, stateRoot: Hash256
  ) -> Header {
    Header(
      parentHash: parent, stateRoot: stateRoot,
      transactionsRoot: OrderedTrieRoot.of(transactions(number).map(Array.init)), number: number,
      gasLimit: 1 << 24, timestamp: number + 1, extraData: [variant])
  }

  /// The variant of the block with this header.
  static func variant(_ header: Header) -> UInt8 { header.extraData.first ?? 0 }

  /// How many blocks a way back undoes.
  static let wayBack: UInt64 = 6

  /// Small bounds, so that a short life sees many flushes and segments, of which most are pruned.
  static let options = Store.Options(
    cacheSize: 16 << 20, history: .blocks(16), flushChangeCount: 500, flushByteCount: 1 << 20,
    segmentSize: 64 << 10)
  /// So many blocks can always be undone: a way back of six blocks shortens what is kept.
  static let leastHistory: UInt64 = 10
}
