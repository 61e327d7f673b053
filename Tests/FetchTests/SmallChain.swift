// A chain with one block to fetch, made for the tests.

import Crypto
import EVM
import Execution
import Fixtures
import JSON
import Ledger
import Primitives
import State
import Testing

/// A block with transactions of every kind that its fork has, and the state before it.
struct SmallChain: Sendable {
  static let number: UInt64 = 100
  static let coinbase = Address(0xc01)
  static let prober = Address(0xb0be)
  static let payee = Address(0xdead1)
  /// Where the second transaction puts a contract.
  static let created = Address.created(by: alice, nonce: 1)
  static let alice = address(0xa11ce)
  static let newcomer = address(0xcafe)
  static let carol = address(0xca401)

  let rules: ChainRules
  let fork: Fork
  private(set) var block: Block
  private(set) var senders: [Address] = []
  let genesis: [AccountAllocation]

  /// Stores a block hash, what stands in slot 5, and the coinbase's balance; logs.
  private static let proberCode = bytes("600343034060015560055460005541316002556000 6000a000")
  /// Stores in slot 3, and leaves code there that counts it up.
  private static let initCode = bytes("6009600355 69600160035401600355 00 600052600a6016f3")
  /// What stands in for the contract of EIP-4788: stores the root in slot 1.
  private static let rootsCode = bytes("60003560015500")

  init(
    _ fork: Fork = .cancun, chainID: UInt64 = 1337, blobs: BlobParameters? = nil,
    excessBlobGas: UInt64 = 0
  ) throws {
    self.fork = fork
    rules = ChainRules(chainID: chainID, always: fork, blobs: blobs)
    genesis = [
      AccountAllocation(address: Self.alice, balance: 10_000_000_000_000_000_000),
      AccountAllocation(address: Self.coinbase, balance: 77),
      AccountAllocation(address: Self.prober, nonce: 1, code: Self.proberCode, storage: [5: 55]),
      AccountAllocation(
        address: SystemCalls.beaconRoots, nonce: 1, code: Self.rootsCode, storage: [1: 7]),
      AccountAllocation(address: Self.payee, balance: 3),
    ]
    block = Block(header: Self.header(fork), transactions: [])
    if fork >= .cancun { block.header.excessBlobGas = excessBlobGas }
    if fork >= .shanghai {
      block.withdrawals = [Withdrawal(index: 1, validatorIndex: 2, address: Self.payee, amount: 5)]
    }
    try addTransactions(chainID)
    block = try WorkerThreads.call { [self] in Result { try completed() } }.get()
  }

  static func address(_ key: UInt256) -> Address {
    Secp256k1.address(ofPrivateKey: key) ?? .zero
  }

  private static func bytes(_ hex: String) -> [UInt8] {
    (try? Hex.decode(hex.filter { $0 != " " })) ?? []
  }

  /// The state before the block.
  func state() -> MemoryState {
    let state = MemoryState(genesis)
    state.setBlockHash(Self.number - 1, block.header.parentHash)
    state.setBlockHash(Self.number - 3, Hash256(0x97))
    return state
  }

  private static func header(_ fork: Fork) -> Header {
    var header = Header(
      parentHash: Hash256(0x99), coinbase: coinbase, difficulty: fork >= .paris ? 0 : 131_072,
      number: number, gasLimit: 30_000_000, timestamp: 1000)
    if fork >= .london { header.baseFeePerGas = 7 }
    if fork >= .cancun {
      header.blobGasUsed = 131_072
      header.parentBeaconBlockRoot = Hash256(0xbeac)
    }
    return header
  }

  private mutating func addTransactions(_ chainID: UInt64) throws {
    let prober = Self.prober
    func legacy(_ nonce: UInt64, to: Address?, value: UInt256 = 0, data: [UInt8] = [])
      -> Transaction
    {
      Transaction(
        kind: .legacy, chainID: fork >= .spuriousDragon ? chainID : nil, nonce: nonce,
        maxFeePerGas: 100, gasLimit: 200_000, to: to, value: value, data: data)
    }
    try add(legacy(0, to: Self.newcomer, value: 1_000_000_000_000_000_000), 0xa11ce)
    try add(legacy(1, to: nil, data: Self.initCode), 0xa11ce)
    try add(legacy(0, to: Self.created), 0xcafe)
    guard fork >= .berlin else { return try add(legacy(2, to: prober), 0xa11ce) }
    try add(
      Transaction(
        kind: .accessList, chainID: chainID, nonce: 2, maxFeePerGas: 100, gasLimit: 200_000,
        to: prober, accessList: [AccessListEntry(address: prober, slots: [5])]), 0xa11ce)
    guard fork >= .london else { return }
    try add(
      Transaction(
        kind: .dynamicFee, chainID: chainID, nonce: 3, maxPriorityFeePerGas: 2, maxFeePerGas: 100,
        gasLimit: 200_000, to: Self.created), 0xa11ce)
    guard fork >= .cancun else { return }
    try add(
      Transaction(
        kind: .blob, chainID: chainID, nonce: 4, maxPriorityFeePerGas: 2, maxFeePerGas: 100,
        gasLimit: 200_000, to: Self.newcomer, maxFeePerBlobGas: 9,
        blobVersionedHashes: [Hash256(UInt256(1) << 248)]), 0xa11ce)
    guard fork >= .prague else { return }
    let wish = Authorization(chainID: UInt256(chainID), address: prober, nonce: 0)
    try add(
      Transaction(
        kind: .setCode, chainID: chainID, nonce: 5, maxPriorityFeePerGas: 2, maxFeePerGas: 100,
        gasLimit: 300_000, to: Self.carol,
        authorizations: [try #require(wish.signed(by: 0xca401))]), 0xa11ce)
  }

  private mutating func add(_ transaction: Transaction, _ key: UInt256) throws {
    block.transactions.append(try #require(transaction.signed(by: key)))
    senders.append(Self.address(key))
  }

  /// The block with what executing it gives in its header.
  private func completed() throws -> Block {
    let outcome = try SequentialExecutor().execute(
      ExecutableBlock(block, senders: senders, rules: rules), on: state())
    var block = block
    block.header.gasUsed = outcome.gasUsed
    block.header.logsBloom = outcome.bloom
    block.header.receiptsRoot = OrderedTrieRoot.of(outcome.receipts.map(\.encoded))
    block.header.transactionsRoot = OrderedTrieRoot.of(block.transactions.map(\.encoded))
    block.header.withdrawalsRoot = block.withdrawals.map { OrderedTrieRoot.of($0.map(\.encoded)) }
    if fork >= .prague { block.header.requestsHash = Hash256(0x7685) }
    return block
  }

  /// The state before the transaction at `index`.
  func state(beforeTransaction index: Int) throws -> MemoryState {
    let state = state()
    var header = block.header
    header.requestsHash = nil
    let part = Block(header: header, transactions: Array(block.transactions.prefix(index)))
    let outcome = try SequentialExecutor().execute(
      ExecutableBlock(part, senders: Array(senders.prefix(index)), rules: rules), on: state)
    state.apply(outcome.diff)
    return state
  }
}
