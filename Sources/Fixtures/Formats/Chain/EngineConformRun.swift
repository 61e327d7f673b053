// A run over engine tests and chains with clients that are started for it.

internal import Chain
internal import Foundation
internal import JSON
internal import Primitives

/// Drives a client through published cases by the Engine API: one start for each genesis, several clients at a
/// time.
public final class EngineConformRun: @unchecked Sendable {
  /// How far the run has come.
  public struct Progress: Sendable {
    /// Cases that are done.
    public var done = 0
    /// Cases found.
    public var found = 0
    /// Cases failed.
    public var failed = 0
    /// Clients started.
    public var starts = 0
  }

  private let paths: [String]
  private let selection: CaseSelection
  private let jobs: Int
  private let setting: EngineClient.Setting
  private let lock = NSLock()
  private var report = ConformReport()
  private var state = Progress()

  /// A run over `paths` with up to `jobs` clients at a time, each started by `command`, in which `{genesis}`,
  /// `{jwt}` and `{port}` stand for what it is given. `connect` makes what asks a URL.
  public init(
    paths: [String], selection: CaseSelection = CaseSelection(), jobs: Int, command: String,
    connect:
      @escaping @Sendable (_ url: String) throws(EngineTransportError) ->
      any EngineTransport
  ) {
    self.paths = paths
    self.selection = selection
    self.jobs = max(1, jobs)
    setting = EngineClient.Setting(command: command, connect: connect)
    report.selection = selection
  }

  /// How far the run has come; may be asked from another thread.
  public var progress: Progress { lock.withLock { state } }

  /// Runs everything and answers what was found.
  public func run() -> ConformReport {
    let start = DispatchTime.now().uptimeNanoseconds
    let groups = collect()
    lock.withLock { state.found = groups.reduce(0) { $0 + $1.cases.count } }
    let queue = WorkQueue<EngineGroup>(limit: .max)
    // The largest first, so that none is left alone at the end.
    let order = groups.sorted { $0.cases.count > $1.cases.count }
    for group in order where !queue.push(group, cost: 1) { break }
    queue.close()
    WorkerThreads.run(min(jobs, max(1, groups.count))) { [self] _ in
      while let group = queue.pop() { run(group) }
    }
    report.seconds = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
    report.failures.sort { ($0.path, $0.name) < ($1.path, $1.name) }
    report.errors.sort()
    return report
  }

  // MARK: - Driving

  private func run(_ group: EngineGroup) {
    let start = DispatchTime.now().uptimeNanoseconds
    var client: EngineClient?
    for test in group.cases {
      let verdict: Verdict
      do throws(EngineClient.Failure) {
        let current: EngineClient
        if let client { current = client } else { current = try begin(group) }
        client = current
        verdict = try EngineDialogue(client: current, genesisHash: group.genesisHash)
          .verdict(on: test)
      } catch {
        // The next case gets a client of its own.
        client?.end()
        client = nil
        verdict = .failed(error.reason)
      }
      note(verdict, on: test)
    }
    client?.end()
    guard let suite = group.cases.first?.suite else { return }
    let time = DispatchTime.now().uptimeNanoseconds - start
    lock.withLock { report.tallies[suite]?.nanoseconds += time }
  }

  private func begin(_ group: EngineGroup) throws(EngineClient.Failure) -> EngineClient {
    lock.withLock { state.starts += 1 }
    return try EngineClient(setting, genesis: group.genesis)
  }

  private func note(_ verdict: Verdict, on test: EngineCase) {
    lock.withLock {
      report.add(CaseResult(name: test.name, verdict: verdict), to: test.suite, path: test.path)
      state.done += 1
      if case .failed = verdict { state.failed += 1 }
    }
  }

  // MARK: - Collecting

  private func collect() -> [EngineGroup] {
    var groups: [String: EngineGroup] = [:]
    func add(_ test: EngineCase, _ genesis: String, _ hash: String) {
      groups[genesis, default: EngineGroup(genesis: genesis, genesisHash: hash)].cases.append(test)
    }
    for path in paths {
      do throws(FixtureError) {
        try collect(under: path, add)
      } catch {
        report.add(error)
      }
    }
    return Array(groups.values)
  }

  private typealias Add = (_ test: EngineCase, _ genesis: String, _ hash: String) -> Void

  private func collect(under root: String, _ add: Add) throws(FixtureError) {
    var chains: [String: [String: [UInt8]]] = [:]
    func take(_ bytes: [UInt8], _ path: String) throws(FixtureError) {
      let name = ChainFolder.name(of: path)
      if name == ChainFolder.genesis || name == ChainFolder.payloads {
        chains[ChainFolder.folder(of: path), default: [:]][name] = bytes
        return
      }
      try Self.asFixture { () throws(JSONError) in
        let document = try JSONDocument(parsing: bytes, source: path)
        guard FixtureFormat.detect(document, path: path) == .known(.engineTest) else { return }
        let suite = SuiteKey(suite: SuiteNames.suite(of: path, under: root), format: .engineTest)
        try EngineCase.forEach(
          in: document, path: path, suite: suite, selection,
          passedOver: { report.add($0, to: suite, path: path) }, add)
      }
    }
    var failure: FixtureError?
    do throws(ArchiveError) {
      for item in try FileWalk.items(under: root) {
        switch item {
        case .unreadable(let error): throw error
        case .file(let path):
          let bytes = try FileWalk.read(path)
          do throws(FixtureError) { try take(bytes, path) } catch { report.add(error) }
        case .archive(let path):
          try ArchiveReader(path: path).forEachFile(where: { $0.hasSuffix(".json") }) { file in
            do throws(FixtureError) { try take(file.bytes, file.path) } catch { report.add(error) }
            return true
          }
        }
      }
    } catch {
      failure = .archive(error)
    }
    if let failure { throw failure }
    for (path, files) in chains.sorted(by: { $0.key < $1.key }) {
      // Others keep genesis files, too.
      guard let payloads = files[ChainFolder.payloads] else { continue }
      guard let genesis = files[ChainFolder.genesis] else {
        report.add(
          .incomplete("\(path): there is \(ChainFolder.payloads), but no \(ChainFolder.genesis)"))
        continue
      }
      try addChain(payloads, on: genesis, at: path, under: root, add)
    }
  }

  private func addChain(
    _ payloads: [UInt8], on genesis: [UInt8], at path: String, under root: String, _ add: Add
  ) throws(FixtureError) {
    try Self.asFixture { () throws(JSONError) in
      let document = try JSONDocument(parsing: genesis, source: "\(path)/\(ChainFolder.genesis)")
      let hash: String
      do throws(GenesisError) {
        hash = try Genesis(document).hash.hex
      } catch {
        throw document.root.unexpected("a genesis: \(error)")
      }
      let test = try EngineCase(
        chain: payloads, genesisHash: hash, path: path,
        suite: SuiteKey(suite: SuiteNames.suite(of: path, under: root), format: .chain))
      guard selection.includes(test.name, path: path), selection.includes(nil) else { return }
      add(test, String(decoding: genesis, as: UTF8.self), hash)
    }
  }

  private static func asFixture(_ body: () throws(JSONError) -> Void) throws(FixtureError) {
    do throws(JSONError) {
      try body()
    } catch {
      throw .json(error)
    }
  }
}
