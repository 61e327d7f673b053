// needletail bench --full-path: from signed bytes to durable blocks.

internal import Fixtures
internal import Foundation
internal import FullPath
internal import Synchronization
internal import Workloads

extension Command {
  /// `bench --full-path`
  static var benchFullPath: Command {
    Command(
      name: "bench --full-path", operands: "[raw|erc20...]",
      summary: "Measure everything from signed bytes to durable blocks",
      details: """
        Signed transactions go in as bytes; they are decoded, their senders recovered, executed in
        parallel, receipts and state are hashed to Ethereum's roots, and each block is written and
        synced before it counts. The database behind the blocks must have followed in the end. What
        everybody owns afterwards is compared with the generator's own count, and some blocks with
        their execution one transaction after another.

        People, signed transactions and the store that they start from are made once and kept in the
        folder of --data, which takes about 250 bytes a transaction and 300 an account. Lists give
        a measurement for each of their values.
        Exit status: 0 measured, 1 something came out wrong, 2 it could not be measured.
        """,
      options: [
        .value("--accounts", "LIST", "people with accounts in the store beforehand (1000000)"),
        .value("--transactions", "N", "transactions that count (5000000)"),
        .value("--warm-up", "N", "transactions before those (500000)"),
        .value("--block-size", "N", "transactions of a block (10000)"),
        .value("--hot", "LIST", "share of them that goes to one person, 0 to 1 (0)"),
        .flag("--chain", "everybody passes on what they were just given"),
        .value(
          "--threads", "LIST", "threads that all stages share (all cores; 8 for each at most)"),
        .value("--cache-size", "BYTES", "memory of the store (4294967296)"),
        .flag("--no-sync", "do not wait for the disk; weakens what is measured"),
        .value("--seed", "N", "which of the possible transfers (1)"),
        .value("--data", "DIR", "where to keep what is prepared (~/.cache/needletail/full-path)"),
        .value("--json", "FILE", "write all figures as JSON; - is standard output, alone"),
        .value("--html", "FILE", "write a page with charts of all figures"),
      ],
      examples: [
        "needletail bench --full-path",
        "needletail bench --full-path erc20 --hot 0,0.01,0.1,0.5 --json hot.json",
        "needletail bench --full-path raw --accounts 10000,100000,1000000 --html growth.html",
        "needletail bench --full-path erc20 --transactions 200000 --warm-up 50000 --accounts 10000",
      ],
      run: runBenchFullPath)
  }

  private static func runBenchFullPath(_ arguments: Arguments) throws(UsageError) -> Int32 {
    let plans = try fullPathPlans(arguments)
    let json = try arguments.jsonPath(inputs: [])
    let page = try arguments.outputPath("--html", inputs: [])
    let folder =
      arguments.string("--data")
      ?? NSString(string: "~/.cache/needletail/full-path").expandingTildeInPath
    Interruption.watch()
    let state = Mutex(ProgressBar.State(done: 0, of: 0, text: ""))
    let bar = ProgressBar { state.withLock { $0 } }
    var report = FullPathReport(machine: MachineName.text)
    var failure: FullPathError?
    for plan in plans {
      do throws(FullPathError) {
        report.add(
          try FullPathRun(
            plan, folder: folder, isStopped: { Interruption.isRequested }
          ) { what, done, of in
            let text = "\(plan.asset.rawValue): \(grouped(done)) of \(grouped(of)) \(what)"
            state.withLock { $0 = ProgressBar.State(done: done, of: of, text: text) }
          }.run())
      } catch {
        failure = error
        break
      }
    }
    bar.finish()
    if let failure, report.isEmpty { throw UsageError(message: failure.description) }
    try writeFigures(report.text, complaints: report.complaints, json: report.json, to: json)
    if let page { try write(report.html, to: page) }
    if let failure { throw UsageError(message: failure.description) }
    return report.exitStatus
  }

  /// A plan for each combination of the lists' values.
  private static func fullPathPlans(
    _ arguments: Arguments
  ) throws(UsageError) -> [FullPathPlan] {
    var assets: [TransferStream.Asset] = []
    for name in arguments.operands {
      guard let asset = TransferStream.Asset(rawValue: name) else {
        throw UsageError(message: "bench --full-path measures raw and erc20, not \"\(name)\"")
      }
      assets.append(asset)
    }
    var contentions = try arguments.fractions("--hot")?.map(TransferStream.Contention.random) ?? []
    if arguments.has("--chain") { contentions.append(.chain) }
    if contentions.isEmpty { contentions = [.random(hot: 0)] }
    let threads = try arguments.threadCounts() ?? [WorkerThreads.coreCount]
    let accounts = try arguments.integers("--accounts", in: 2...1 << 30) ?? [1_000_000]
    var plans: [FullPathPlan] = []
    for asset in assets.isEmpty ? TransferStream.Asset.allCases : assets {
      for contention in contentions {
        for accounts in accounts {
          for threads in threads {
            var plan = FullPathPlan(asset, threads: threads)
            plan.contention = contention
            plan.accounts = accounts
            try plan.set(arguments)
            plans.append(plan)
          }
        }
      }
    }
    return plans
  }
}

extension FullPathPlan {
  fileprivate mutating func set(_ arguments: Arguments) throws(UsageError) {
    transactions = try arguments.integer("--transactions", in: 1...1 << 40) ?? transactions
    warmUp = try arguments.integer("--warm-up", in: 0...1 << 40) ?? warmUp
    blockSize = try arguments.integer("--block-size", in: 1...1_000_000) ?? blockSize
    cacheSize = try arguments.cacheSize(atLeast: 1 << 24) ?? cacheSize
    seed = UInt64(try arguments.integer("--seed", in: 0...Int.max) ?? 1)
    isSynced = !arguments.has("--no-sync")
  }
}
