// Blocks that would cost much before they are refused.

import Chain
import Ledger
import Primitives
import State
import Testing

@Suite struct HostileBlockTests {
  /// The encoding of a block with this header and `body` in the place of the list of transactions.
  private func encoding(_ header: Header, transactions body: [UInt8]) -> [UInt8] {
    var encoder = RLPEncoder(reservingCapacity: body.count + 1024)
    encoder.list { encoder in
      encoder.appendRaw(header.encoded)
      encoder.list { $0.appendRaw(body) }
      encoder.appendRaw([0xc0, 0xc0])
    }
    return encoder.bytes
  }

  private func refusal(of encoding: [UInt8], by chain: Blockchain) -> InvalidBlock? {
    do throws(BlockImportError) {
      try chain.importBlock(encoded: encoding)
      return nil
    } catch {
      guard case .invalid(let reason) = error else { return nil }
      return reason
    }
  }

  /// A legacy transaction of ten bytes: all fields zero, with a signature.
  private static let tiny: [UInt8] = [0xc9, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x1b, 1, 1]
  /// Nothing that a transaction could be.
  private static let garbage: [UInt8] = [0xc3, 0xc0, 0xc0, 0xc0]

  @Test func aLongBodyIsNotDecodedBeforeItsHeaderHolds() throws {
    let mint = try Mint(.prague, contracts: SystemContracts.allocations)
    let header = mint.draft(after: mint.chain.genesis).header
    var orphan = header
    orphan.parentHash = .zero
    // As many as fit the largest block of a file.
    let count = (64 << 20) / Self.tiny.count - 100
    var body: [UInt8] = []
    body.reserveCapacity(count * Self.tiny.count)
    for _ in 0..<count { body += Self.tiny }
    let (known, unknown) = (
      encoding(header, transactions: body), encoding(orphan, transactions: body)
    )
    // Decoded, they take 2 GB and seconds; one that has a parent, minutes for the signatures.
    let time = ContinuousClock().measure {
      #expect(refusal(of: unknown, by: mint.chain) == .unknownParent(.zero))
      #expect(
        refusal(of: known, by: mint.chain) == .tooManyTransactions(limit: 30_000_000 / 21_000))
    }
    #expect(time < .seconds(1))
  }

  @Test func whatIsWrongWithTheHeaderComesBeforeTheBody() throws {
    let mint = try Mint(.osaka, contracts: SystemContracts.allocations)
    let good = mint.draft(after: mint.chain.genesis).header
    func expect(_ expected: InvalidBlock, _ change: (inout Header) -> Void) {
      var header = good
      change(&header)
      #expect(
        refusal(of: encoding(header, transactions: Self.garbage), by: mint.chain) == expected)
    }
    expect(.unknownParent(.zero)) { $0.parentHash = .zero }
    expect(.wrongNumber(expected: 1)) { $0.number = 2 }
    expect(.gasLimitBelowMinimum) { $0.gasLimit = 4_999 }
    expect(.extraDataTooLong) { $0.extraData = Array(repeating: 0, count: 33) }
    let large = Array(repeating: 0xc0 as UInt8, count: BodyValidation.maximumSize)
    #expect(
      refusal(of: encoding(good, transactions: large), by: mint.chain)
        == .tooLarge(limit: BodyValidation.maximumSize))
    let malformed = refusal(of: encoding(good, transactions: Self.garbage), by: mint.chain)
    guard case .malformed = malformed else {
      Issue.record("\(String(describing: malformed))")
      return
    }
  }

  @Test func aListMayBeAsLongAsTheGasLimitHasRoom() throws {
    let limits: [(Fork, UInt64)] = [(.berlin, 2857), (.london, 1785), (.prague, 1428)]
    for (fork, limit) in limits {
      #expect(BodyValidation.maximumTransactionCount(gasLimit: 30_000_000, fork: fork) == limit)
    }
    let mint = try Mint(.prague, contracts: SystemContracts.allocations)
    var block = mint.draft(after: mint.chain.genesis)
    let unsigned = Transaction(
      kind: .legacy, chainID: nil, nonce: 0, maxFeePerGas: .zero, gasLimit: 21_000, to: Address(1))
    block.transactions = Array(repeating: unsigned, count: 1_428)
    let whole = ChainTests.refusal(block, by: mint.chain)
    guard case .transaction(index: 0, _) = whole else {
      Issue.record("\(String(describing: whole))")
      return
    }
    block.transactions.append(unsigned)
    #expect(ChainTests.refusal(block, by: mint.chain) == .tooManyTransactions(limit: 1_428))
    #expect(refusal(of: block.encoded, by: mint.chain) == .tooManyTransactions(limit: 1_428))
  }

  /// Refunds were half of what is used until London: a block of 40,000 gas has room for two
  /// transactions that clear a slot.
  @Test func refundsMakeRoomForMoreThanTheBasePriceTells() throws {
    // PUSH1 0, CALLDATASIZE, SSTORE: clears the slot that the length of the input tells.
    let contract = AccountAllocation(
      address: Address(0xc1), nonce: 1, code: [0x60, 0, 0x36, 0x55], storage: [0: 7, 1: 7])
    let mint = try Mint(
      ChainRules(chainID: 1, always: .istanbul), contracts: [contract], gasLimit: 40_000)
    let transactions = [
      Mint.transaction(nonce: 0, to: contract.address, gasLimit: 26_900),
      Mint.transaction(nonce: 1, to: contract.address, gasLimit: 26_900, data: [0]),
    ]
    let block = try mint.finish(mint.draft(after: mint.chain.genesis, transactions))
    #expect(block.transactions.count > Int(block.header.gasLimit / 21_000))
    #expect(block.header.gasUsed < 2 * 21_000)
  }
}
