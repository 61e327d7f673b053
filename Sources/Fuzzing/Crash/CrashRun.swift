// Kills a process that writes a store, again and again, and looks at what is left.

internal import Foundation
internal import Ledger
internal import Primitives
internal import Samples
internal import State
internal import Storage

/// A series of crashes of one store.
public struct CrashRun {
  /// What takes away writes that were not synced.
  public struct Loss {
    /// The library to preload.
    public let library: String
    /// The program that loses what the library noted.
    public let program: String

    /// A loss by these files.
    public init(library: String, program: String) {
      self.library = library
      self.program = program
    }
  }

  /// What came of a series.
  public struct Report {
    /// How many times the process was killed.
    public var crashes = 0
    /// The head in the end.
    public var head: UInt64 = 0
    /// Crashes after which blocks were there that had not been acknowledged.
    public var ahead = 0
    /// Writes that were not synced when the process was killed.
    public var unsynced = 0
    /// Segments without changes in the end.
    public var prunedSegments = 0
    /// What is wrong; nil when nothing is.
    public var problem: String?
    /// Whether the series could not even begin.
    public var isRefused = false
  }

  private let executable: String
  private let folder: String
  private let seed: UInt64
  private let loss: Loss?

  /// A series on a store in `folder`/store, which is made anew. `executable` is this program.
  public init(executable: String, folder: String, seed: UInt64, loss: Loss?) {
    self.executable = executable
    self.folder = folder
    self.seed = seed
    self.loss = loss
  }

  private var storePath: String { folder + "/store" }
  private var notesPath: String { folder + "/acknowledged" }
  private var journalPath: String { folder + "/journal" }

  /// Crashes the store `count` times, and stops at the first thing that is wrong.
  public func run(count: Int, progress: (Report) -> Void) -> Report {
    var report = Report()
    do {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      guard names.isEmpty || FileManager.default.fileExists(atPath: notesPath) else {
        report.isRefused = true
        throw FuzzError(message: "\(folder) holds something else; name a new folder")
      }
      try? FileManager.default.removeItem(atPath: folder)
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try Data().write(to: URL(fileURLWithPath: notesPath))
      let chain = CrashChain(seed: seed)
      try Store.create(
        at: storePath, genesis: chain.genesis(), allocations: chain.allocations,
        options: CrashChain.options
      ).close()
      var model = try CrashModel(chain)
      var random = SeededGenerator(seed: seed)
      while report.crashes < count {
        try crash(&random, &report)
        try check(&model, &report)
        report.crashes += 1
        progress(report)
      }
    } catch {
      report.problem = "\(error)"
    }
    return report
  }

  private func crash(_ random: inout SeededGenerator, _ report: inout Report) throws {
    var environment: [String: String] = [:]
    if let loss {
      try? FileManager.default.removeItem(atPath: journalPath)
      environment = [
        "LD_PRELOAD": loss.library, "NEEDLETAIL_CRASH_JOURNAL": journalPath,
        "NEEDLETAIL_CRASH_FOLDER": storePath,
      ]
    }
    let child = try ChildProcess(
      executable, ["db", "crash", "--worker", storePath, notesPath, "--seed", "\(seed)"],
      environment: environment)
    usleep(UInt32(30_000 + random.below(400_000)))
    let early = child.end()
    if early == nil {
      child.kill()
      while child.end() == nil { usleep(500) }
    } else {
      throw FuzzError(message: "the process that writes ended by itself: see above")
    }
    if let loss, FileManager.default.fileExists(atPath: journalPath) {
      let process = Process()
      let pipe = Pipe()
      process.executableURL = URL(fileURLWithPath: loss.program)
      process.arguments = [journalPath, storePath, "\(random.next())"]
      process.standardOutput = pipe
      try process.run()
      let output = pipe.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      guard process.terminationStatus == 0 else {
        throw FuzzError(message: "\(loss.program) failed")
      }
      let text = String(decoding: output, as: UTF8.self)
      report.unsynced += Int(text.dropLast()) ?? 0
    }
  }

  /// Opens the store: its head is at least what was acknowledged, and it is what it should be, whole.
  private func check(_ model: inout CrashModel, _ report: inout Report) throws {
    let notes = (try? String(contentsOfFile: notesPath, encoding: .utf8)) ?? ""
    let acknowledged = notes.split(separator: "\n").last.flatMap { UInt64($0) } ?? 0
    let store = try Store.open(at: storePath, options: CrashChain.options)
    let head = store.head
    guard head.number >= acknowledged else {
      throw FuzzError(message: "block \(acknowledged) was acknowledged, the head is \(head.number)")
    }
    if head.number > acknowledged { report.ahead += 1 }
    report.head = head.number
    try model.follow(store)
    let number = head.number
    if number > 0,
      try store.body(number)?.transactions.map(Array.init)
        != model.chain.transactions(number).map(Array.init)
    {
      throw FuzzError(message: "the body of block \(number) is another")
    }
    let oldest = try store.oldestState()
    guard oldest == 0 || head.number - oldest >= CrashChain.leastHistory else {
      throw FuzzError(message: "the oldest state is that of block \(oldest) at \(head.number)")
    }
    guard try store.view(at: oldest)?.account(.zero) == nil else {
      throw FuzzError(message: "the view of block \(oldest) shows an account that never was")
    }
    _ = try store.verify()
    report.prunedSegments = store.statistics.prunedSegments
    try store.close()
    try Data("\(number)\n".utf8).write(to: URL(fileURLWithPath: notesPath))
  }
}
