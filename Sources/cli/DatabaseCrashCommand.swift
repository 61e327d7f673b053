// needletail db crash: kills a process that writes a store, and looks at what is left.

internal import Fixtures
internal import Foundation
internal import Fuzzing

extension Command {
  /// `db crash`
  static var databaseCrash: Command {
    Command(
      name: "db crash", operands: "[DIR ACKNOWLEDGED]",
      summary: "Kill a process that writes a store, again and again, and check what is left",
      details: """
        The process adds blocks to a store in --dir and notes which were acknowledged, goes back a few
        blocks now and then, and is killed at random moments. Then the store is opened: its head must be
        at least what was acknowledged, be the block that the seed says, with its body, and db verify
        must find everything in order. With --unsynced and --lose (see Scripts/crash.sh) writes that
        were not synced when the process was killed are taken back or torn before that.
        Exit status: 0 all held, 1 one did not, 2 it could not run.
        """,
      options: [
        .value("--count", "N", "how many crashes (100)"),
        .value("--seed", "N", "from which the chain follows (1)"),
        .value("--dir", "DIR", "where the store is made; what is there goes (build/crash)"),
        .value("--unsynced", "FILE", "library to preload, which notes writes that are not synced"),
        .value("--lose", "FILE", "program that loses them"),
        .flag("--worker", "be the process that is killed, on the store DIR"),
      ],
      examples: ["needletail db crash --count 500", "make crash COUNT=50"],
      run: runDatabaseCrash)
  }

  private static func runDatabaseCrash(_ arguments: Arguments) throws(UsageError) -> Int32 {
    let seed = UInt64(try arguments.integer("--seed", in: 0...Int.max) ?? 1)
    if arguments.has("--worker") {
      guard arguments.operands.count == 2 else {
        throw UsageError(message: "db crash --worker needs DIR and ACKNOWLEDGED")
      }
      complain(
        CrashWorker.work(
          folder: arguments.operands[0], seed: seed, notes: arguments.operands[1]))
      return 2
    }
    if let operand = arguments.operands.first {
      throw UsageError(message: "db crash takes no operand \"\(operand)\"; did you mean --dir?")
    }
    let count = try arguments.integer("--count", in: 1...1_000_000) ?? 100
    let folder = arguments.string("--dir") ?? "build/crash"
    let loss: CrashRun.Loss?
    switch (arguments.string("--unsynced"), arguments.string("--lose")) {
    case (nil, nil): loss = nil
    case (let library?, let program?): loss = CrashRun.Loss(library: library, program: program)
    default: throw UsageError(message: "--unsynced and --lose go together")
    }
    let run = CrashRun(executable: executablePath, folder: folder, seed: seed, loss: loss)
    let report = run.run(count: count) { report in
      if report.crashes % 50 == 0 { complain("\(report.crashes) crashes, block \(report.head)") }
    }
    if report.isRefused, let problem = report.problem { throw UsageError(message: problem) }
    if let problem = report.problem {
      complain("after \(report.crashes) crashes: \(problem); the store is left in \(folder)")
      return 1
    }
    var text = "\(report.crashes) crashes, seed \(seed): block \(report.head) in the end; "
    text += "\(report.ahead) times a block was there before it was acknowledged"
    text += "; \(report.prunedSegments) segments pruned"
    if loss != nil { text += "; \(report.unsynced) unsynced writes were lost or torn" }
    StandardOutput.write(text + "\n")
    return 0
  }
}
