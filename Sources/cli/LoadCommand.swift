// needletail load: signed transactions for a node, many a second.

internal import Fixtures
internal import Foundation
internal import Load
internal import Node
internal import Synchronization

extension Command {
  /// `load`
  static var load: Command {
    Command(
      name: "load", operands: "",
      summary: "Load a node with signed transactions and see what becomes of them",
      details: """
        Pays --senders accounts from the first account of --mnemonic, signs all transactions, and then sends them
        in batches at a steady rate, over several connections that stay open. Meanwhile it reads every block, and
        a balance 50 times a second. Tells how many transactions were accepted, refused (and why), seen in a block,
        and lost (accepted, but in no block), and how long answers and blocks took.
        Exit status: 0 each transaction was accepted and is in a block, 1 one is not, 2 the run was not possible.
        """,
      options: [
        .value("--rpc", "URL", "where the node answers (http://127.0.0.1:8545)"),
        .value("--workload", "NAME", "transfer: ether; erc20: a token, deployed first (transfer)"),
        .value("--tps", "N", "transactions a second (1000)"),
        .value("--duration", "SECONDS", "for how long (10)"),
        .value(
          "--batch", "N",
          "transactions of one request at most (100; ten requests a second are sent)"),
        .value("--connections", "N", "connections that send (4)"),
        .value("--senders", "N", "accounts that send (1000)"),
        .value("--mnemonic", "WORDS", "words of the account that pays (that of needletail node)"),
        .value("--seed", "N", "from which the senders' keys follow (another one each time)"),
        .value("--threads", "N", "threads that sign (all cores)"),
        .value("--patience", "SECONDS", "how long to wait for blocks in the end (30)"),
        .value("--json", "FILE", "write the report as JSON; - is standard output, alone"),
      ],
      examples: [
        "needletail node --in-memory --block-time 1 --gas-limit 1,000,000,000",
        "needletail load --tps 2,000 --duration 30",
        "needletail load --rpc http://127.0.0.1:8545 --workload erc20 --tps 5000 --json load.json",
      ],
      run: runLoad)
  }

  private static func runLoad(_ arguments: Arguments) throws(UsageError) -> Int32 {
    let run = LoadRun(try loadSettings(arguments))
    let bar = ProgressBar { run.progress.state }
    Interruption.watch()
    let outcome = Mutex<Result<LoadReport, LoadError>?>(nil)
    let finished = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      let result = Result { () throws(LoadError) in try run.run() }
      outcome.withLock { $0 = result }
      finished.signal()
    }
    while finished.wait(timeout: .now() + .milliseconds(100)) == .timedOut {
      if Interruption.isRequested { run.stop() }
    }
    bar.finish()
    switch outcome.withLock({ $0 }) {
    case .success(let report):
      try writeFigures(report.text, json: report.json, to: arguments.string("--json"))
      return report.isWhole ? 0 : 1
    case .failure(let error):
      complain("needletail: \(error)")
      return Tool.badInput
    case nil: return Tool.badInput
    }
  }

  private static func loadSettings(_ arguments: Arguments) throws(UsageError) -> LoadSettings {
    if let operand = arguments.operands.first {
      throw UsageError(message: "load takes no \"\(operand)\"; see needletail load --help")
    }
    let url = arguments.string("--rpc") ?? "http://127.0.0.1:8545"
    guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
      throw UsageError(message: "--rpc needs a URL that begins with http:// or https://")
    }
    var settings = LoadSettings(
      url: url, mnemonic: try arguments.mnemonic() ?? DevelopmentAccounts.standardMnemonic,
      seed: UInt64(try arguments.integer("--seed", in: 0...Int.max) ?? Int.random(in: 0...Int.max)))
    if let name = arguments.string("--workload") {
      guard let workload = LoadSettings.Workload(rawValue: name) else {
        let known = LoadSettings.Workload.allCases.map(\.rawValue)
        let hint =
          Arguments.suggestion(for: name, among: known)
          ?? "there are \(known.joined(separator: ", "))"
        throw UsageError(message: "there is no workload \"\(name)\"; \(hint)")
      }
      settings.workload = workload
    }
    settings.rate = try arguments.integer("--tps", in: 1...1_000_000) ?? settings.rate
    settings.duration = try arguments.integer("--duration", in: 1...86_400) ?? settings.duration
    settings.batch = try arguments.integer("--batch", in: 1...1000) ?? settings.batch
    settings.connections =
      try arguments.integer("--connections", in: 1...1000) ?? settings.connections
    settings.senders = try arguments.integer("--senders", in: 2...100_000) ?? settings.senders
    settings.threads = try arguments.threads() ?? WorkerThreads.coreCount
    settings.patience = try arguments.integer("--patience", in: 1...86_400) ?? settings.patience
    guard settings.count <= 50_000_000 else {
      throw UsageError(
        message: "--tps times --duration is \(grouped(settings.count)) transactions, which are all "
          + "signed before; at most 50,000,000 are possible")
    }
    return settings
  }
}

extension LoadRun.Progress {
  /// What the bar shows.
  fileprivate var state: ProgressBar.State {
    switch self {
    case .funding: ProgressBar.State(done: 0, of: 0, text: "paying the senders")
    case .signing(let done, let total):
      ProgressBar.State(done: done, of: total, text: "\(grouped(done)) signed")
    case .loading(let figures, let total):
      ProgressBar.State(
        done: figures.sent, of: total,
        text: "\(grouped(figures.accepted)) accepted, \(grouped(figures.included)) in blocks")
    }
  }
}
