// What a run of the load generator does.

/// How a node is loaded.
public struct LoadSettings: Sendable {
  /// What the transactions do.
  public enum Workload: String, Sendable, CaseIterable {
    /// Move ether.
    case transfer
    /// Move a token (ERC-20), which is deployed first.
    case erc20
  }

  /// Where the node answers JSON-RPC.
  public var url: String
  /// What the transactions do.
  public var workload = Workload.transfer
  /// Transactions a second.
  public var rate = 1000
  /// For so many seconds.
  public var duration = 10
  /// Transactions of one request at most.
  public var batch = 100
  /// Connections that send at the same time.
  public var connections = 4
  /// Accounts that send; each sends over one connection.
  public var senders = 1000
  /// The words of the accounts that pay for it all.
  public var mnemonic: String
  /// From which the senders' keys follow. Another number makes others.
  public var seed: UInt64
  /// Threads that sign.
  public var threads = 2
  /// Seconds without an answer or a block of ours after which what is still missing counts as lost.
  public var patience = 30

  /// The usual load on the node at `url`, paid for by the accounts of `mnemonic`.
  public init(url: String, mnemonic: String, seed: UInt64) {
    self.url = url
    self.mnemonic = mnemonic
    self.seed = seed
  }

  /// How many transactions it comes to.
  public var count: Int { rate * duration }

  /// How many transactions a request has: fewer than it may have where ten requests a second are enough for all.
  var batchSize: Int { max(1, min(batch, rate / 10)) }
}

/// Why a node cannot be loaded.
public struct LoadError: Error, Sendable, CustomStringConvertible {
  /// Why, for people.
  public let description: String
  /// Whether the node gave no answer at all, rather than one that is wrong.
  public internal(set) var isSilence = false
}
