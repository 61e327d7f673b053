// Kills a node under load, again and again, and looks at what is left.

internal import Crypto
internal import Foundation
internal import JSON
internal import Ledger
internal import Node
internal import Primitives
internal import Samples

/// A series of crashes of one node: whatever it has answered for must be there when it has started again.
public struct NodeCrashRun {
  /// What came of a series.
  public struct Report: Sendable {
    /// How many times the node was killed.
    public internal(set) var crashes = 0
    /// Transactions whose hash was answered.
    public internal(set) var answered = 0
    /// Receipts that were seen.
    public internal(set) var receipts = 0
    /// Transactions that waited again after a start.
    public internal(set) var waiting = 0
    /// What is wrong; nil when nothing is.
    public internal(set) var problem: String?
  }

  private let executable: String
  private let folder: String
  /// The node is killed after so many milliseconds at the latest.
  private let longest: Int
  private var random: SeededGenerator
  private var senders: LoadSenders?
  /// What was answered for since it was last looked at.
  private var answered: [Hash256] = []
  /// Receipts that were seen, with the hash of their block.
  private var receipts: [(transaction: Hash256, block: String)] = []

  private static let senderCount = 8
  private static let batch = 20
  /// Transactions that are looked for by one request.
  private static let checkedAtOnce = 500

  /// A series on a node whose chain is in `folder`/chain, which is made anew. `executable` is this program; `seed` says
  /// what is sent; it is killed after `longest` milliseconds at the latest.
  public init(executable: String, folder: String, seed: UInt64, longest: Int = 1500) {
    self.executable = executable
    self.folder = folder
    self.longest = longest
    random = SeededGenerator(seed: seed)
  }

  /// Kills the node `count` times, and stops at the first thing that is wrong.
  public mutating func run(count: Int, progress: (Report) -> Void) -> Report {
    var report = Report()
    do throws(LoadError) {
      try prepare()
      while report.crashes < count {
        try crash(&report)
        report.crashes += 1
        progress(report)
      }
      let node = try NodeProcess(executable, folder)
      defer { node.kill() }
      try check(try LoadNode(node.url), &report)
    } catch {
      report.problem = error.description
    }
    return report
  }

  private func prepare() throws(LoadError) {
    do {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      guard names.isEmpty || names.contains(NodeProcess.logName) else {
        throw LoadError(description: "\(folder) holds something else; name a new folder")
      }
      try? FileManager.default.removeItem(atPath: folder)
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch let error as LoadError {
      throw error
    } catch {
      throw LoadError(description: "\(error)")
    }
  }

  /// Starts the node, checks what it knows, and loads it until it is killed.
  private mutating func crash(_ report: inout Report) throws(LoadError) {
    let process = try NodeProcess(executable, folder)
    defer { process.kill() }
    let node = try LoadNode(process.url)
    let senders = try fund(node)
    try check(node, &report)
    let delay = UInt32(20_000 + random.below(longest * 1000))
    Thread.detachNewThread {
      usleep(delay)
      process.kill()
    }
    var nonces: [UInt64] = []
    do throws(LoadError) {
      for address in senders.addresses {
        nonces.append(
          try node.count("eth_getTransactionCount", "[\"\(address.hex)\",\"pending\"]"))
      }
      while true { try load(node, senders, &nonces, &report) }
    } catch {
      // No answer: it is dead, but not of something else. A wrong answer is one from a node that lived.
      guard error.isSilence, process.wasKilled() else { throw error }
    }
  }

  private mutating func fund(_ node: LoadNode) throws(LoadError) -> LoadSenders {
    if let senders { return senders }
    let settings = LoadSettings(
      url: "", mnemonic: DevelopmentAccounts.standardMnemonic, seed: random.next())
    var funding = try LoadFunding(settings, node)
    let senders = try funding.fund(
      LoadSenders(
        Self.senderCount, seed: settings.seed, chainID: 31_337,
        maxFee: UInt256(100_000_000_000 as UInt64)), usesToken: false)
    self.senders = senders
    return senders
  }

  /// Sends a batch, and asks for a few receipts.
  private mutating func load(
    _ node: LoadNode, _ senders: LoadSenders, _ nonces: inout [UInt64], _ report: inout Report
  ) throws(LoadError) {
    var encodings: [[UInt8]] = []
    for _ in 0..<Self.batch {
      let sender = random.below(nonces.count)
      guard let transaction = senders.transaction(of: sender, nonce: nonces[sender]) else {
        continue
      }
      nonces[sender] += 1
      encodings.append(transaction.encoded)
    }
    let outcomes = try node.send(encodings.map { $0[...] })
    for (encoding, reason) in zip(encodings, outcomes) {
      if let reason { throw LoadError(description: "a transaction was refused: \(reason)") }
      answered.append(Keccak256.hash(encoding))
      report.answered += 1
    }
    for _ in 0..<3 where !answered.isEmpty {
      let hash = answered[random.below(answered.count)]
      guard let block = try Self.block(ofReceipt: hash, node) else { continue }
      receipts.append((hash, block))
      report.receipts += 1
    }
  }

  /// Whether all that was answered for is there.
  private mutating func check(_ node: LoadNode, _ report: inout Report) throws(LoadError) {
    for start in stride(from: 0, to: answered.count, by: Self.checkedAtOnce) {
      let hashes = answered[start..<min(start + Self.checkedAtOnce, answered.count)]
      let found = try node.ask("eth_getTransactionByHash", ofEach: hashes)
      guard found.count == hashes.count, found.allSatisfy({ $0?.kind == .object }) else {
        throw LoadError(description: "a transaction that was accepted is lost")
      }
    }
    answered.removeAll()
    for (hash, block) in receipts where try Self.block(ofReceipt: hash, node) != block {
      throw LoadError(description: "the receipt of \(hash), which was seen, is gone or another")
    }
    // Those of long ago were looked at often enough.
    receipts = receipts.suffix(200)
    if let status = try node.ask("txpool_status"),
      let pending = (try? status.field("pending").uint64()), pending > 0
    {
      report.waiting += Int(clamping: pending)
    }
  }

  private static func block(
    ofReceipt hash: Hash256, _ node: LoadNode
  ) throws(LoadError) -> String? {
    guard let receipt = try node.ask("eth_getTransactionReceipt", "[\"\(hash.hex)\"]"),
      receipt.kind == .object
    else { return nil }
    return try? receipt.field("blockHash").string()
  }
}
