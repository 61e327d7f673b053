// Every rule, broken by itself.

import Chain
import Crypto
import Execution
import Ledger
import Primitives
import State
import Testing

@Suite struct RefusalTests {
  /// A valid block with one transfer, and a chain that lacks it.
  private func prepared(_ fork: Fork) throws -> (block: Block, chain: Blockchain) {
    let mint = try Mint(fork, contracts: fork >= .prague ? SystemContracts.allocations : [])
    let transfer = Mint.transfer(nonce: 0, to: Address(1000))
    let block = try mint.finish(mint.draft(after: mint.chain.genesis, [transfer]))
    return (block, try mint.anotherChain())
  }

  private func expect(
    _ fork: Fork, _ expected: InvalidBlock, sourceLocation: SourceLocation = #_sourceLocation,
    _ change: (inout Block) -> Void
  ) throws {
    let (block, chain) = try prepared(fork)
    var broken = block
    change(&broken)
    #expect(refusal(broken, by: chain) == expected, sourceLocation: sourceLocation)
    #expect(chain.head.hash == chain.genesis.hash, sourceLocation: sourceLocation)
    // What was refused has left no trace.
    #expect(refusal(block, by: chain) == nil, sourceLocation: sourceLocation)
    #expect(chain.headState().root() == block.header.stateRoot, sourceLocation: sourceLocation)
  }

  @Test func rulesOfPlace() throws {
    try expect(.london, .unknownParent(.zero)) { $0.header.parentHash = .zero }
    try expect(.london, .wrongNumber(expected: 1)) { $0.header.number = 2 }
    try expect(.london, .wrongNumber(expected: 1)) { $0.header.number = .max }
    try expect(.london, .timestampNotAfterParent(0)) { $0.header.timestamp = 0 }
  }

  @Test func rulesOfGas() throws {
    try expect(.london, .gasLimitBelowMinimum) { $0.header.gasLimit = 4_999 }
    try expect(.london, .gasLimitAboveMaximum) { $0.header.gasLimit = 1 << 63 }
    let parent: UInt64 = 30_000_000
    try expect(.london, .gasLimitTooFarFromParent(parent)) {
      $0.header.gasLimit = parent + parent / 1024
    }
    try expect(.london, .gasLimitTooFarFromParent(parent)) {
      $0.header.gasLimit = parent - parent / 1024
    }
    try expect(.london, .gasUsedAboveLimit) { $0.header.gasUsed = parent + 1 }
    try expect(.london, .wrongGasUsed(expected: 21_000)) { $0.header.gasUsed = 21_001 }
    try expect(.london, .wrongBaseFee(expected: 875_000_000)) {
      $0.header.baseFeePerGas = 875_000_001
    }
  }

  @Test func rulesOfForm() throws {
    try expect(.london, .extraDataTooLong) { $0.header.extraData = Array(repeating: 0, count: 33) }
    try expect(.paris, .wrongDifficulty(expected: .zero)) { $0.header.difficulty = 1 }
    try expect(.paris, .nonceNotZero) { $0.header.nonce = 1 }
    try expect(.paris, .ommersNotAllowed) { $0.header.ommersHash = .zero }
    try expect(.paris, .ommersNotAllowed) { $0.ommers = [$0.header] }
    try expect(.berlin, .unexpectedField(.baseFeePerGas)) { $0.header.baseFeePerGas = 7 }
    try expect(.london, .missingField(.baseFeePerGas)) { $0.header.baseFeePerGas = nil }
    try expect(.paris, .unexpectedField(.withdrawalsRoot)) {
      $0.header.withdrawalsRoot = Header.emptyTrieRoot
    }
    try expect(.prague, .missingField(.requestsHash)) { $0.header.requestsHash = nil }
    try expect(.shanghai, .missingWithdrawals) { $0.withdrawals = nil }
    try expect(.paris, .unexpectedWithdrawals) { $0.withdrawals = [] }
  }

  @Test func commitments() throws {
    let (block, _) = try prepared(.osaka)
    let header = block.header
    try expect(.osaka, .wrongTransactionsRoot(expected: header.transactionsRoot)) {
      $0.header.transactionsRoot = .zero
    }
    try expect(.osaka, .wrongReceiptsRoot(expected: header.receiptsRoot)) {
      $0.header.receiptsRoot = .zero
    }
    try expect(.osaka, .wrongStateRoot(expected: header.stateRoot)) { $0.header.stateRoot = .zero }
    try expect(.osaka, .wrongWithdrawalsRoot(expected: Header.emptyTrieRoot)) {
      $0.header.withdrawalsRoot = .zero
    }
    try expect(.osaka, .wrongRequestsHash(expected: Requests.hash([]))) {
      $0.header.requestsHash = .zero
    }
    try expect(.osaka, .wrongBlobGasUsed(expected: 0)) { $0.header.blobGasUsed = 1 << 17 }
    try expect(.osaka, .wrongExcessBlobGas(expected: 0)) { $0.header.excessBlobGas = 1 }
    try expect(.osaka, .wrongLogsBloom) { $0.header.logsBloom.insert(BloomEntry(hashed: .zero)) }
    try expect(.london, .wrongOmmersHash(expected: Header.emptyOmmersHash)) {
      $0.header.ommersHash = .zero
    }
    let nonce = InvalidTransaction.nonceTooHigh(expected: 0)
    try expect(.osaka, .transaction(index: 0, nonce)) {
      $0.transactions = [Mint.transfer(nonce: 1, to: Address(1000))]
    }
  }

  @Test func malformedBytesAreRefused() throws {
    let (block, chain) = try prepared(.osaka)
    let encoding = block.encoded
    for count in stride(from: 0, to: encoding.count, by: 37) {
      do throws(BlockImportError) {
        try chain.importBlock(encoded: Array(encoding.prefix(count)))
        Issue.record("accepted \(count) bytes")
      } catch {
        guard case .invalid(.malformed) = error else {
          Issue.record("\(error)")
          continue
        }
      }
    }
  }

  @Test func systemContractsMustAnswerSincePrague() throws {
    let (block, _) = try prepared(.prague)
    let withdrawals = SystemCalls.withdrawalRequests
    let empty = try Mint(.prague)
    let first = empty.draft(after: empty.chain.genesis)
    #expect(refusal(first, by: empty.chain) == .systemContractMissing(withdrawals))
    let failing = try Mint(.prague, contracts: [SystemContracts.failing(at: withdrawals)])
    let second = failing.draft(after: failing.chain.genesis)
    #expect(refusal(second, by: failing.chain) == .systemCallFailed(withdrawals))
    let answering = try Mint(
      .prague,
      contracts: [
        SystemContracts.answering(0xaa, at: withdrawals),
        SystemContracts.answering(0xbb, at: SystemCalls.consolidationRequests),
      ])
    let third = try answering.finish(answering.draft(after: answering.chain.genesis))
    #expect(third.header.requestsHash == Requests.hash([[1, 0xaa], [2, 0xbb]]))
    #expect(third.header.requestsHash != block.header.requestsHash)
  }

  @Test func theDAOForkLeavesItsMarkAndMovesEther() throws {
    let rules = ChainRules(
      chainID: 1, activations: [.homestead: .block(0)], daoFork: DAOForkRule(block: 1))
    let victim = try #require(DAOFork.accounts.last)
    let mint = try Mint(
      rules, contracts: [AccountAllocation(address: victim, balance: 77)])
    var draft = mint.draft(after: mint.chain.genesis)
    #expect(refusal(draft, by: mint.chain) == .daoMarkMissing)
    draft.header.extraData = HeaderValidation.daoMark
    let block = try mint.finish(draft)
    #expect(mint.chain.setHead(block.hash))
    let state = mint.chain.headState()
    #expect(state.account(DAOFork.recovery)?.balance == UInt256(77 as UInt64))
    #expect(state.account(victim)?.balance == UInt256.zero)
    #expect(DAOFork.accounts.count == 116 && Set(DAOFork.accounts).count == 116)
  }

  @Test func aChainThatOpposesTheDAOForkTakesNoMarkOfIt() throws {
    let rules = ChainRules(
      chainID: 1, activations: [.homestead: .block(0)],
      daoFork: DAOForkRule(block: 1, isSupported: false))
    let victim = try #require(DAOFork.accounts.last)
    let mint = try Mint(rules, contracts: [AccountAllocation(address: victim, balance: 77)])
    var parent = mint.chain.genesis
    for number in 1...UInt64(11) {
      var marked = mint.draft(after: parent)
      marked.header.extraData = HeaderValidation.daoMark
      if number < 11 {
        #expect(refusal(marked, by: mint.chain) == .daoMarkForbidden)
      } else {
        // Ten blocks tell the chains apart.
        _ = try mint.finish(marked)
      }
      parent = try #require(mint.chain.block(mint.finish(mint.draft(after: parent)).hash))
    }
    #expect(mint.chain.setHead(parent.hash))
    // No ether moves.
    #expect(mint.chain.headState().account(victim)?.balance == UInt256(77 as UInt64))
    #expect(mint.chain.headState().account(DAOFork.recovery) == nil)
  }

  @Test func paymentsMayNotLeave256Bits() throws {
    let gwei: UInt64 = 1_000_000_000
    for isWithdrawal in [true, false] {
      let fork: Fork = isWithdrawal ? .shanghai : .london
      // A withdrawal of one gwei, or the reward of two ether to the coinbase.
      let amount = UInt256(isWithdrawal ? gwei : 2 * gwei * gwei)
      let payee = isWithdrawal ? Address(0xee) : Mint.coinbase
      for room in [amount, amount &- .one] {
        let full = AccountAllocation(address: payee, nonce: 1, balance: .max &- room)
        let mint = try Mint(fork, contracts: [full])
        var draft = mint.draft(after: mint.chain.genesis)
        if isWithdrawal {
          draft.withdrawals = [Withdrawal(index: 0, validatorIndex: 0, address: payee, amount: 1)]
        }
        if room == amount {
          let block = try mint.finish(draft)
          #expect(mint.chain.setHead(block.hash))
          #expect(mint.chain.headState().account(payee)?.balance == UInt256.max)
        } else {
          if fork < .paris { draft.header.difficulty = Difficulty.minimum }
          #expect(refusal(draft, by: mint.chain) == .balanceOverflow(payee))
          #expect(mint.chain.headState().account(payee)?.balance == UInt256.max &- room)
        }
      }
    }
  }

  @Test func everyRefusalHasWords() {
    let reasons: [InvalidBlock] = [
      .tooLarge(limit: 1), .invalidSeal(.zeroDifficulty), .tooManyOmmers,
      .ommer(index: 1, .extraDataTooLong),
      .transaction(index: 2, .noBlobs), .malformedDeposit(transaction: 3), .wrongLogsBloom,
      .missingField(.requestsHash), .systemCallFailed(.zero), .duplicateOmmer,
      .tooManyTransactions(limit: 9), .daoMarkForbidden, .balanceOverflow(.zero),
    ]
    for reason in reasons {
      #expect("\(reason)".count > 10)
      #expect("\(BlockImportError.invalid(reason))".hasPrefix("invalid: "))
    }
  }
}
