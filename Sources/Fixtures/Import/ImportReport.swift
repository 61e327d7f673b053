// What came of importing a chain.

public import Ledger
public import Primitives

/// What came of importing a chain.
public struct ImportReport: Sendable {
  /// A block that broke a rule.
  public struct Refusal: Sendable, Equatable {
    /// The file it stands in.
    public let path: String
    /// Which of the file's blocks it is, the first being 1.
    public let position: Int
    /// Where it begins in the file.
    public let offset: Int
    /// Its number and hash, unless its encoding is no block's.
    public let block: (number: UInt64, hash: Hash256)?
    /// The rule, in words.
    public let reason: String
    /// Whether a proof of work does not hold, which blocks of test chains need not have.
    public let isOfSeal: Bool

    /// Whether both are the same.
    public static func == (a: Refusal, b: Refusal) -> Bool {
      a.path == b.path && a.position == b.position && a.offset == b.offset
        && a.reason == b.reason && a.isOfSeal == b.isOfSeal
        && a.block?.number == b.block?.number && a.block?.hash == b.block?.hash
    }
  }

  /// Blocks that were added.
  public internal(set) var blocks = 0
  /// Blocks that were there already, the genesis block for one.
  public internal(set) var knownBlocks = 0
  /// Blocks of other branches that never were in the chain: their headers were checked and their bodies compared
  /// with them, but they were not executed. In memory there are none, since all blocks are executed there.
  public internal(set) var asideBlocks = 0
  /// Blocks older than those that the store keeps or that branches may have, which were not looked at.
  public internal(set) var olderBlocks = 0
  /// The transactions of those that were added.
  public internal(set) var transactions = 0
  /// The gas they used.
  public internal(set) var gasUsed: UInt64 = 0
  /// The end of the chain, unless there is no genesis.
  public internal(set) var head: Header?
  /// The block that was refused: the last one looked at.
  public internal(set) var refusal: Refusal?
  /// What could not be read or executed.
  public internal(set) var error: String?
  /// Seconds from start to end.
  public internal(set) var seconds = 0.0

  /// Blocks that were looked at and not refused.
  private var foundBlocks: Int { blocks + knownBlocks + asideBlocks + olderBlocks }

  /// 0 when every block was added, 1 when one was refused, 2 when something could not be read, a block
  /// could not be executed, or there was none.
  public var exitStatus: Int32 {
    if error != nil || (foundBlocks == 0 && refusal == nil) { return 2 }
    return refusal == nil ? 0 : 1
  }
}
