// needletail db crash-node: kills a node under load, and looks at what is left.

internal import Load

extension Command {
  /// `db crash-node`
  static var databaseCrashNode: Command {
    Command(
      name: "db crash-node", operands: "",
      summary: "Kill a node under load, again and again, and check what is left",
      details: """
        A node on a chain in --dir makes a block every second, is sent batches of transactions, and is killed at
        random moments. When it has started again, every transaction whose hash was answered must be in its
        pool or its chain, and every receipt that was seen must be there with the same block.
        Exit status: 0 all held, 1 one did not.
        """,
      options: [
        .value("--count", "N", "how many crashes (200)"),
        .value("--seed", "N", "from which the transactions follow (1)"),
        .value("--dir", "DIR", "where the chain is made; what is there goes (build/crash/node)"),
      ],
      examples: ["needletail db crash-node --count 20"],
      run: runDatabaseCrashNode)
  }

  private static func runDatabaseCrashNode(_ arguments: Arguments) throws(UsageError) -> Int32 {
    if let operand = arguments.operands.first {
      throw UsageError(
        message: "db crash-node takes no operand \"\(operand)\"; did you mean --dir?")
    }
    let folder = arguments.string("--dir") ?? "build/crash/node"
    let seed = UInt64(try arguments.integer("--seed", in: 0...Int.max) ?? 1)
    var run = NodeCrashRun(executable: executablePath, folder: folder, seed: seed)
    let count = try arguments.integer("--count", in: 1...1_000_000) ?? 200
    let report = run.run(count: count) { report in
      if report.crashes % 20 == 0 {
        complain("\(report.crashes) crashes, \(grouped(report.answered)) transactions answered")
      }
    }
    if let problem = report.problem {
      complain("after \(report.crashes) crashes: \(problem); the chain is left in \(folder)")
      return 1
    }
    printLine(
      "\(report.crashes) crashes, seed \(seed): \(grouped(report.answered)) transactions were answered "
        + "and are there, \(grouped(report.waiting)) of them waited again after a start; "
        + "\(grouped(report.receipts)) receipts were seen and are there")
    return 0
  }
}
