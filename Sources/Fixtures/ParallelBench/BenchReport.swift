// The figures of a bench as a table and as JSON.

internal import Execution
internal import JSON
internal import Reports

/// What a bench found.
public struct BenchReport: Sendable {
  /// The figures, in order.
  public private(set) var results: [BenchResult] = []
  /// What is wrong with blocks, one a line.
  public private(set) var problems: [String] = []
  /// What could not be read.
  public private(set) var errors: [String] = []
  /// Blocks that need more memory than they may take, and how to allow it.
  public private(set) var unusable: [String] = []
  /// What a closer look at the blocks found, where one was asked for.
  public private(set) var studies: [BlockStudy] = []
  /// What workloads came to under more and more contention, where that was asked for.
  public private(set) var contentions: [BenchContention] = []
  /// How many rounds were run.
  public let rounds: Int
  /// Whether the parallel executor was told what each block accesses.
  public let accessLists: Bool

  /// An empty report of a bench of so many rounds, with or without access lists.
  public init(rounds: Int, accessLists: Bool = false) {
    self.rounds = rounds
    self.accessLists = accessLists
  }

  /// Adds what came of a block.
  public mutating func add(_ verdict: ParallelBench.Verdict) {
    switch verdict {
    case .measured(let measured): results += measured
    case .wrong(let lines): problems += lines
    case .unusable(let line): unusable.append(line)
    }
  }

  /// Looks closer at a block, and adds what is found.
  public mutating func addStudy(of subject: BenchSubject, by examiner: BlockExaminer) {
    do throws(BlockExecutionError) {
      studies.append(
        try examiner.examine(subject.block, named: subject.name, on: subject.state))
    } catch {
      problems.append("\(subject.name): not executed: \(error)")
    }
  }

  /// Adds what a workload came to by its contention.
  public mutating func add(_ contention: BenchContention) {
    contentions.append(contention)
    contention.failures.forEach { add($0) }
  }

  /// Adds what could not be read.
  public mutating func add(errors lines: [String]) { errors += lines }

  /// 0 when all is well, 1 when an outcome was wrong, 2 when something could not be read or needs more
  /// memory than it may take, or there was nothing to measure.
  public var exitStatus: Int32 {
    if !problems.isEmpty { return 1 }
    return errors.isEmpty && unusable.isEmpty && !results.isEmpty ? 0 : 2
  }

  /// The sums over recorded blocks, for each number of threads; empty where there are fewer than two.
  public var sums: [BenchSum] {
    let recorded = Dictionary(grouping: results.filter(\.isRecorded), by: \.threads)
    return recorded.sorted { $0.key < $1.key }.map { BenchSum(blocks: $0.value) }
      .filter { $0.blocks.count > 1 }
  }
}

// MARK: - For people

extension BenchReport {
  /// What could not be used, a line each.
  public var complaints: String {
    ConformText.capped("UNREADABLE", errors) + ConformText.capped("UNUSABLE", unusable)
  }

  /// What is measured, the table, sums, and what is wrong.
  public var text: String {
    var text = ConformText.capped("WRONG", problems)
    if results.isEmpty {
      return text.isEmpty && complaints.isEmpty ? "nothing was measured\n" : text
    }
    text += """
      Execution only: senders are known, no state root is computed, code is analysed before.
      Medians of \(rounds.counted("round")) in which the ways take turns on one state; every outcome is compared.
      serial: the sequential executor; 1 worker: the parallel one with one. speed-up: the faster of both
      over parallel, median of the rounds' ratios with its 95 % interval. spread: middle half of the
      parallel times. machine: how much more the machine does with so many threads that have nothing to
      do with each other, each a sequential executor with the same block, than with one. cpu: processor
      time of all threads over that of the serial run.

      """
    if accessLists { text += Self.foretold + "\n" }
    text += "\n"
    var table = TextTable([
      "workload", ">threads", ">txs", ">Mgas", ">serial ms", ">1 worker ms", ">parallel ms",
      ">spread", ">speed-up", "95 %", ">machine", ">TPS", ">Mgas/s", ">executions/tx", ">aborts",
      ">waits",
      ">cpu ms",
      ">cpu",
    ])
    for result in results { table.add(row(result)) }
    text += table.rendered
    for sum in sums { text += "\n" + self.text(of: sum) }
    return text
  }

  /// What is to be said of figures with access lists.
  static let foretold =
    "The parallel executor is told what each block from Cancun on accesses (block access lists, EIP-7928)."

  private func row(_ result: BenchResult) -> [String] {
    let parallel = result.parallel
    return [
      result.name.printable, "\(result.threads)", "\(result.transactions)",
      TextTable.fixed(Double(result.gasUsed) / 1e6, decimals: 2),
      Self.milliseconds(result.sequential.seconds.median),
      Self.milliseconds(result.oneWorker.seconds.median),
      Self.milliseconds(parallel.seconds.median),
      TextTable.fixed(parallel.seconds.spread * 100, decimals: 1) + " %",
      Self.times(result.speedup.median),
      result.speedup.medianInterval.map {
        "\(TextTable.fixed($0.lowerBound, decimals: 2))–"
          + TextTable.fixed($0.upperBound, decimals: 2)
      } ?? "",
      result.machineScaling.values.isEmpty ? "" : Self.times(result.machineScaling.median),
      TextTable.fixed(result.transactionsPerSecond, decimals: 0),
      TextTable.fixed(result.megagasPerSecond, decimals: 0),
      TextTable.fixed(result.executionsPerTransaction, decimals: 3),
      TextTable.fixed(parallel.aborts.median, decimals: 0),
      TextTable.fixed(parallel.waits.median, decimals: 0),
      Self.milliseconds(parallel.cpuSeconds.median), Self.times(result.cpuRatio.median),
    ]
  }

  private func text(of sum: BenchSum) -> String {
    var text = "\(sum.blocks.count) recorded blocks, \(sum.blocks[0].threads) threads: serial "
    text += "\(Self.milliseconds(sum.sequentialSeconds)) ms, 1 worker "
    text += "\(Self.milliseconds(sum.oneWorkerSeconds)) ms, parallel "
    text += "\(Self.milliseconds(sum.parallelSeconds)) ms: \(Self.times(sum.speedup))\n"
    if let slowest = sum.slowest {
      text += "  least of at least 1 Mgas: \(slowest.name.printable), "
      text += "\(Self.times(slowest.speedup.median))\n"
    }
    if let loss = sum.smallBlockLoss {
      text += "  most lost of smaller ones: \(TextTable.fixed(loss * 1e6, decimals: 0)) µs\n"
    }
    return text
  }

  private static func milliseconds(_ seconds: Double) -> String {
    TextTable.fixed(seconds * 1e3, decimals: 3)
  }

  private static func times(_ ratio: Double) -> String {
    TextTable.fixed(ratio, decimals: 2) + "×"
  }
}

// MARK: - For machines

extension BenchReport {
  /// An object with every figure.
  public var json: String {
    var writer = JSONWriter()
    writer.object { root in
      root.member("rounds", rounds)
      root.member("accessLists", accessLists)
      root.objects("results", of: results) { $1.write(to: &$0) }
      root.objects("sums", of: sums) { $1.write(to: &$0) }
      if !studies.isEmpty {
        ConflictReport(studies).write(to: &root)
        ScalingReport(studies.compactMap(\.scaling)).write(to: &root)
      }
      root.key("problems")
      root.array { list in problems.forEach { list.value($0) } }
      root.key("errors")
      root.array { list in (errors + unusable).forEach { list.value($0) } }
    }
    return writer.text
  }
}

extension BenchResult {
  fileprivate func write(to object: inout JSONWriter) {
    object.member("workload", name)
    object.member("threads", threads)
    object.member("transactions", transactions)
    object.member("gasUsed", gasUsed)
    object.member("sequentialSeconds", serial.seconds.median)
    object.member("parallelSeconds", parallel.seconds.median)
    object.member("speedup", speedup.median)
    object.key("speedupInterval")
    if let interval = speedup.medianInterval {
      object.array { list in
        list.value(interval.lowerBound)
        list.value(interval.upperBound)
      }
    } else {
      object.null()
    }
    if !machineScaling.values.isEmpty {
      object.member("machineScaling", machineScaling.median)
    }
    object.member("cpuSeconds", parallel.cpuSeconds.median)
    object.member("cpuRatio", cpuRatio.median)
    object.member("executionsPerTransaction", executionsPerTransaction)
    object.member("aborts", parallel.aborts.median)
    object.member("waits", parallel.waits.median)
    object.member("transactionsPerSecond", transactionsPerSecond)
    object.member("megagasPerSecond", megagasPerSecond)
    object.member("sequentialExecutorSeconds", sequential.seconds.median)
    object.member("oneWorkerSeconds", oneWorker.seconds.median)
    for (name, figures) in [
      ("sequentialExecutor", sequential), ("oneWorker", oneWorker), ("parallel", parallel),
    ] {
      object.key("\(name)Nanoseconds")
      object.array { list in
        figures.seconds.values.forEach { list.value(Int(($0 * 1e9).rounded())) }
      }
    }
  }
}

extension BenchSum {
  fileprivate func write(to object: inout JSONWriter) {
    object.member("threads", blocks[0].threads)
    object.member("blocks", blocks.count)
    object.member("sequentialExecutorSeconds", sequentialSeconds)
    object.member("oneWorkerSeconds", oneWorkerSeconds)
    object.member("parallelSeconds", parallelSeconds)
    object.member("speedup", speedup)
    if let slowest {
      object.member("slowestBlock", slowest.name)
      object.member("slowestSpeedup", slowest.speedup.median)
    }
    if let smallBlockLoss { object.member("smallBlockLossSeconds", smallBlockLoss) }
  }
}
