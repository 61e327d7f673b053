// A chain in memory that a store must agree with.

import Crypto
import Foundation
import Ledger
import Primitives
import Samples
import State
import Testing

@testable import Storage

/// A folder that goes away with the object.
final class TemporaryFolder {
  let path: String

  init() {
    path = NSTemporaryDirectory() + "needletail-store-\(UUID().uuidString)"
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// Random blocks, and everything that a store should know of them.
struct ChainModel {
  struct Block {
    let header: Header
    let diff: StateDiff
    let inverse: StateDiff
    let transactions: [ArraySlice<UInt8>]
    let ommers: [Header]
    let withdrawals: [Withdrawal]?
    let receipts: [Receipt]

    var identity: BlockIdentity { BlockIdentity(number: header.number, hash: header.hash) }
  }

  private(set) var state: MemoryState
  private(set) var blocks: [Block] = []
  let genesis: Header
  let allocations: [AccountAllocation]
  private var serial: UInt64 = 0

  private let size: Size

  /// How many accounts there may be, and slots of each; how many accounts a block changes at most.
  struct Size {
    var accounts = 14
    var slots = 40
    var changes = 6
  }

  init(_ random: inout SeededGenerator, size: Size = Size()) {
    self.size = size
    var allocations: [AccountAllocation] = []
    for number in 0..<size.accounts where random.flip() {
      allocations.append(
        AccountAllocation(
          address: Self.address(number), nonce: random.number(), balance: random.word(),
          code: random.bytes(upTo: 40), storage: Self.words(&random, size)))
    }
    self.allocations = allocations
    state = MemoryState(allocations)
    genesis = Header(
      stateRoot: state.root(), number: 0, gasLimit: 1 << 24, timestamp: 1, extraData: [7])
  }

  private static func address(_ number: Int) -> Address {
    Address(l0: UInt64(number), l1: 0x1234_5678_9abc, l2: UInt32(number) << 27)
  }

  private static func words(
    _ random: inout SeededGenerator, _ size: Size
  ) -> [UInt256: UInt256] {
    var words: [UInt256: UInt256] = [:]
    for _ in 0..<random.below(random.oneIn(20) ? size.slots : 12) {
      words[UInt256(UInt64(random.below(size.slots)))] = random.word()
    }
    return words
  }

  /// All accounts there may be.
  var addresses: [Address] { (0..<size.accounts).map(Self.address) }

  var head: Header { blocks.last?.header ?? genesis }

  /// The next block, which becomes the head of the model.
  mutating func extend(_ random: inout SeededGenerator) -> Block {
    let diff = randomDiff(&random)
    let inverse = state.inverse(of: diff)
    state.apply(diff)
    serial += 1
    let transactions = random.array(upTo: 6) { $0.bytes(1 + $0.below(200))[...] }
    let ommers = random.array(upTo: 2) { $0.header() }
    let withdrawals = random.flip() ? nil : random.array(upTo: 3) { $0.withdrawal() }
    var gas: UInt64 = 0
    let receipts = random.array(upTo: 4) { random in
      gas += UInt64(random.below(1 << 22))
      return Receipt(
        kind: random.pick(Transaction.Kind.allCases),
        outcome: random.flip() ? .status(random.flip()) : .stateRoot(random.hash()),
        cumulativeGasUsed: gas, logs: random.array(upTo: 3) { $0.log() })
    }
    let header = Header(
      parentHash: head.hash, ommersHash: Self.hash(of: ommers), stateRoot: state.root(),
      transactionsRoot: OrderedTrieRoot.of(transactions.map(Array.init)),
      receiptsRoot: OrderedTrieRoot.of(receipts.map(\.encoded)),
      logsBloom: Bloom(receipts.flatMap(\.logs)), number: head.number + 1,
      gasLimit: 1 << 24, gasUsed: gas, timestamp: head.timestamp + 1,
      extraData: withUnsafeBytes(of: serial) { Array($0) },
      baseFeePerGas: withdrawals == nil ? nil : .zero,
      withdrawalsRoot: withdrawals.map { OrderedTrieRoot.of($0.map(\.encoded)) })
    let block = Block(
      header: header, diff: diff, inverse: inverse, transactions: transactions, ommers: ommers,
      withdrawals: withdrawals, receipts: receipts)
    blocks.append(block)
    return block
  }

  private static func hash(of ommers: [Header]) -> Hash256 {
    var list = RLPEncoder()
    list.list { list in for ommer in ommers { list.appendRaw(ommer.encoded) } }
    return Keccak256.hash(list.bytes)
  }

  /// A model of the same blocks, with a state of its own.
  func copy() -> ChainModel {
    var copy = self
    copy.state = MemoryState(allocations)
    for block in blocks { copy.state.apply(block.diff) }
    return copy
  }

  /// Takes back the newest block.
  mutating func retreat() {
    state.apply(blocks.removeLast().inverse)
  }

  private func randomDiff(_ random: inout SeededGenerator) -> StateDiff {
    let numbers = Set((0..<random.below(size.changes + 1)).map { _ in random.below(size.accounts) })
    var codes: [Code] = []
    let changes = numbers.map { number in
      let address = Self.address(number)
      let old = state.account(address)
      if old != nil && random.oneIn(8) { return AccountChange(address: address, account: nil) }
      var account = old ?? Account()
      account.nonce = random.number()
      account.balance = random.word()
      if random.oneIn(4) {
        let code = Code.of(random.bytes(upTo: 60))
        account.codeHash = code.hash
        if code.reference.count > 0 { codes.append(code) }
      }
      let wipes = random.oneIn(10)
      let slots = Self.words(&random, size).compactMap { slot, word in
        let word = random.oneIn(3) ? UInt256.zero : word
        let before = wipes ? UInt256.zero : state.storage(address, slot)
        return before == word ? nil : SlotChange(slot: slot, value: word)
      }
      return AccountChange(address: address, account: account, wipesStorage: wipes, storage: slots)
    }
    return StateDiff(accounts: changes, codes: codes)
  }

  // MARK: - Comparing

  /// Everything that a store says is as it should be.
  func expectEqual(_ store: Store, _ random: inout SeededGenerator) throws {
    #expect(store.head == BlockIdentity(number: head.number, hash: head.hash))
    try expectSameState(store.state)
    #expect(store.tries.root == head.stateRoot)
    for _ in 0..<4 where !blocks.isEmpty { try expectSame(random.pick(blocks), in: store) }
    if random.oneIn(4) { try expectSameViews(store, &random) }
    #expect(try store.header(0) == genesis)
    #expect(try store.header(head.number + 1) == nil)
  }

  /// Views of the past show what the model was then.
  private func expectSameViews(_ store: Store, _ random: inout SeededGenerator) throws {
    var past = self
    let oldest = try store.oldestState()
    let kept = store.head.number - oldest
    for _ in 0..<min(Int(kept), random.below(12)) {
      past.state.apply(past.blocks.removeLast().inverse)
    }
    defer { for block in blocks[past.blocks.count...] { past.state.apply(block.diff) } }
    do {
      let view = try #require(try store.view(at: past.head.number))
      try past.expectSameState(view)
    } catch StoreError.beyondHistory(let block, _) {
      // It was pruned in the background meanwhile.
      #expect(block == past.head.number)
      #expect(try store.oldestState() > oldest)
    }
  }

  func expectSameState(_ view: any StateView) throws {
    for number in 0..<size.accounts {
      let address = Self.address(number)
      let account = state.account(address)
      #expect(try view.account(address) == account)
      for slot in 0..<UInt64(size.slots) {
        let word = state.storage(address, UInt256(slot))
        #expect(try view.storage(address, UInt256(slot)) == word)
      }
      #expect(try view.hasStorage(address) == state.hasStorage(address))
      if let account, account.hasCode {
        #expect(try view.code(account.codeHash).bytes == state.code(account.codeHash).bytes)
      }
    }
    for number in max(0, Int(head.number) - 255)...Int(head.number) {
      let hash = number == 0 ? genesis.hash : blocks[number - 1].header.hash
      #expect(try view.blockHash(UInt64(number)) == hash)
    }
  }

  private func expectSame(_ block: Block, in store: Store) throws {
    let number = block.header.number
    #expect(try store.header(number) == block.header)
    #expect(try store.header(withHash: block.header.hash) == block.header)
    let body = try #require(try store.body(number))
    #expect(body.transactions.map(Array.init) == block.transactions.map(Array.init))
    #expect(body.ommers == block.ommers)
    #expect(body.withdrawals == block.withdrawals)
    #expect(try store.receipts(number) == block.receipts)
    for encoding in block.transactions where encoding.count > 20 {
      let found = try #require(try store.transaction(Keccak256.hash(encoding)))
      #expect(Array(found.encoding) == Array(encoding))
      #expect(found.block == block.identity)
    }
  }
}

extension Store {
  /// Runs a block through all three sides.
  func add(_ block: ChainModel.Block) throws {
    let changes = try advance(to: block.identity, by: block.diff)
    let root = try root(after: block.diff, run: Store.inTurn)
    #expect(root == block.header.stateRoot)
    try commit(block.committed(changes))
  }
}

extension ChainModel.Block {
  func committed(_ changes: StateChanges) -> CommittedBlock {
    CommittedBlock(
      header: header, hash: header.hash, transactions: transactions, ommers: ommers,
      withdrawals: withdrawals, receipts: receipts, changes: changes)
  }
}
