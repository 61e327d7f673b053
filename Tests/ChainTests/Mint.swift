// Making valid blocks for chains in tests.

import Chain
import Crypto
import Execution
import Ledger
import Primitives
import State

/// Makes blocks of a small chain by asking an importer what the commitments should be.
final class Mint {
  static let key = UInt256(0xc0ffee as UInt64)
  static let gasPrice = UInt256(100_000_000_000 as UInt64)
  static let coinbase = Address(0xcb)

  let rules: ChainRules
  let chain: Blockchain

  /// A chain on which `fork` holds from the first block on.
  convenience init(_ fork: Fork, contracts: [AccountAllocation] = []) throws {
    try self.init(ChainRules(chainID: 1, always: fork), contracts: contracts)
  }

  init(
    _ rules: ChainRules, contracts: [AccountAllocation] = [], gasLimit: UInt64 = 30_000_000,
    historyLimit: UInt64 = 1024
  ) throws {
    self.rules = rules
    self.contracts = contracts
    chain = try Blockchain(
      genesis: Self.genesis(rules, contracts, gasLimit: gasLimit), state: Self.state(contracts),
      rules: rules,
      historyLimit: historyLimit)
  }

  private let contracts: [AccountAllocation]

  /// Another chain with the same genesis block.
  func anotherChain(
    historyLimit: UInt64 = 1024, seal: Blockchain.SealCheck? = nil
  ) throws -> Blockchain {
    try Blockchain(
      genesis: chain.genesis.header, state: Self.state(contracts), rules: rules,
      historyLimit: historyLimit, seal: seal)
  }

  static var sender: Address { Secp256k1.address(ofPrivateKey: key) ?? .zero }

  static func state(_ contracts: [AccountAllocation]) -> MemoryState {
    let rich = AccountAllocation(
      address: sender, balance: UInt256(1_000_000_000 as UInt64) &* gasPrice &* UInt256(1000))
    return MemoryState([rich] + contracts)
  }

  private static func genesis(
    _ rules: ChainRules, _ contracts: [AccountAllocation], gasLimit: UInt64
  ) -> Header {
    let fork = rules.fork(block: 0, timestamp: 0)
    var header = Header(
      stateRoot: state(contracts).root(), difficulty: fork < .paris ? Difficulty.minimum : .zero,
      number: 0, gasLimit: gasLimit, timestamp: 0)
    complete(&header, fork)
    if fork >= .london { header.baseFeePerGas = BaseFee.initial }
    return header
  }

  /// Adds the fields that the fork demands.
  private static func complete(_ header: inout Header, _ fork: Fork) {
    if fork >= .shanghai { header.withdrawalsRoot = Header.emptyTrieRoot }
    if fork >= .cancun {
      header.blobGasUsed = 0
      header.excessBlobGas = 0
      header.parentBeaconBlockRoot = .zero
    }
    if fork >= .prague { header.requestsHash = Requests.hash([]) }
  }

  /// A transfer of one wei to `recipient`.
  static func transfer(nonce: UInt64, to recipient: Address) -> Transaction {
    transaction(nonce: nonce, to: recipient, gasLimit: 100_000, value: 1)
  }

  /// A transaction of the rich account.
  static func transaction(
    nonce: UInt64, to recipient: Address?, gasLimit: UInt64 = 300_000, value: UInt64 = 0,
    data: [UInt8] = []
  ) -> Transaction {
    let draft = Transaction(
      kind: .legacy, chainID: nil, nonce: nonce, maxFeePerGas: gasPrice, gasLimit: gasLimit,
      to: recipient, value: UInt256(value), data: data)
    return draft.signed(by: key) ?? draft
  }

  /// A child of `parent` that lacks the commitments to what comes of it.
  func draft(
    after parent: BlockRecord, elapsed: UInt64 = 10, _ transactions: [Transaction] = [],
    ommers: [Header] = []
  ) -> Block {
    let number = parent.header.number + 1
    let timestamp = parent.header.timestamp + elapsed
    let fork = rules.fork(
      block: number, timestamp: timestamp, parentTotalDifficulty: parent.totalDifficulty)
    var header = Header(
      parentHash: parent.hash, coinbase: Self.coinbase, number: number,
      gasLimit: parent.header.gasLimit, timestamp: timestamp)
    Self.complete(&header, fork)
    if fork >= .london { header.baseFeePerGas = BaseFee.next(after: parent.header) }
    return Block(
      header: header, transactions: transactions, ommers: ommers,
      withdrawals: fork >= .shanghai ? [] : nil)
  }

  /// Puts right what the importer complains about, and adds the block.
  func finish(_ draft: Block) throws -> Block {
    var block = draft
    for _ in 0..<16 {
      do throws(BlockImportError) {
        try chain.add(block)
        return block
      } catch {
        guard Self.correct(&block.header, error) else { throw error }
      }
    }
    throw Unfinished()
  }

  struct Unfinished: Error {}

  private static func correct(_ header: inout Header, _ error: BlockImportError) -> Bool {
    guard case .invalid(let reason) = error else { return false }
    switch reason {
    case .wrongDifficulty(let expected): header.difficulty = expected
    case .wrongGasUsed(let expected): header.gasUsed = expected
    case .wrongOmmersHash(let expected): header.ommersHash = expected
    case .wrongTransactionsRoot(let expected): header.transactionsRoot = expected
    case .wrongReceiptsRoot(let expected): header.receiptsRoot = expected
    case .wrongStateRoot(let expected): header.stateRoot = expected
    case .wrongWithdrawalsRoot(let expected): header.withdrawalsRoot = expected
    case .wrongRequestsHash(let expected): header.requestsHash = expected
    default: return false
    }
    return true
  }
}

/// Why the block is refused; nil when it is not.
func refusal(_ block: Block, by chain: Blockchain) -> InvalidBlock? {
  do throws(BlockImportError) {
    try chain.importBlock(block)
    return nil
  } catch {
    guard case .invalid(let reason) = error else { return nil }
    return reason
  }
}
