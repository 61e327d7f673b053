// needletail fetch: makes folders to replay of blocks that a node has.

internal import Chain
internal import Fetch
internal import Fixtures
internal import Foundation
internal import JSON
internal import Ledger
internal import Synchronization

extension Command {
  /// `fetch`
  static var fetch: Command {
    Command(
      name: "fetch", operands: "",
      summary: "Fetch blocks from a node, ready to be replayed",
      details: """
        Asks an Ethereum node over JSON-RPC for blocks and for the accounts that each touches, writes
        them to DIR/NUMBER/block.json and DIR/NUMBER/pre_state.json, and replays each at once from
        there. The node must offer debug_traceBlockByNumber with the prestateTracer and have the state
        before the block; --without-tracer does with eth methods alone, one request for each account
        and slot. Blocks already in DIR are replayed, not fetched again. Requests that fail for a
        reason which may pass are repeated: no connection, no answer in time, status 429 or 5xx, up to
        120 s later where the node asks for it. One run may fetch 100,000 blocks. Stopped by Ctrl-C, it
        ends with what it has done; the next run goes on from there.
        The chain is the node's. The rules of Ethereum, Sepolia, Holesky and Hoodi are known; of other
        chains they are found out from the header, named with --fork, or read from a genesis file. Blob
        parameters that neither the fork nor the file tells are asked for: with eth_config, else
        by the block's price of blobs in eth_feeHistory.
        Exit status: 0 all replay equal, 1 a block does not, 2 a block could not be fetched.
        """,
      options: [
        .value("--rpc", "URL", "the node, http or https"),
        .value(
          "--block", "N[,N|N-M]", "numbers of blocks and ranges, decimal or 0x and hex digits"),
        .value("--out", "DIR", "the folder that gets a folder for each block"),
        .repeated("--header", "'NAME: VALUE'", "a header line to send, such as a key; repeatable"),
        .value("--fork", "FORK", "the rules of a chain that is not known"),
        .value("--genesis", "FILE", "the genesis file of that chain, in geth's format"),
        .flag("--without-tracer", "do without the debug methods"),
        .value("--timeout", "SECONDS", "how long to wait for a whole answer (300)"),
        .value("--attempts", "N", "how often to try a request (6)"),
        .value("--max-response", "BYTES", "the most bytes of an answer (256 MiB)"),
        .value("--json", "FILE", "write what was done as JSON; - is standard output, alone"),
      ],
      examples: [
        "needletail fetch --rpc http://localhost:8545 --block 22431084 --out blocks",
        "needletail fetch --rpc https://node.example --header 'Authorization: Bearer KEY' "
          + "--block 22431084-22431093,0x1567c00 --out blocks",
        "needletail replay blocks --repeat 10",
      ],
      run: runFetch)
  }

  private static func runFetch(_ arguments: Arguments) throws(UsageError) -> Int32 {
    let settings = try fetchSettings(arguments)
    let path = arguments.string("--json")
    // Blocks may take long: each is told when it is there.
    let news = FetchNews(printsBlocks: path != "-")
    let run = FetchRun(settings) { news.tell($0) }
    let bar = ProgressBar {
      let progress = run.progress
      return ProgressBar.State(
        done: progress.done, of: progress.of,
        text: "\(progress.done) of \(progress.of) blocks  \(progress.text)")
    }
    news.bar = bar
    Interruption.watch()
    let report = runUntilInterrupted(run)
    bar.finish()
    try writeFigures(FetchText.summary(report), json: FetchText.json(report), to: path)
    return report.exitStatus
  }

  /// Runs on another thread, and answers what there is as soon as somebody asks the process to stop.
  private static func runUntilInterrupted(_ run: FetchRun) -> FetchReport {
    let finished = DispatchSemaphore(value: 0)
    let outcome = Mutex<FetchReport?>(nil)
    Thread.detachNewThread {
      let report = run.run()
      outcome.withLock { $0 = report }
      finished.signal()
    }
    while finished.wait(timeout: .now() + .milliseconds(100)) == .timedOut {
      if Interruption.isRequested { return run.stop() }
    }
    return outcome.withLock { $0 } ?? run.stop()
  }

  private static func fetchSettings(_ arguments: Arguments) throws(UsageError) -> FetchSettings {
    guard arguments.operands.isEmpty else {
      throw UsageError(
        message: "fetch takes no \"\(arguments.operands[0])\"; see needletail fetch --help")
    }
    let url = try arguments.demanded("--rpc", "URL")
    let list = try arguments.demanded("--block", "N")
    let folder = try arguments.demanded("--out", "DIR")
    let headers = arguments.strings("--header")
    for line in headers where !NodeAddress.isHeader(line) {
      // The line itself may be a key.
      throw UsageError(message: "--header needs a line 'NAME: VALUE'")
    }
    guard let node = NodeAddress(url: url, headers: headers) else {
      throw UsageError(message: "--rpc needs a URL that begins with http:// or https://")
    }
    guard let blocks = BlockNumbers(list) else {
      throw UsageError(
        message: "--block needs numbers and rising ranges such as 100,0x80,200-210, at most "
          + "\(grouped(BlockNumbers.limit)) blocks, not \"\(list.prefix(80))\"")
    }
    var settings = FetchSettings(node: node, blocks: blocks, folder: folder)
    settings.rules = try arguments.rulesChoice()
    settings.usesTracer = !arguments.has("--without-tracer")
    settings.timeout = try arguments.integer("--timeout", in: 1...86_400) ?? settings.timeout
    settings.retry.attempts =
      try arguments.integer("--attempts", in: 1...100) ?? settings.retry.attempts
    settings.responseLimit =
      try arguments.size("--max-response", in: 1024...(4 << 30 - 64))
      ?? settings.responseLimit
    return settings
  }
}

/// Tells what happens while blocks are fetched.
private final class FetchNews: @unchecked Sendable {
  /// Shorter waits are not worth a line, in seconds.
  private static let longWait = 5.0

  /// The bar that a line must not be written into; set before anything happens.
  var bar: ProgressBar?
  private let printsBlocks: Bool

  init(printsBlocks: Bool) { self.printsBlocks = printsBlocks }

  func tell(_ notice: FetchNotice) {
    if case .wait(let seconds, _) = notice {
      // The bar says it too.
      guard seconds >= Self.longWait, bar?.isShown != true else { return }
      complain("needletail: \(FetchText.line(notice))")
    } else if printsBlocks {
      let print = {
        printLine(FetchText.line(notice))
        StandardOutput.flush()
      }
      if let bar { bar.withoutBar(print) } else { print() }
    }
  }
}

extension Arguments {
  /// The rules that `--fork` or `--genesis` gives.
  fileprivate func rulesChoice() throws(UsageError) -> RulesChoice {
    let fork = try fork("--fork")
    guard let path = string("--genesis") else { return fork.map { .fork($0) } ?? .found }
    if fork != nil { throw UsageError(message: "give either --fork or --genesis, not both") }
    do {
      return .chain(
        try Genesis.rules(in: JSONDocument(parsing: FileWalk.read(path), source: path)))
    } catch {
      throw UsageError(message: "\(error)")
    }
  }

  /// The value of an option that must be given.
  fileprivate func demanded(_ name: String, _ placeholder: String) throws(UsageError) -> String {
    if let text = string(name) { return text }
    throw UsageError(
      message: "fetch needs \(name) \(placeholder); see needletail fetch --help")
  }
}
