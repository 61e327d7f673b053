// A run over suites on all cores.

internal import Foundation
internal import JSON

/// Walks folders, archives and files and runs every case in them.
public final class ConformRun: @unchecked Sendable {
  /// How far a run has come.
  public struct Progress: Sendable {
    /// Bytes of the files and archives that are done, of those found.
    public var bytesDone = 0
    /// Bytes of all files and archives found.
    public var bytesFound = 0
    /// Cases run, of any verdict.
    public var cases = 0
    /// Cases failed.
    public var failed = 0
  }

  private struct Work: Sendable {
    let suite: String
    let path: String
    let size: Int
    let bytes: [UInt8]?
    var companion: JSONDocument?
    /// Whether the file lies in the folder of a chain.
    var isInChain = false
    /// The other files of the chain, where an archive gave them.
    var beside: [String: [UInt8]]?

    /// Whether all of a chain is to be run.
    var isChain: Bool { isInChain && ChainFolder.name(of: path) == ChainFolder.genesis }
  }

  /// How the names of files end that may be fixtures.
  private static let suffixes = [".json", TrustedSetupFile.name]

  private let paths: [String]
  private let selection: CaseSelection
  private let jobs: Int
  private let memoryLimit: Int?
  private let trace: (@Sendable (String) -> Void)?
  private let workers: [Int]
  private let accessLists: Bool
  private let stores: Bool
  private let queue = WorkQueue<Work>(limit: 256 << 20)
  private let lock = NSLock()
  private var report = ConformReport()
  private var state = Progress()

  /// A run over `paths` on `jobs` threads. Each case may take `memoryLimit` bytes of EVM memory, and
  /// `trace` gets the lines of traces. With numbers of `workers`, blocks are also executed in parallel
  /// by so many, and have to come to the same. With `accessLists`, the block access lists of blocks from
  /// Cancun on are made and checked. With `stores`, chains are also imported through the pipeline into a
  /// store, and have to come to the same.
  public init(
    paths: [String], selection: CaseSelection = CaseSelection(),
    jobs: Int = WorkerThreads.coreCount, memoryLimit: Int? = nil,
    trace: (@Sendable (String) -> Void)? = nil, workers: [Int] = [],
    accessLists: Bool = false, stores: Bool = false
  ) {
    self.stores = stores
    report.stores = stores
    self.paths = paths
    self.selection = selection
    self.jobs = max(1, jobs)
    self.memoryLimit = memoryLimit
    self.trace = trace
    self.workers = workers
    self.accessLists = accessLists
    (report.selection, report.workers, report.accessLists) = (selection, workers, accessLists)
  }

  /// How far the run has come; may be asked from another thread.
  public var progress: Progress { lock.withLock { state } }

  /// Runs everything and answers what was found.
  public func run() -> ConformReport {
    let start = DispatchTime.now().uptimeNanoseconds
    let jobs = jobs
    WorkerThreads.run(jobs + 1, atLeast: 2) { [self] index in
      if index == 0 { produce() } else { work() }
    }
    report.seconds = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
    report.failures.sort { ($0.path, $0.name) < ($1.path, $1.name) }
    report.errors.sort()
    report.undecided.sort()
    return report
  }

  private func produce() {
    defer { queue.close() }
    var found: [(item: FileWalk.Item, suite: String, size: Int)] = []
    for path in paths {
      do throws(ArchiveError) {
        for item in try FileWalk.items(under: path, suffixes: Self.suffixes) {
          found.append((item, SuiteNames.suite(of: item.path, under: path), item.size))
        }
      } catch {
        fail(.archive(error))
      }
    }
    lock.withLock { state.bytesFound = found.reduce(0) { $0 + $1.size } }
    for (item, suite, size) in found {
      switch item {
      case .file(let path):
        let companion = companion(of: path)
        let work = Work(
          suite: suite, path: path, size: size, bytes: nil, companion: companion?.document,
          isInChain: isInChain(path))
        // Files may lie each in a folder of its own, with a companion of its own.
        guard queue.push(work, cost: 1024 + (companion?.size ?? 0)) else { return }
      case .archive(let path): stream(path, suite: suite, size: size)
      case .unreadable(let error): fail(.archive(error))
      }
    }
  }

  /// Whether the folder of the file holds a chain.
  private func isInChain(_ path: String) -> Bool {
    let blocks = path.dropLast(ChainFolder.name(of: path).count) + ChainFolder.blocks
    return FileManager.default.fileExists(atPath: String(blocks))
  }

  /// The `expected.json` in the folder of the file, kept for the files that follow.
  private func companion(of path: String) -> Companions.Companion? {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    if let (known, companion) = lastCompanion, known == folder { return companion }
    var companion: Companions.Companion?
    if FileManager.default.fileExists(atPath: folder + "expected.json") {
      do throws(FixtureError) {
        companion = try readCompanion(folder + "expected.json")
      } catch {
        fail(error)
      }
    }
    lastCompanion = (folder, companion)
    return companion
  }

  /// Only the producing thread touches it.
  private var lastCompanion: (folder: String, companion: Companions.Companion?)?

  private func readCompanion(_ path: String) throws(FixtureError) -> Companions.Companion {
    let bytes: [UInt8]
    do throws(ArchiveError) {
      bytes = try FileWalk.read(path, limit: Companions.Limits().bytes)
    } catch {
      throw .archive(error)
    }
    return try Companions.parse(bytes, path: path)
  }

  private func stream(_ path: String, suite: String, size: Int) {
    let reader = ArchiveReader(path: path)
    do throws(ArchiveError) {
      // An archive has no order: the files that belong to others come in a first pass.
      var companions = Companions()
      var chains = ArchivedChains()
      func isCompanion(_ name: String) -> Bool {
        chains.see("\(path)/\(name)")
        return name.hasSuffix("/expected.json")
      }
      try reader.forEachFile(where: isCompanion) { file in
        do throws(FixtureError) {
          try companions.add(file.bytes, path: file.path)
        } catch {
          fail(error)
        }
        return true
      }
      var offset = 0
      try reader.forEachFile(where: {
        Self.suffixes.contains(where: $0.hasSuffix)
          || ChainFolder.name(of: $0) == ChainFolder.blocks || ChainFolder.isExchange($0)
      }) { file in
        let isInChain = chains.includes(file.path)
        if isInChain && ChainFolder.reads(file.path) {
          do throws(FixtureError) {
            try chains.add(file.bytes, path: file.path)
            return true
          } catch {
            fail(error)
            return false
          }
        }
        let advance = max(0, min(file.archiveOffset, size) - offset)
        offset += advance
        let work = Work(
          suite: suite, path: file.path, size: advance, bytes: file.bytes,
          companion: companions.beside(file.path)?.document, isInChain: isInChain)
        return queue.push(work, cost: file.bytes.count)
      }
      push(chains, suite: suite)
      lock.withLock { state.bytesDone += size - offset }
    } catch {
      fail(.archive(error))
    }
  }

  private func push(_ chains: ArchivedChains, suite: String) {
    for chain in chains.folders {
      let path = "\(chain.path)/\(ChainFolder.genesis)"
      guard let genesis = chain.files[ChainFolder.genesis] else {
        fail(.incomplete("\(chain.path): there is no \(ChainFolder.genesis) beside the chain"))
        continue
      }
      let work = Work(
        suite: suite, path: path, size: 0, bytes: genesis, isInChain: true, beside: chain.files)
      guard queue.push(work, cost: chain.files.reduce(0) { $0 + $1.value.count }) else { return }
    }
  }

  private func work() {
    let runner = FixtureRunner(
      trace: trace, memoryLimit: memoryLimit, workers: workers, accessLists: accessLists,
      stores: stores)
    while let work = queue.pop() {
      var found = ConformReport()
      run(work, with: runner, into: &found)
      lock.withLock {
        report.merge(found)
        state.bytesDone += work.size
        state.cases += found.total.total
        state.failed += found.total.failed
      }
    }
  }

  private func run(_ work: Work, with runner: FixtureRunner, into found: inout ConformReport) {
    let start = ThreadClock.now
    do throws(FixtureError) {
      if TrustedSetupFile.isOne(work.path) {
        let key = SuiteKey(suite: work.suite, format: .kzg)
        for result in TrustedSetupFile.results(try bytes(of: work))
        where selection.includes(nil) && selection.includes(result.name, path: work.path) {
          found.add(result, to: key, path: work.path)
        }
        return
      }
      if work.isInChain && !work.isChain && ChainFolder.reads(work.path) { return }
      let document = try parse(work)
      let detection =
        work.isChain ? .known(.chain) : FixtureFormat.detect(document, path: work.path)
      switch detection {
      case .companion: break
      case .unknown where work.isInChain: break
      case .unknown: throw .unknownFormat(work.path)
      case .notRun(let format): found.notRun[format, default: 0] += 1
      case .known(let format):
        let key = SuiteKey(suite: work.suite, format: format)
        let file = FixtureFile(
          path: work.path, document: document, companion: work.companion,
          beside: work.isChain ? try chainFiles(of: work) : [:])
        do throws(JSONError) {
          try runner.run(file, as: format, selection) {
            found.add($0, to: key, path: work.path)
          }
        } catch {
          throw .json(error)
        }
        if found.tallies[key] != nil {
          found.tallies[key]?.nanoseconds += ThreadClock.now - start
        }
      }
    } catch {
      found.add(error)
    }
  }

  /// The other files of a chain.
  private func chainFiles(of work: Work) throws(FixtureError) -> [String: [UInt8]] {
    if let beside = work.beside { return beside }
    let folder = work.path.dropLast(ChainFolder.genesis.count)
    var files: [String: [UInt8]] = [:]
    for name in ChainFolder.parts + [ChainFolder.blocks] + exchanges(in: String(folder)) {
      let path = String(folder) + name
      guard FileManager.default.fileExists(atPath: path) else { continue }
      do throws(ArchiveError) {
        files[name] = try FileWalk.read(path)
      } catch {
        throw .archive(error)
      }
    }
    return files
  }

  /// The names of the exchanges in the folders of a chain's folder.
  private func exchanges(in folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.flatMap { name in
      ((try? FileManager.default.contentsOfDirectory(atPath: folder + name)) ?? [])
        .filter(ChainFolder.isExchange).map { "\(name)/\($0)" }
    }
  }

  private func bytes(of work: Work) throws(FixtureError) -> [UInt8] {
    if let held = work.bytes { return held }
    do throws(ArchiveError) {
      return try FileWalk.read(work.path)
    } catch {
      throw .archive(error)
    }
  }

  private func parse(_ work: Work) throws(FixtureError) -> JSONDocument {
    let bytes = try bytes(of: work)
    do throws(JSONError) {
      return try JSONDocument(parsing: bytes, source: work.path)
    } catch {
      throw .json(error)
    }
  }

  private func fail(_ error: FixtureError) {
    lock.withLock { report.add(error) }
  }
}
