// needletail bench: blocks one transaction after another and in parallel.

internal import Fixtures
internal import Synchronization
internal import Workloads

extension Command {
  /// `bench`
  static var bench: Command {
    Command(
      name: "bench", operands: "[WORKLOAD|PATH...]",
      summary: "Measure blocks one transaction after another and in parallel",
      details: """
        Without operands, all workloads are measured. Their blocks are generated and signed; the same
        options always give the same blocks. A PATH is a folder, an archive or a file with recorded
        blocks, as replay takes them, or with workloads in JSON. Each block is executed by the
        sequential executor, by the parallel one with one worker and by all threads, in turns on the
        same state. Senders are known and no state root is computed. Every outcome is compared, and
        what generated blocks must come to is checked: receipts, gas, events and the whole state.

        workloads:
        \(workloadList)

        See needletail bench blocks --help, needletail bench precompiles --help and needletail bench
        recovery --help for the others.
        Exit status: 0 measured, 1 an outcome was wrong, 2 a file could not be read, or a block needs
        more memory than allowed.
        """,
      options: [
        .value("--threads", "LIST", "how many threads, such as 1,2,4 (1, 2, 4 … to all cores)"),
        .value("--block-size", "N", "transactions of a generated block (5,000)"),
        .value("--hot", "R", "share of them that goes to what all want, 0 to 1 (by workload)"),
        .value("--chain", "N", "how many depend in a row each on the one before (by workload)"),
        .value("--distance", "N", "how far apart those stand in the block (as far as can be)"),
        .value("--accounts", "N", "how many people sign at most (as many as are wanted)"),
        .value("--seed", "N", "which of the possible blocks (1)"),
        .value("--rounds", "N", "execute each block N times in each way (30)"),
        .value("--filter", "TEXT", "of a PATH, only what contains TEXT in its name"),
        .value("--memory-limit", "BYTES", "EVM memory that a transaction may take (1 GiB)"),
        .flag("--access-lists", "tell the parallel executor what each block accesses (EIP-7928)"),
        .flag("--conflicts", "show which functions and slots make transactions wait for others"),
        .value("--simulate-cores", "LIST", "speed-up on so many cores, such as 4,16,64, simulated"),
        .value("--json", "FILE", "write all figures as JSON; - is standard output, alone"),
        .value("--html", "FILE", "write a page with charts of all figures"),
      ],
      examples: [
        "needletail bench",
        "needletail bench erc20 swap-many-pools --simulate-cores 4,16,64 --html report.html",
        "needletail bench erc20 erc20-hot --threads 2 --block-size 10000",
        "needletail bench raw --chain 50 --distance 1 --json raw.json",
        "needletail bench mainnet-blocks.tar.zst --threads 2",
        "needletail bench workloads.tar.zst --filter blocks/",
      ],
      run: runBench)
  }

  private static var workloadList: String {
    let width = WorkloadDefinition.all.map(\.name.count).max() ?? 0
    return WorkloadDefinition.all.map { definition in
      let gap = String(repeating: " ", count: width - definition.name.count)
      return "  \(definition.name)\(gap)  \(definition.summary)"
    }.joined(separator: "\n")
  }

  private static func runBench(_ arguments: Arguments) throws(UsageError) -> Int32 {
    let subjects = try BenchSubjects(arguments)
    let path = try arguments.jsonPath(inputs: subjects.paths)
    let rounds = try arguments.integer("--rounds", in: 1...100_000) ?? 30
    let threads = try arguments.threadCounts() ?? powersOfTwo
    let memoryLimit = try arguments.size("--memory-limit", in: 0...Int.max)
    let foretelling = arguments.has("--access-lists")
    let page = try arguments.outputPath("--html", inputs: subjects.paths)
    let study = try arguments.study(rounds: rounds)
    let contention = page == nil ? nil : try BenchContentionPlan(arguments, subjects.definitions)

    let progress = BenchProgress()
    let bar = ProgressBar { progress.state }
    let report = WorkerThreads.call {
      let bench = ParallelBench(
        threads: threads, rounds: rounds, foretelling: foretelling, memoryLimit: memoryLimit)
      let examiner = study.map { BlockExaminer($0, memoryLimit: memoryLimit) }
      var report = BenchReport(rounds: rounds, accessLists: foretelling)
      let errors = subjects.forEach(progress) { subject in
        let verdict = bench.measure(subject) { progress.note(subject.name, $0, $1) }
        report.add(verdict)
        // What cannot be executed, or comes to something wrong, has been named.
        if let examiner, case .measured = verdict { report.addStudy(of: subject, by: examiner) }
      }
      report.add(errors: errors)
      contention?.measure(
        threads: threads, foretelling: foretelling, memoryLimit: memoryLimit, progress
      ).forEach { report.add($0) }
      return report
    }
    bar.finish()
    let text = arguments.studyText(report.studies) + report.text
    try writeFigures(text, complaints: report.complaints, json: report.json, to: path)
    if let page { try write(report.html, to: page) }
    return report.exitStatus
  }

  /// 1, 2, 4 and so on, and all cores.
  private static var powersOfTwo: [Int] {
    let cores = WorkerThreads.coreCount
    return (0..<10).map { 1 << $0 }.filter { $0 < cores } + [cores]
  }
}

/// How far a bench has come; told on one thread and shown on another.
final class BenchProgress: Sendable {
  private let current = Mutex(ProgressBar.State(done: 0, of: 0, text: ""))

  /// What to draw.
  var state: ProgressBar.State { current.withLock { $0 } }

  /// Notes that so many rounds of a block are done; none of none while it is generated.
  func note(_ name: String, _ done: Int, _ of: Int) {
    let text =
      of == 0 ? "\(name.printable): generating" : "\(name.printable): \(done) of \(of) rounds"
    current.withLock { $0 = ProgressBar.State(done: done, of: of, text: text) }
  }
}
