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

  private struct Known {
    /// What is suggested behind the last head that was asked for.
    var last: (head: Hash256, tip: UInt256)?
    /// The lowest tips of the last blocks, each of which is looked through once.
    var lowest: [Hash256: [UInt256]] = [:]
  }

  private let known = Mutex(Known())

  /// The tip that is suggested for the next block, in wei.
  func tip(_ chain: ChainReader) throws(RPCError) -> UInt256 {
    let head = chain.store.head
    let known = known.withLock { $0 }
    if let last = known.last, last.head == head.hash { return last.tip }
    var lowest: [Hash256: [UInt256]] = [:]
    let first = max(
      chain.store.genesisBlock.number, head.number - min(head.number, Self.blockCount - 1))
    for number in first...head.number {
      // The oldest blocks of a store may be gone.
      guard let block = try chain.block(.number(number)), block.header.gasUsed > 0 else { continue }
      lowest[block.hash] =
        if let tips = known.lowest[block.hash] { tips } else {
          try Self.lowestTips(of: chain.decoded(block))
        }
    }
    let tips = lowest.values.joined().sorted()
    // With nothing new, what was said before.
    let before = known.last?.tip ?? Self.standard
    let tip = tips.isEmpty ? before : min(tips[(tips.count - 1) * 60 / 100], Self.limit)
    self.known.withLock { $0 = Known(last: (head.hash, tip), lowest: lowest) }
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
