// needletail db stat|verify|compact|prune: looks after a store.

internal import Fixtures
internal import Foundation
internal import Storage

extension Command {
  /// `db stat`
  static var databaseStat: Command {
    Command(
      name: "db stat", operands: "DIR", summary: "Show how large a store is and where it stands",
      details: """
        Opens the store in DIR, which makes up what a crash left undone.
        Exit status: 0 shown, 1 the store is damaged, 2 it cannot be opened.
        """,
      options: [databaseCache, databaseJSON],
      examples: ["needletail db stat data", "needletail db stat data --json -"],
      run: { arguments throws(UsageError) in
        try withStore(arguments, "db stat") { (store) throws(StoreError) in
          let statistics = store.statistics
          try store.close()
          return (DatabaseText.text(statistics), DatabaseText.json(statistics))
        }
      })
  }

  /// `db verify`
  static var databaseVerify: Command {
    Command(
      name: "db verify", operands: "DIR", summary: "Read all of a store and compute its state root",
      details: """
        Checks every block of the database's files, filters included, and every record of the segments;
        whether transactions, ommers, withdrawals and receipts of each block are those of its header; the links of
        the chain from the head to the first block, every code, and the state root, computed from all
        accounts and slots. Nothing is executed again. Ends at the first damage that is found. Memory does
        not grow with the store.
        Exit status: 0 everything is in order, 1 the store is damaged, 2 it cannot be opened, or it
        was interrupted.
        """,
      options: [databaseCache, databaseJSON],
      examples: ["needletail db verify data", "needletail db verify data --json verify.json"],
      run: { arguments throws(UsageError) in
        let check = DatabaseCheck()
        let bar = ProgressBar {
          let progress = check.progress
          return ProgressBar.State(
            done: Int(progress.fraction * 1000), of: 1000, text: progress.part.rawValue)
        }
        Interruption.watch()
        return try withStore(
          arguments, "db verify", bar: bar, interruption: "nothing wrong was found so far"
        ) { (store) throws(StoreError) in
          let start = Date()
          let result = try check.run(on: store) { Interruption.isRequested }
          let seconds = Date().timeIntervalSince(start)
          try store.close()
          return (
            DatabaseText.text(result, seconds: seconds), DatabaseText.json(result, seconds: seconds)
          )
        }
      })
  }

  /// `db compact`
  static var databaseCompact: Command {
    Command(
      name: "db compact", operands: "DIR", summary: "Rewrite the database of a store without gaps",
      details: """
        Takes as long as reading and writing all of the database.
        Exit status: 0 done, 1 the store is damaged, 2 it cannot be opened, or it was interrupted.
        """,
      options: [databaseCache, databaseJSON],
      examples: [
        "needletail db compact data", "needletail db compact data --cache-size 4000000000",
      ],
      run: { arguments throws(UsageError) in
        Interruption.watch()
        return try withStore(
          arguments, "db compact", interruption: "the store is what it was before"
        ) { (store) throws(StoreError) in
          try store.compact { Interruption.isRequested }
          let statistics = store.statistics
          try store.close()
          return (DatabaseText.text(statistics), DatabaseText.json(statistics))
        }
      })
  }

  /// `db prune`
  static var databasePrune: Command {
    Command(
      name: "db prune", operands: "DIR",
      summary: "Drop what a store keeps to show states of the past",
      details: """
        Keeps the states of the last --history blocks and drops the changes of those before, segment by
        segment; blocks, receipts and the state at the head stay. From then on the store keeps so many by
        itself. What is dropped does not come back. It can be stopped at any time, and goes on from there.
        Exit status: 0 done, 1 the store is damaged, 2 it cannot be opened or written, or it was
        interrupted.
        """,
      options: [
        .value("--history", "N", "how many blocks behind the head to keep the state of (1024)"),
        databaseCache, databaseJSON,
      ],
      examples: ["needletail db prune data", "needletail db prune data --history 128"],
      run: { arguments throws(UsageError) in
        let history = UInt64(try arguments.integer("--history", in: 0...Int.max) ?? 1024)
        let steps = DatabaseSteps()
        let bar = ProgressBar {
          let (done, all) = steps.progress
          return ProgressBar.State(done: done, of: all, text: "\(grouped(done)) segments")
        }
        Interruption.watch()
        return try withStore(
          arguments, "db prune", bar: bar, history: .blocks(history),
          interruption: "what is pruned stays so; the same command goes on from here"
        ) { (store) throws(StoreError) in
          let before = store.statistics.segmentBytes
          let count = try store.prune { (done, all) throws(StoreError) in
            try steps.goOn(done: done, of: all)
          }
          let statistics = store.statistics
          try store.close()
          return (
            DatabaseText.text(
              prunedSegments: count, freedBytes: before - min(before, statistics.segmentBytes))
              + DatabaseText.text(statistics), DatabaseText.json(statistics)
          )
        }
      })
  }

  static var databaseCache: Option {
    .value("--cache-size", "BYTES", "memory for state, tries and database (1 GiB)")
  }

  static var databaseJSON: Option {
    .value("--json", "FILE", "write the figures as JSON; - is standard output, alone")
  }

  /// Opens the store that the arguments name, does something with it and prints what came of it;
  /// where it is interrupted, what `interruption` says of what is left.
  private static func withStore(
    _ arguments: Arguments, _ name: String, bar: ProgressBar? = nil,
    history: Store.History? = nil, interruption: String? = nil,
    _ body: (Store) throws(StoreError) -> (text: String, json: String)
  ) throws(UsageError) -> Int32 {
    guard arguments.operands.count == 1, let path = arguments.operands.first else {
      throw UsageError(message: "\(name) needs one DIR; see needletail \(name) --help")
    }
    let jsonPath = try arguments.jsonPath(inputs: [path])
    var options = try storeOptions(arguments)
    options.history = history
    let figures: (text: String, json: String)
    do throws(StoreError) {
      defer { bar?.finish() }
      figures = try body(try Store.open(at: path, options: options))
    } catch {
      return report(error, interruption: interruption)
    }
    try writeFigures(figures.text, json: figures.json, to: jsonPath)
    return 0
  }

  /// Says why a command on a store ended, and what is left where it was interrupted; the exit status.
  static func report(_ error: StoreError, interruption: String?) -> Int32 {
    if error == .interrupted, let interruption {
      complain("\(error); \(interruption)")
    } else {
      complain("\(error)")
    }
    if case .corrupted = error { return 1 }
    return 2
  }

  /// How the arguments want a store to be opened: history is kept as it was until now.
  static func storeOptions(_ arguments: Arguments) throws(UsageError) -> Store.Options {
    var options = Store.Options(cacheSize: 1 << 30)
    if let size = try arguments.cacheSize(atLeast: 1 << 20) { options.cacheSize = size }
    return options
  }
}
