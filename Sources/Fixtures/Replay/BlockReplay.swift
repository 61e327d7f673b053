// One recorded block, executed and checked.

public import Execution
public import Ledger
internal import Primitives
internal import State

/// What came of replaying a block.
public struct BlockReplay: Sendable {
  /// The block's number.
  public let number: UInt64
  /// The fork whose rules held.
  public let fork: Fork
  /// How many transactions it has.
  public let transactionCount: Int
  /// The gas they used.
  public let gasUsed: UInt64
  /// Nanoseconds of processor time for executing the transactions; the fastest round.
  public let executionTime: UInt64
  /// Nanoseconds on the wall for executing the transactions one after another, the fastest round.
  public let sequentialTime: UInt64
  /// Nanoseconds on the wall for executing them in parallel, the fastest round.
  public let parallelTime: UInt64
  /// Nanoseconds of processor time for recovering the senders; the fastest round.
  public let recoveryTime: UInt64
  /// Whether the block needs more EVM memory than it was allowed: no verdict on it.
  public let hitMemoryLimit: Bool
  /// What differed from the record, one a line; empty when all was equal.
  public let differences: String
  /// What a closer look found, where one was asked for and nothing differed.
  public let study: BlockStudy?

  /// Millions of gas a second.
  public var megagasPerSecond: Double {
    executionTime == 0 ? 0 : Double(gasUsed) * 1000 / Double(executionTime)
  }

  /// Executes `block` `rounds` times under the rules of its chain and checks every round: the
  /// block's hash, senders and hashes of the transactions, gas used, bloom, the roots of transactions
  /// and withdrawals and, from Byzantium on, of receipts. With `parallel`, each round is done by
  /// it, too, and must come to the same.
  public init(
    _ block: RecordedBlock, rounds: Int = 1, executor: SequentialExecutor,
    parallel: ParallelExecutor? = nil
  ) {
    self.init(
      block, rounds: rounds, executor: executor, parallel: parallel, lists: nil, examiner: nil)
  }

  /// The same; with `lists`, the access lists that the executors make are checked. An `examiner`
  /// looks closer at the block in the end.
  init(
    _ block: RecordedBlock, rounds: Int, executor: SequentialExecutor,
    parallel: ParallelExecutor?, lists: AccessListCheck?, examiner: BlockExaminer?
  ) {
    let chain = block.rules
    number = block.header.number
    fork = chain.fork(block: number, timestamp: block.header.timestamp)
    transactionCount = block.transactions.count
    var findings = Findings()
    var (bestExecution, bestRecovery) = (UInt64.max, UInt64.max)
    var (bestSequential, bestParallel) = (UInt64.max, UInt64.max)
    var gas: UInt64 = 0
    var hitMemoryLimit = false
    var study: BlockStudy?
    let rounds = max(1, rounds)
    for round in 1...rounds where findings.isEmpty {
      var clock = ThreadClock.now
      let senders = Self.recoverSenders(block, chain, fork, &findings)
      bestRecovery = min(bestRecovery, ThreadClock.now - clock)
      let executable = block.executable(senders: senders)
      let state = block.state()
      clock = ThreadClock.now
      let start = WallClock.now
      do throws(BlockExecutionError) {
        let outcome = try executor.execute(executable, on: state)
        bestSequential = min(bestSequential, WallClock.now - start)
        bestExecution = min(bestExecution, ThreadClock.now - clock)
        gas = outcome.gasUsed
        Self.compare(outcome, with: block, fork, &findings)
        if let problem = lists?.problem(of: outcome, executable, on: state) {
          findings.note("access list: \(problem)")
        }
        if let parallel {
          let start = WallClock.now
          let other = try parallel.execute(executable, on: state)
          bestParallel = min(bestParallel, WallClock.now - start)
          if other != outcome {
            findings.note("\(parallel.workerCount) workers come to another outcome")
          }
        }
        if let examiner, round == rounds, findings.isEmpty {
          study = try examiner.examine(executable, named: "\(number)", on: state)
        }
      } catch {
        switch error {
        case .transaction(_, .memoryLimit), .systemCall(.memoryLimit): hitMemoryLimit = true
        case .transaction(let index, let reason) where block.transactions.indices.contains(index):
          let message = reason.message(about: block.transactions[index])
          findings.note("not executed: transaction \(index): \(message)")
        default: break
        }
        if findings.isEmpty { findings.note("not executed: \(error)") }
      }
    }
    self.hitMemoryLimit = hitMemoryLimit
    gasUsed = gas
    executionTime = bestExecution == .max ? 0 : bestExecution
    sequentialTime = bestSequential == .max ? 0 : bestSequential
    parallelTime = bestParallel == .max ? 0 : bestParallel
    recoveryTime = bestRecovery == .max ? 0 : bestRecovery
    differences = findings.text
    self.study = study
  }

  /// The senders, recovered; the recorded one stands in where that fails.
  private static func recoverSenders(
    _ block: RecordedBlock, _ chain: ChainRules, _ fork: Fork, _ findings: inout Findings
  ) -> [Address] {
    var senders = block.senders
    for (index, transaction) in block.transactions.enumerated() {
      do throws(SignatureError) {
        senders[index] = try transaction.recoverSender(fork: fork, chainID: chain.chainID)
        findings.compare("sender of transaction \(index)", block.senders[index], senders[index])
      } catch {
        findings.note("sender of transaction \(index): expected \(senders[index]), got \(error)")
      }
    }
    return senders
  }

  private static func compare(
    _ outcome: BlockOutcome, with block: RecordedBlock, _ fork: Fork, _ findings: inout Findings
  ) {
    let header = block.header
    findings.compare("block hash", block.hash, header.hash)
    for (index, transaction) in block.transactions.enumerated() {
      findings.compare(
        "hash of transaction \(index)", block.transactionHashes[index], transaction.hash)
    }
    findings.compare("gas used", header.gasUsed, outcome.gasUsed)
    if outcome.bloom != header.logsBloom { findings.note("logs bloom differs") }
    findings.compare(
      "transactions root", header.transactionsRoot,
      OrderedTrieRoot.of(block.transactions.map(\.encoded)))
    if let root = header.withdrawalsRoot, let withdrawals = block.withdrawals {
      findings.compare("withdrawals root", root, OrderedTrieRoot.of(withdrawals.map(\.encoded)))
    }
    // Earlier receipts hold state roots, which a partial state cannot give.
    if fork >= .byzantium {
      findings.compare(
        "receipts root", header.receiptsRoot, OrderedTrieRoot.of(outcome.receipts.map(\.encoded)))
    }
  }
}
