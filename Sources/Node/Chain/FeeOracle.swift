// What priority fee is likely to do.

internal import Ledger
internal import Primitives
internal import Storage
internal import Synchronization

/// Suggests a priority fee by what late blocks took, as geth does: of the lowest tips in each of the last
/// twenty blocks the one that three in five do not exceed.
final class FeeOracle: Sendable {
  /// What is suggested where the last blocks tell nothing, in wei: one gwei.
  static let standard = UInt256(1_000_000_000 as UInt64)
  /// What is never exceeded: 500 gwei.
  private static let limit = UInt256(500_000_000_000 as UInt64)
  /// Tips below this many wei say nothing.
  private static let leastTip = UInt256(2 as UInt64)
  private static let blockCount: UInt64 = 20
  private static let tipsPerBlock = 3

  private let last = Mutex<(head: Hash256, tip: UInt256)?>(nil)

  /// The tip that is suggested for the next block, in wei.
  func tip(_ chain: ChainReader) throws(RPCError) -> UInt256 {
    let head = chain.store.head
    if let known = last.withLock({ $0 }), known.head == head.hash { return known.tip }
    var tips: [UInt256] = []
    let first = max(
      chain.store.genesisBlock.number, head.number - min(head.number, Self.blockCount - 1))
    for number in first...head.number {
      // The oldest blocks of a store may be gone.
      guard let block = try chain.block(.number(number)), block.header.gasUsed > 0 else { continue }
      tips += try Self.lowestTips(of: chain.decoded(block))
    }
    tips.sort()
    // With nothing new, what was said before.
    let before = last.withLock { $0?.tip } ?? Self.standard
    let tip = tips.isEmpty ? before : min(tips[(tips.count - 1) * 60 / 100], Self.limit)
    last.withLock { $0 = (head.hash, tip) }
    return tip
  }

  private static func lowestTips(of block: DecodedBlock) throws(RPCError) -> [UInt256] {
    let header = block.block.header
    var tips: [(tip: UInt256, index: Int)] = []
    for (index, transaction) in block.transactions.enumerated() {
      let tip = transaction.gasPrice(in: header) &- (header.baseFeePerGas ?? .zero)
      if tip >= leastTip { tips.append((tip, index)) }
    }
    tips.sort { $0.tip < $1.tip }
    var lowest: [UInt256] = []
    for (tip, index) in tips where lowest.count < tipsPerBlock {
      // What the block's producer sends itself costs it nothing.
      if try block.sender(index) != header.coinbase { lowest.append(tip) }
    }
    return lowest
  }
}
