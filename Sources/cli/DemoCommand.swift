// needletail demo: generates a block and executes it.

internal import Fixtures
internal import Foundation
internal import Needletail
internal import Workloads

extension Command {
  /// `demo`
  static var demo: Command {
    Command(
      name: "demo", operands: "",
      summary: "Generate a block of transfers and execute it",
      details: """
        The block is signed, its senders are recovered, its transactions are executed one after
        another, and the root of the state after it is computed. The same options always give the
        same block.
        """,
      options: [
        .value("--transactions", "N", "how many transactions (5,000)"),
        .value("--people", "N", "among how many people (1,000)"),
        .value("--seed", "N", "which of the possible blocks (1)"),
        .flag("--ether", "transfers of ether instead of an ERC-20 token"),
        .value("--repeat", "N", "execute so often and show the fastest (5)"),
        .value(
          "--threads", "N", "how many threads execute in parallel (all cores; 8 for each at most)"),
      ],
      examples: [
        "needletail demo",
        "needletail demo --transactions 20000 --people 50 --ether",
      ],
      run: runDemo)
  }

  private static func runDemo(_ arguments: Arguments) throws(UsageError) -> Int32 {
    guard arguments.operands.isEmpty else {
      throw UsageError(message: "demo takes only options; see needletail demo --help")
    }
    let count = try arguments.integer("--transactions", in: 1...1_000_000) ?? 5_000
    let people = try arguments.integer("--people", in: 1...1_000_000) ?? 1_000
    let seed = UInt64(try arguments.integer("--seed", in: 0...Int.max) ?? 1)
    let rounds = try arguments.integer("--repeat", in: 1...1_000) ?? 5
    let threads = try arguments.threads() ?? WorkerThreads.coreCount

    let workload =
      arguments.has("--ether")
      ? Workload.transfers(count, people: people, seed: seed)
      : Workload.erc20Transfers(count, people: people, seed: seed)
    do {
      let demo = try Demo(workload, rounds: rounds, threads: threads)
      StandardOutput.write(demo.table)
      return demo.failedCount == 0 ? 0 : 1
    } catch {
      complain("needletail: the generated block could not be executed: \(error)")
      return 1
    }
  }
}

/// A generated block, executed.
private struct Demo {
  let workload: Workload
  let outcome: BlockOutcome
  let root: Hash256
  let recovery: Duration
  let execution: Duration
  let parallelExecution: Duration
  let threads: Int
  let isEqual: Bool
  let repeats: Int
  let rooting: Duration

  init(_ workload: Workload, rounds: Int, threads: Int) throws {
    self.workload = workload
    let clock = ContinuousClock()

    var senders: [Address] = []
    recovery = try clock.measure {
      senders = try Transaction.recoverSenders(
        of: workload.block.transactions, fork: workload.rules.fork(block: 1, timestamp: 1),
        chainID: workload.rules.chainID)
    }
    let block = ExecutableBlock(workload.block, senders: senders, rules: workload.rules)

    let state = MemoryState()
    state.apply(workload.genesis)
    let executor = SequentialExecutor()
    var outcome = try executor.execute(block, on: state)
    let parallel = ParallelExecutor(workers: threads)
    var parallelOutcome = try parallel.execute(block, on: state)
    var fastest = Duration.seconds(Int64.max / 2)
    var fastestParallel = fastest
    for _ in 0..<rounds {
      fastest = min(fastest, try clock.measure { outcome = try executor.execute(block, on: state) })
      fastestParallel = min(
        fastestParallel,
        try clock.measure { parallelOutcome = try parallel.execute(block, on: state) })
    }
    execution = fastest
    parallelExecution = fastestParallel
    isEqual = outcome == parallelOutcome
    repeats = parallel.statistics.repeats
    self.threads = parallel.workerCount
    self.outcome = outcome

    var root = Hash256.zero
    rooting = clock.measure {
      state.apply(outcome.diff)
      root = state.root()
    }
    self.root = root
  }

  /// Receipts that say failure: a generated block has none.
  var failedCount: Int { outcome.receipts.count { $0.outcome != .status(true) } }

  var table: String {
    let count = workload.block.transactions.count
    let rows: [(String, String)] = [
      (
        "block",
        "\(grouped(count)) \(workload.name) (\(workload.rules.fork(block: 1, timestamp: 1)))"
      ),
      ("senders", grouped(Set(workload.senders).count)),
      ("failed", grouped(failedCount)),
      ("gas used", grouped(Int(outcome.gasUsed))),
      (
        "sender recovery",
        "\(milliseconds(recovery))   \(perTransaction(recovery))   in batches of \(Transaction.senderBatch)"
      ),
      ("execution", "\(milliseconds(execution))   \(perTransaction(execution))   \(speed)"),
      (
        "in parallel",
        "\(milliseconds(parallelExecution))   \(perTransaction(parallelExecution))   "
          + "\(threads) threads, \(repeats) repeats, \(isEqual ? "same outcome" : "ANOTHER OUTCOME")"
      ),
      ("state root", "\(milliseconds(rooting))   \(perTransaction(rooting))"),
      ("root", "\(root)"),
    ]
    return rows.map { name, value in
      name + String(repeating: " ", count: 17 - name.count) + value + "\n"
    }.joined()
  }

  private var speed: String {
    String(format: "%9.0f Mgas/s", Double(outcome.gasUsed) / seconds(execution) / 1e6)
  }

  private func milliseconds(_ duration: Duration) -> String {
    String(format: "%9.2f ms", seconds(duration) * 1e3)
  }

  private func perTransaction(_ duration: Duration) -> String {
    String(
      format: "%7.2f µs a transaction",
      seconds(duration) * 1e6 / Double(workload.block.transactions.count))
  }

  private func seconds(_ duration: Duration) -> Double { duration / .seconds(1) }
}
