// needletail explore: interleavings of the parallel executor, each repeatable.

internal import Fixtures
internal import Foundation
internal import Fuzzing
internal import JSON
internal import Workloads

extension Command {
  /// `explore`
  static var explore: Command {
    Command(
      name: "explore", operands: "",
      summary: "Run the parallel executor under interleavings that can be repeated",
      details: """
        The scheduler and the memory of the parallel executor run on one thread, and at every step
        on shared memory a random number decides which worker goes on. Each outcome is compared with
        that of one transaction after another. Without --block and --workload, blocks of a few
        transactions on a few hot accounts are made, which create, destroy, delegate and revert.
        What differs is made small and written into --out; --replay repeats it. The same options give
        the same interleavings. Seen are those that are sequentially consistent; weaker orders of
        memory are for the thread sanitizer (make test-tsan). Workloads are
        \(workloadNames.joined(separator: ", ")).
        Exit status: 0 none differs, 1 one differs, 2 it could not run.
        """,
      options: [
        .value("--seed", "N", "from which blocks and interleavings follow (1)"),
        .value("--schedules", "K", "stop after K interleavings (10,000)"),
        .value("--minutes", "N", "stop after N minutes instead"),
        .value("--workers", "N", "how many workers take turns (2 to 4, as the seed decides)"),
        .value(
          "--block", "PATH", "a recorded block: its folder, its block.json, or an archive of it"),
        .value("--workload", "NAME", "a generated block of this workload"),
        .value("--transactions", "N", "of how many transactions --workload is (20)"),
        .value("--out", "DIR", "folder for what differs (build/explore)"),
        .value("--replay", "FILE", "execute the block of a file from --out once, as it says"),
        .value("--json", "FILE", "write all figures as JSON; - is standard output, alone"),
      ],
      examples: [
        "needletail explore --seed 7 --schedules 100000",
        "needletail explore --block mainnet-blocks/15537394 --schedules 200 --workers 8",
        "needletail explore --replay build/explore/difference-7-12.json",
      ],
      run: runExplore)
  }

  private static let workloadNames = WorkloadDefinition.all.map(\.name)

  private static func runExplore(_ arguments: Arguments) throws(UsageError) -> Int32 {
    if let operand = arguments.operands.first {
      throw UsageError(message: "explore takes only options; is \"\(operand)\" a --block?")
    }
    if let path = arguments.string("--replay") { return try replay(path, arguments) }
    _ = try arguments.jsonPath(inputs: [arguments.string("--block")].compactMap { $0 })
    let plan = try plan(arguments)
    do {
      // Before a long run rather than after it.
      try FileManager.default.createDirectory(
        atPath: plan.folder, withIntermediateDirectories: true)
    } catch {
      throw UsageError(message: "--out \(plan.folder): \(error.localizedDescription)")
    }
    let run = ExploreRun(plan)
    let start = Date()
    let bar = ProgressBar {
      let progress = run.progress
      let text =
        "\(grouped(progress.schedules)) schedules, \(progress.differences.count) differences"
      return switch plan.end {
      case .schedules(let count): ProgressBar.State(done: progress.schedules, of: count, text: text)
      case .seconds(let seconds):
        ProgressBar.State(
          done: Int(Date().timeIntervalSince(start)), of: Int(seconds), text: text)
      }
    }
    Interruption.watch()
    let result = WorkerThreads.call { () -> Result<ExploreReport, FuzzError> in
      do throws(FuzzError) {
        return .success(try run.run { Interruption.isRequested })
      } catch {
        return .failure(error)
      }
    }
    bar.finish()
    return try tell(result.mapError { UsageError(message: $0.message) }, arguments)
  }

  private static func tell(
    _ result: Result<ExploreReport, UsageError>, _ arguments: Arguments
  ) throws(UsageError) -> Int32 {
    let report = try result.get()
    try writeFigures(report.text, json: report.json, to: arguments.string("--json"))
    return report.exitStatus
  }

  private static func plan(_ arguments: Arguments) throws(UsageError) -> ExplorePlan {
    let schedules = try arguments.integer("--schedules", in: 1...Int.max)
    let minutes = try arguments.integer("--minutes", in: 1...100_000)
    guard schedules == nil || minutes == nil else {
      throw UsageError(message: "explore stops either after --schedules or after --minutes")
    }
    let seed = UInt64(try arguments.integer("--seed", in: 0...Int.max) ?? 1)
    return ExplorePlan(
      seed: seed,
      end: minutes.map { .seconds(60 * Double($0)) } ?? .schedules(schedules ?? 10_000),
      workers: try arguments.integer("--workers", in: 1...64),
      scene: try scene(arguments, seed: seed),
      folder: arguments.string("--out") ?? "build/explore")
  }

  /// The block that is asked for.
  private static func scene(
    _ arguments: Arguments, seed: UInt64
  ) throws(UsageError) -> BlockScene? {
    let count = try arguments.integer("--transactions", in: 1...100_000)
    if count != nil && !arguments.has("--workload") {
      throw UsageError(message: "--transactions goes with --workload")
    }
    if let path = arguments.string("--block") {
      if arguments.has("--workload") {
        throw UsageError(message: "explore takes either --block or --workload")
      }
      do throws(FixtureError) {
        return BlockScene(try RecordedBlock(under: path))
      } catch {
        throw UsageError(message: "--block \(error.description)")
      }
    }
    guard let name = arguments.string("--workload") else { return nil }
    guard let workload = WorkloadDefinition.named(name) else {
      throw Arguments.unknown(
        "workload \(name)", name, among: workloadNames, of: "needletail explore")
    }
    var knobs = workload.defaults
    knobs.transactions = count ?? 20
    return BlockScene(workload.generate(knobs, seed: seed))
  }

  /// Repeats what a file says.
  private static func replay(_ path: String, _ arguments: Arguments) throws(UsageError) -> Int32 {
    for option in explore.options.map(\.name)
    where arguments.has(option) && !["--replay", "--json"].contains(option) {
      throw UsageError(
        message: "\(option) does not go with --replay, which does what the file says")
    }
    _ = try arguments.jsonPath(inputs: [path])
    let document: JSONDocument
    do {
      document = try JSONDocument(parsing: FileWalk.read(path), source: path)
    } catch {
      throw UsageError(message: "\(error)")
    }
    let result = WorkerThreads.call { () -> Result<ExploreReport, ExploreError> in
      do throws(ExploreError) {
        return .success(try ExploreRun.replay(document))
      } catch {
        return .failure(error)
      }
    }
    return try tell(
      result.mapError { error in
        switch error {
        case .file(let error): UsageError(message: error.description)
        case .run(let error): UsageError(message: error.message)
        }
      }, arguments)
  }
}
