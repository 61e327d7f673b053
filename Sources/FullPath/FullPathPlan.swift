// What the full path is measured with.

public import Workloads

/// What is measured: transfers between the people of a crowd, from signed bytes to durable blocks.
public struct FullPathPlan: Sendable, Hashable {
  /// What is transferred.
  public var asset: TransferStream.Asset
  /// Who gets it.
  public var contention = TransferStream.Contention.random(hot: 0)
  /// How many people have accounts, and of the token, in the store beforehand.
  public var accounts = 1_000_000
  /// How many transactions a block has.
  public var blockSize = 10_000
  /// How many transactions come before those that count.
  public var warmUp = 500_000
  /// How many transactions count.
  public var transactions = 5_000_000
  /// How many threads all stages share.
  public var threads: Int
  /// Bytes that the store may keep in memory.
  public var cacheSize = 4 << 30
  /// Whether each block is synced before it counts.
  public var isSynced = true
  /// Which of the possible transfers.
  public var seed: UInt64 = 1

  /// The usual measurement of an asset.
  public init(_ asset: TransferStream.Asset, threads: Int) {
    self.asset = asset
    self.threads = threads
  }

  /// How many blocks there are in all.
  var blockCount: Int { (warmUp + transactions + blockSize - 1) / blockSize }

  /// How many of them come before those that count.
  var warmUpBlocks: Int { min(warmUp / blockSize, blockCount) }

  /// What tells the prepared state from others.
  var stateName: String { "\(asset.rawValue)-\(accounts)-\(seed)" }

  /// What tells the prepared transactions from others; the number of blocks follows.
  var blocksName: String {
    let way =
      switch contention {
      case .random(let hot): hot == 0 ? "random" : "hot-\(hot)"
      case .chain: "chain"
      }
    return "\(stateName)-\(way)-\(blockSize)-"
  }

  /// The contention in words.
  public var contentionText: String {
    switch contention {
    case .random(let hot):
      hot == 0 ? "random holders" : "\(TextOf.percent(hot)) to one holder"
    case .chain: "one chain"
    }
  }
}

/// Figures in words.
enum TextOf {
  static func percent(_ share: Double) -> String {
    let percent = (share * 10_000).rounded() / 100
    return percent == percent.rounded() ? "\(Int(percent)) %" : "\(percent) %"
  }
}
