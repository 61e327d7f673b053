// needletail db export|import: a store's blocks and state as files.

internal import Fixtures
internal import Foundation
internal import Ledger
internal import Primitives
internal import Storage

extension Command {
  /// `db export`
  static var databaseExport: Command {
    Command(
      name: "db export", operands: "DIR [FILE.rlp]",
      summary: "Write the blocks of a store, or its state, to a file",
      details: """
        FILE.rlp gets the blocks, one encoding after another, as geth export writes them. With --state,
        FILE gets the state at the head instead, with the last 256 blocks: needletail db import makes a
        store of it. Each block is compared with its header. A file gets its name when it is whole. Memory
        does not grow with the store.
        Exit status: 0 written, 1 the store is damaged, 2 it cannot be opened, or the file not written.
        """,
      options: [
        .value("--from", "N", "the first block (the oldest there is)"),
        .value("--to", "N", "the last block (the head)"),
        .value("--state", "FILE", "write the state at the head, and no blocks"),
        .flag("--force", "replace a file that is there"),
        databaseCache,
      ],
      examples: [
        "needletail db export data chain.rlp",
        "needletail db export data chain.rlp --from 1000000 --to 1999999",
        "needletail db export data --state head.state",
      ],
      run: runDatabaseExport)
  }

  private static func runDatabaseExport(_ arguments: Arguments) throws(UsageError) -> Int32 {
    let state = arguments.string("--state")
    guard arguments.operands.count == (state == nil ? 2 : 1) else {
      throw UsageError(
        message: "db export needs DIR and FILE.rlp, or DIR and --state FILE; "
          + "see needletail db export --help")
    }
    if state == "-" || arguments.operands.last == "-" {
      throw UsageError(
        message: "db export writes to files only: each gets its name when it is whole")
    }
    let replaces = arguments.has("--force")
    let steps = DatabaseSteps()
    Interruption.watch()
    if let state {
      for name in ["--from", "--to"] where arguments.has(name) {
        throw UsageError(message: "\(name) is for blocks; the state is that of the head")
      }
      let bar = ProgressBar {
        ProgressBar.State(done: steps.progress.done, of: steps.progress.of, text: "state")
      }
      return try withStore(arguments, "db export", bar: bar) {
        (store) throws(StoreError) in
        let content = try store.exportState(to: state, replaces: replaces) {
          (part) throws(StoreError) in
          try steps.goOn(done: Int(part * 1000), of: 1000)
        }
        try store.close()
        return DatabaseText.text(exported: content, to: state)
      }
    }
    let file = arguments.operands[1]
    let first = try arguments.integer("--from", in: 0...Int.max).map { UInt64($0) }
    let last = try arguments.integer("--to", in: 0...Int.max).map { UInt64($0) }
    let bar = ProgressBar {
      let (done, all) = steps.progress
      return ProgressBar.State(done: done, of: all, text: "\(grouped(done)) blocks")
    }
    return try withStore(arguments, "db export", bar: bar) {
      (store) throws(StoreError) in
      let count = try store.exportBlocks(from: first, to: last, file: file, replaces: replaces) {
        (done, all) throws(StoreError) in
        try steps.goOn(done: Int(done), of: Int(all))
      }
      try store.close()
      return DatabaseText.text(exportedBlocks: count, to: file)
    }
  }

  /// `db import`
  static var databaseImport: Command {
    Command(
      name: "db import", operands: "FILE", summary: "Make a store of an exported state",
      details: """
        FILE is what needletail db export --state wrote. The new store begins at its block: it has the
        state there, the last 256 blocks and the chain's first, and goes on with needletail import.
        Every byte, the blocks' roots and the state root are checked, and the head's hash is shown:
        compare it with what you know of the chain. Memory does not grow with the state.
        Exit status: 0 made, 1 the file is damaged, 2 it cannot be read, or the store not made.
        """,
      options: [
        .value("--data", "DIR", "where to make the store; new or empty (required)"), databaseCache,
      ],
      examples: ["needletail db import head.state --data data"],
      run: runDatabaseImport)
  }

  private static func runDatabaseImport(_ arguments: Arguments) throws(UsageError) -> Int32 {
    guard arguments.operands.count == 1, let file = arguments.operands.first else {
      throw UsageError(message: "db import needs one FILE; see needletail db import --help")
    }
    guard let folder = arguments.string("--data") else {
      throw UsageError(message: "db import needs --data DIR, where the store is made")
    }
    let options = try storeOptions(arguments)
    let steps = DatabaseSteps()
    Interruption.watch()
    let bar = ProgressBar {
      ProgressBar.State(done: steps.progress.done, of: steps.progress.of, text: "state")
    }
    let content: StateFileContent
    do throws(StoreError) {
      defer { bar.finish() }
      let (store, imported) = try Store.importState(from: file, at: folder, options: options) {
        (part) throws(StoreError) in
        try steps.goOn(done: Int(part * 1000), of: 1000)
      }
      try store.close()
      content = imported
    } catch {
      if case .stateFile = error {
        complain("\(error)")
        return 1
      }
      return report(error, interruption: nothingIsLeft)
    }
    StandardOutput.write(DatabaseText.text(imported: content, to: folder))
    return 0
  }

  private static func withStore(
    _ arguments: Arguments, _ name: String, bar: ProgressBar,
    _ body: (Store) throws(StoreError) -> String
  ) throws(UsageError) -> Int32 {
    let text: String
    let options = try storeOptions(arguments)
    do throws(StoreError) {
      defer { bar.finish() }
      text = try body(try Store.open(at: arguments.operands[0], options: options))
    } catch {
      return report(error, interruption: nothingIsLeft)
    }
    StandardOutput.write(text)
    return 0
  }

  private static let nothingIsLeft = "what was begun is gone"
}

extension DatabaseSteps {
  /// Notes how far it has come, unless the process was asked to stop.
  func goOn(done: Int, of all: Int) throws(StoreError) {
    if Interruption.isRequested { throw .interrupted }
    note(done: done, of: all)
  }
}
