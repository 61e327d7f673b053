// Trees of blocks whose transactions change all that a state can hold.

import Chain
import EVM
import Ledger
import Primitives
import Samples
import State
import Testing

/// A tree of valid blocks, parents before children, with transfers, storage that is written and
/// cleared, and contracts that are deployed, created by others, and destroyed, some of them again and
/// again.
struct BlockTree {
  let mint: Mint
  private(set) var blocks: [Block] = []
  private var records: [BlockRecord]
  /// How many transactions led to each block.
  private var nonces: [Hash256: UInt64]
  private var random: SeededGenerator

  init(_ fork: Fork, blocks count: Int, seed: UInt64) throws {
    let system = fork >= .prague ? SystemContracts.allocations : []
    mint = try Mint(fork, contracts: system + TreeContracts.allocations)
    random = SeededGenerator(seed: seed)
    records = [mint.chain.genesis]
    nonces = [mint.chain.genesis.hash: 0]
    while blocks.count < count {
      try grow(after: try #require(records.suffix(4).randomElement(using: &random)))
    }
  }

  /// Adds blocks until one branch alone is the heaviest.
  mutating func makeOneBranchWin() throws {
    let heaviest = try #require(records.map(\.totalDifficulty).max())
    try grow(after: try #require(records.first { $0.totalDifficulty == heaviest }))
  }

  /// The block and its ancestors, the oldest first, without the genesis block.
  func branch(to hash: Hash256) -> [Block] {
    var branch: [Block] = []
    var wanted = hash
    while let block = blocks.first(where: { $0.hash == wanted }) {
      branch.append(block)
      wanted = block.header.parentHash
    }
    return branch.reversed()
  }

  private mutating func grow(after parent: BlockRecord) throws {
    let first = try #require(nonces[parent.hash])
    let count = UInt64.random(in: 1...3, using: &random)
    var transactions: [Transaction] = []
    for nonce in first..<first + count { transactions.append(transaction(nonce)) }
    let elapsed = UInt64.random(in: 1...40, using: &random)
    let block = try mint.finish(mint.draft(after: parent, elapsed: elapsed, transactions))
    guard nonces.updateValue(first + count, forKey: block.hash) == nil else { return }
    records.append(try #require(mint.chain.block(block.hash)))
    blocks.append(block)
  }

  private mutating func transaction(_ nonce: UInt64) -> Transaction {
    switch Int.random(in: 0..<8, using: &random) {
    case 0: Mint.transfer(nonce: nonce, to: Address(UInt64.random(in: 1000...1008, using: &random)))
    case 1, 2:
      Mint.transaction(
        nonce: nonce, to: TreeContracts.writer,
        data: word(UInt64.random(in: 0...3, using: &random))
          + word(UInt64.random(in: 0...2, using: &random)))
    case 3: Mint.transaction(nonce: nonce, to: nil, data: TreeContracts.childInitcode)
    case 4: Mint.transaction(nonce: nonce, to: TreeContracts.creator)
    case 5: Mint.transaction(nonce: nonce, to: TreeContracts.creator2)
    case 6: Mint.transaction(nonce: nonce, to: TreeContracts.child2)
    default:
      Mint.transaction(
        nonce: nonce,
        to: (TreeContracts.doomed + TreeContracts.children).randomElement(using: &random))
    }
  }

  private func word(_ value: UInt64) -> [UInt8] { UInt256(value).bigEndianBytes }
}

/// The contracts that the transactions of a tree call.
enum TreeContracts {
  /// Writes the second word of its input to the slot that the first one names.
  static let writer = Address(0xaaaa)
  /// Creates a child by CREATE and notes its address in slot 0.
  static let creator = Address(0xc1c1)
  /// Creates a child by CREATE2, always at the same place.
  static let creator2 = Address(0xc2c2)
  /// Have storage and ether, and destroy themselves when called.
  static let doomed = [Address(0xd0d0), Address(0xd1d1)]
  /// Where the first children of `creator` stand.
  static let children = (1...3).map { Address.created(by: creator, nonce: $0) }
  /// Where the child of `creator2` stands.
  static let child2 = childInitcode.withUnsafeBytes {
    Address.created2(by: creator2, salt: .zero, initcode: $0)
  }

  /// CALLER, SELFDESTRUCT
  private static let selfDestruct: [UInt8] = [0x33, 0xff]
  /// Writes the block's number to slot 1 and deploys `selfDestruct`: NUMBER, PUSH1 1, SSTORE,
  /// PUSH2 code, PUSH1 0, MSTORE, PUSH1 2, PUSH1 30, RETURN.
  static let childInitcode: [UInt8] =
    [0x43, 0x60, 1, 0x55, 0x61] + selfDestruct + [0x60, 0, 0x52, 0x60, 2, 0x60, 30, 0xf3]

  /// PUSH15 initcode, PUSH1 0, MSTORE; PUSH1 15, PUSH1 17, CALLVALUE: what CREATE takes.
  private static let create: [UInt8] =
    [0x6e] + childInitcode + [0x60, 0, 0x52]

  static let allocations: [AccountAllocation] =
    [
      // PUSH1 32, CALLDATALOAD, PUSH1 0, CALLDATALOAD, SSTORE
      AccountAllocation(
        address: writer, nonce: 1, code: [0x60, 0x20, 0x35, 0x60, 0x00, 0x35, 0x55],
        storage: [1: 9, 2: 9]),
      // …, CREATE, PUSH1 0, SSTORE
      AccountAllocation(
        address: creator, nonce: 1,
        code: create + [0x60, 15, 0x60, 17, 0x34, 0xf0, 0x60, 0, 0x55]),
      // PUSH1 salt before the rest, CREATE2, PUSH1 0, SSTORE
      AccountAllocation(
        address: creator2, nonce: 1,
        code: create + [0x60, 0, 0x60, 15, 0x60, 17, 0x34, 0xf5, 0x60, 0, 0x55]),
    ]
    + doomed.map {
      AccountAllocation(
        address: $0, nonce: 1, balance: 5, code: selfDestruct, storage: [3: 4, 5: 6])
    }
}
