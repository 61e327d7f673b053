// Importing a chain from files of blocks.

internal import Chain
internal import Crypto
internal import EVM
internal import Execution
internal import Foundation
internal import JSON
internal import Ledger
internal import Primitives
public import Storage

/// Reads a genesis file and files of blocks, and adds the blocks to a chain in memory or in a store,
/// every rule checked. Ends at the first block that is refused: nothing can follow it.
public final class ImportRun: @unchecked Sendable {
  /// How far a run has come.
  public struct Progress: Sendable {
    /// Bytes of the files that are done, of those found.
    public var bytesDone = 0
    /// Bytes of all files.
    public var bytesFound = 0
    /// Blocks added.
    public var blocks = 0
  }

  private let path: String
  private let genesis: String
  private let checksSeals: Bool
  private let memoryLimit: Int?
  private let destination: Destination?
  private let isStopped: @Sendable () -> Bool
  private let lock = NSLock()
  private var state = Progress()
  private var report = ImportReport()

  /// A store that blocks are imported into.
  public struct Destination: Sendable {
    /// Its folder, which is made where there is none.
    public var path: String
    /// How many threads import.
    public var threads: Int
    /// Bytes that the store may keep in memory.
    public var cacheSize: Int
    /// How far back it keeps the state of blocks; nil is as until now.
    public var history: Store.History?

    /// The store in the folder `path`.
    public init(path: String, threads: Int, cacheSize: Int, history: Store.History? = nil) {
      self.path = path
      self.threads = threads
      self.cacheSize = cacheSize
      self.history = history
    }
  }

  /// Where blocks stand that were handed over, and are not known to be right.
  private struct Place {
    let path: String
    let position: Int
    let offset: Int
  }

  private var places: [Hash256: Place] = [:]
  /// The same blocks in order: of the last ones only it is not known yet whether they are right.
  private var placed: [Hash256] = []
  private static let rememberedPlaces = 8192
  /// What is asked for before a chain in memory is begun: a machine, and as much for what stands around it.
  private static let leastMemory = EVM.reservedSize + (64 << 20)
  private var hasBlocks = false
  /// The chain's first block.
  private var first: BlockIdentity?

  /// A run over `path`, a file of encoded blocks or a folder of such files (`.rlp`, by name), on the
  /// chain that begins with the genesis file `genesis`, in memory or in the store at `destination`. It ends
  /// before the next block when `isStopped`.
  public init(
    path: String, genesis: String, checksSeals: Bool = true, memoryLimit: Int? = nil,
    destination: Destination? = nil, isStopped: @escaping @Sendable () -> Bool = { false }
  ) {
    self.destination = destination
    self.isStopped = isStopped
    self.path = path
    self.genesis = genesis
    self.checksSeals = checksSeals
    self.memoryLimit = memoryLimit
  }

  /// How far the run has come; may be asked from another thread.
  public var progress: Progress { lock.withLock { state } }

  /// Imports everything and answers what came of it.
  public func run() -> ImportReport {
    let start = DispatchTime.now().uptimeNanoseconds
    WorkerThreads.run(1) { [self] _ in
      do throws(ImportFailure) {
        // The files first: a wrong name makes no store.
        let files = try files()
        let chain = try chain()
        do throws(ImportFailure) {
          try importFiles(files, into: chain)
        } catch {
          report.error = error.description
        }
        end(chain)
      } catch {
        report.error = error.description
      }
    }
    report.seconds = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
    return report
  }

  /// Waits for what was handed over, and closes the chain.
  private func end(_ chain: any ImportTarget) {
    let error = report.error
    if report.refusal == nil, let verdict = chain.finish() { _ = note(verdict, nil, in: chain) }
    // What comes behind a refused block does not matter.
    report.error = report.refusal == nil ? error ?? report.error : nil
    if let reason = chain.close() { report.error = report.error ?? reason }
    report.head = chain.head
    report.asideBlocks = chain.asideCount
  }

  private func chain() throws(ImportFailure) -> any ImportTarget {
    let bytes: [UInt8]
    do throws(ArchiveError) {
      bytes = try FileWalk.read(self.genesis)
    } catch {
      throw ImportFailure("\(error)")
    }
    let genesis: Genesis
    do throws(GenesisError) {
      let document: JSONDocument
      do throws(JSONError) {
        document = try JSONDocument(parsing: bytes, source: self.genesis)
      } catch {
        throw .json(error)
      }
      genesis = try Genesis(document)
    } catch {
      throw ImportFailure("\(error)")
    }
    return try chain(genesis)
  }

  private func chain(_ genesis: Genesis) throws(ImportFailure) -> any ImportTarget {
    first = BlockIdentity(number: genesis.header.number, hash: genesis.hash)
    let seal = checksSeals ? Blockchain.ethash(EthashCaches()) : nil
    if let destination { return try store(of: genesis, at: destination, seal) }
    guard SystemMemory.hasRoom(for: Self.leastMemory) else {
      throw ImportFailure(
        "there is not enough memory: an import needs \(Self.leastMemory >> 20) MiB beside what the "
          + "program takes anyway; allow more (ulimit -v)")
    }
    do throws(GenesisError) {
      return try ImportedChain(
        genesis, executor: SequentialExecutor(memoryLimit: memoryLimit), forkChoice: .longest,
        seal: seal)
    } catch {
      throw ImportFailure("\(error)")
    }
  }

  private func store(
    of genesis: Genesis, at destination: Destination, _ seal: Blockchain.SealCheck?
  ) throws(ImportFailure) -> any ImportTarget {
    do throws(PipelineError) {
      return try ImportedStore(
        genesis, destination, memoryLimit: memoryLimit, seal: seal
      ) { [self] transactions, gas in
        lock.withLock {
          report.blocks += 1
          report.transactions += transactions
          report.gasUsed &+= gas
          state.blocks = report.blocks
        }
      }
    } catch {
      throw ImportFailure("\(error)")
    }
  }

  private func files() throws(ImportFailure) -> [FileWalk.Item] {
    var files: [FileWalk.Item] = []
    do throws(ArchiveError) {
      for item in try FileWalk.items(under: path, suffixes: [".rlp"]) {
        switch item {
        case .file: files.append(item)
        case .archive(let archive): if archive == path { files.append(item) }
        case .unreadable(let error): throw error
        }
      }
    } catch {
      throw ImportFailure("\(error)")
    }
    if files.isEmpty { throw ImportFailure("\(path): no file whose name ends in .rlp in there") }
    return files
  }

  private func importFiles(
    _ files: [FileWalk.Item], into chain: any ImportTarget
  ) throws(ImportFailure) {
    lock.withLock { state.bytesFound = files.reduce(0) { $0 + $1.size } }
    var done = 0
    for file in files {
      let isWhole: Bool
      do throws(BlockFileError) {
        isWhole = try importFile(file.path, after: done, into: chain)
      } catch {
        throw ImportFailure("\(error)")
      }
      if report.refusal != nil || report.error != nil { return }
      if !isWhole { throw ImportFailure(interruption) }
      done += file.size
    }
    if report.knownBlocks == 0 && !hasBlocks {
      throw ImportFailure("\(path): no block in there")
    }
  }

  private var interruption: String {
    destination == nil ? "interrupted" : "interrupted; the same command goes on from here"
  }

  /// The reason in words; places in the encoding of a block at `offset` are told as places in the file.
  private static func words(for reason: InvalidBlock, offset: Int) -> String {
    guard case .malformed(var error) = reason else { return "\(reason)" }
    error.offset += offset
    return "\(InvalidBlock.malformed(error)) of the file"
  }

  /// What else there is to say about a block without a parent.
  private func hint(
    _ reason: InvalidBlock, _ header: Header?, _ chain: any ImportTarget
  ) -> String {
    guard case .unknownParent = reason, let header else { return "" }
    if let first, header.number <= first.number &+ 1 {
      let what = header.number > first.number ? "names another parent than" : "is another than"
      return "; block \(header.number) \(what) block \(first.number) of \(genesis), \(first.hash): "
        + "give the genesis of its chain with --genesis"
    }
    guard let limit = chain.limitPassed(by: header) else { return "" }
    return "; the block is too far behind the head: other branches may begin at the last "
      + "\(limit) blocks only"
  }

  /// Imports a file; whether it came to the end before the run was to stop.
  private func importFile(
    _ path: String, after done: Int, into chain: any ImportTarget
  ) throws(BlockFileError) -> Bool {
    var file = try BlockFile(path)
    while true {
      let offset = file.offset
      guard let encoding = try file.next() else { return true }
      if isStopped() { return false }
      hasBlocks = true
      let place = Place(path: path, position: file.count, offset: offset)
      if !note(chain.add(encoding), place, in: chain) { return false }
      lock.withLock {
        state.bytesDone = done + file.offset
        state.blocks = report.blocks
      }
    }
  }

  /// Takes down what became of a block, the one at `place` unless an earlier one turned out to be wrong;
  /// whether the import goes on.
  private func note(
    _ verdict: ImportVerdict, _ place: Place?, in chain: any ImportTarget
  ) -> Bool {
    switch verdict {
    case .added(let header, let transactions):
      lock.withLock {
        report.blocks += 1
        report.transactions += transactions
        report.gasUsed &+= header.gasUsed
      }
    case .handedOver(let hash):
      places[hash] = place
      placed.append(hash)
      if placed.count == 2 * Self.rememberedPlaces {
        for hash in placed.prefix(Self.rememberedPlaces) { places[hash] = nil }
        placed.removeFirst(Self.rememberedPlaces)
      }
    case .known: lock.withLock { report.knownBlocks += 1 }
    case .older: lock.withLock { report.olderBlocks += 1 }
    case .refused(let header, let reason):
      let place = header.flatMap { places[$0.hash] } ?? place
      report.refusal = ImportReport.Refusal(
        path: place?.path ?? path, position: place?.position ?? 0, offset: place?.offset ?? 0,
        block: header.map { ($0.number, $0.hash) },
        reason: Self.words(for: reason, offset: place?.offset ?? 0)
          + hint(reason, header, chain),
        isOfSeal: reason.isOfSeal)
      return false
    case .notExecuted(let header, let error):
      let place = places[header.hash] ?? place
      report.error =
        "\(place?.path ?? path): block \(header.number) cannot be executed: \(error)"
      return false
    case .failed(let reason):
      report.error = reason
      return false
    }
    return true
  }
}

extension InvalidBlock {
  /// Whether a proof of work is what does not hold, the block's or an ommer's.
  fileprivate var isOfSeal: Bool {
    switch self {
    case .invalidSeal: true
    case .ommer(_, let reason): reason.isOfSeal
    default: false
    }
  }
}

/// Why an import could not go on.
private struct ImportFailure: Error {
  let description: String

  init(_ description: String) { self.description = description }
}

extension SequentialExecutor {
  fileprivate convenience init(memoryLimit: Int?) {
    if let memoryLimit { self.init(memoryLimit: memoryLimit) } else { self.init() }
  }
}
