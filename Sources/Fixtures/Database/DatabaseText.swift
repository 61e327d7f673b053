// Figures about a store as text and as JSON.

internal import JSON
internal import Ledger
internal import Primitives
internal import Reports
public import Storage

/// Turns figures about a store into text.
public enum DatabaseText {
  /// The store's figures, a line each.
  public static func text(_ statistics: StoreStatistics) -> String {
    """
    head       block \(statistics.head.number), \(statistics.head.hash)
    database   block \(statistics.databaseBlock.number), about \(statistics.keys) keys, \
    \(megabytes(statistics.databaseBytes)), \(statistics.freshFiles) files not compacted
    segments   \(statistics.segments), \(megabytes(statistics.segmentBytes)); \
    \(statistics.prunedSegments) of them pruned
    history    \(history(statistics))
    memory     \(statistics.cachedEntries) accounts and slots, \
    \(megabytes(UInt64(statistics.stateBytes))); tries \(megabytes(UInt64(statistics.trieBytes))); \
    leaves \(megabytes(UInt64(statistics.leafBytes)))

    """
  }

  /// What was pruned.
  public static func text(prunedSegments count: Int, freedBytes: UInt64) -> String {
    "pruned     \(count) segments, \(megabytes(freedBytes)) freed\n"
  }

  /// What blocks were exported.
  public static func text(exportedBlocks count: UInt64, to path: String) -> String {
    "\(count) \(count == 1 ? "block" : "blocks") written to \(path.printable(upTo: 1000))\n"
  }

  /// What state was exported.
  public static func text(exported content: StateFileContent, to path: String) -> String {
    text(content) + "written to \(path.printable(upTo: 1000))\n"
  }

  /// What state was imported.
  public static func text(imported content: StateFileContent, to path: String) -> String {
    text(content) + "everything is in order; the store is \(path.printable(upTo: 1000))\n"
  }

  private static func text(_ content: StateFileContent) -> String {
    """
    head       block \(content.head.number), \(content.head.hash)
    blocks     \(content.blocks)
    codes      \(content.codes)
    state      \(content.accounts) accounts, \(content.slots) slots

    """
  }

  private static func history(_ statistics: StoreStatistics) -> String {
    let kept =
      switch statistics.history {
      case .blocks(1): "1 block is kept"
      case .blocks(let count): "\(count) blocks are kept"
      case .archive: "archive"
      }
    guard let oldest = statistics.oldestState else { return "\(kept), not readable" }
    return "\(kept), states from block \(oldest) on"
  }

  /// The store's figures for machines.
  public static func json(_ statistics: StoreStatistics) -> String {
    var writer = JSONWriter()
    writer.object { root in
      root.key("head")
      root.object {
        $0.member("number", statistics.head.number)
        $0.member("hash", statistics.head.hash.hex)
      }
      root.member("databaseBlock", statistics.databaseBlock.number)
      root.member("databaseKeys", statistics.keys)
      root.member("databaseBytes", statistics.databaseBytes)
      root.member("databaseFilesNotCompacted", statistics.freshFiles)
      root.member("segments", statistics.segments)
      root.member("segmentsPruned", statistics.prunedSegments)
      root.member("segmentBytes", statistics.segmentBytes)
      if case .blocks(let count) = statistics.history { root.member("history", count) }
      root.member("isArchive", statistics.history == .archive)
      if let oldest = statistics.oldestState { root.member("oldestState", oldest) }
      root.member("cachedEntries", statistics.cachedEntries)
      root.member("stateBytes", statistics.stateBytes)
      root.member("trieBytes", statistics.trieBytes)
      root.member("leafBytes", statistics.leafBytes)
    }
    return writer.text
  }

  /// What was verified, a line each.
  public static func text(_ result: StoreVerification, seconds: Double) -> String {
    """
    records    \(result.records), \(megabytes(result.recordBytes))
    chain      \(result.blocks) blocks
    codes      \(result.codes)
    state      \(result.accounts) accounts, \(result.slots) slots
    root       \(result.stateRoot), as the head's header says
    verified in \(TextTable.fixed(seconds, decimals: 2)) s: everything is in order

    """
  }

  /// What was verified, for machines.
  public static func json(_ result: StoreVerification, seconds: Double) -> String {
    var writer = JSONWriter()
    writer.object { root in
      root.member("records", result.records)
      root.member("recordBytes", result.recordBytes)
      root.member("blocks", result.blocks)
      root.member("codes", result.codes)
      root.member("accounts", result.accounts)
      root.member("slots", result.slots)
      root.member("stateRoot", result.stateRoot.hex)
      root.member("seconds", seconds)
    }
    return writer.text
  }

  private static func megabytes(_ count: UInt64) -> String {
    "\(TextTable.fixed(Double(count) / 1e6, decimals: 1)) MB"
  }
}
