// Importing a chain from files of blocks.

internal import Chain
internal import Crypto
internal import Execution
internal import Foundation
internal import JSON
internal import Ledger

/// Reads a genesis file and files of blocks, and adds the blocks to a chain in memory, every rule
/// checked. Ends at the first block that is refused: nothing can follow it.
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
  private let lock = NSLock()
  private var state = Progress()
  private var report = ImportReport()

  /// A run over `path`, a file of encoded blocks or a folder of such files (`.rlp`, by name), on the
  /// chain that begins with the genesis file `genesis`.
  public init(
    path: String, genesis: String, checksSeals: Bool = true, memoryLimit: Int? = nil
  ) {
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
        try importFiles(into: try chain())
      } catch {
        report.error = error.description
      }
    }
    report.seconds = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
    return report
  }

  private func chain() throws(ImportFailure) -> ImportedChain {
    let bytes: [UInt8]
    do throws(ArchiveError) {
      bytes = try FileWalk.read(genesis)
    } catch {
      throw ImportFailure("\(error)")
    }
    do throws(GenesisError) {
      let document: JSONDocument
      do throws(JSONError) {
        document = try JSONDocument(parsing: bytes, source: genesis)
      } catch {
        throw .json(error)
      }
      return try ImportedChain(
        try Genesis(document), executor: SequentialExecutor(memoryLimit: memoryLimit),
        seal: checksSeals ? Blockchain.ethash(EthashCaches()) : nil)
    } catch {
      throw ImportFailure("\(error)")
    }
  }

  private func importFiles(into chain: ImportedChain) throws(ImportFailure) {
    defer { report.head = chain.blockchain.head.header }
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
    lock.withLock { state.bytesFound = files.reduce(0) { $0 + $1.size } }
    var done = 0
    for file in files {
      do throws(BlockFileError) {
        try importFile(file.path, after: done, into: chain)
      } catch {
        throw ImportFailure("\(error)")
      }
      if report.refusal != nil || report.error != nil { return }
      done += file.size
    }
    if report.blocks == 0 && report.knownBlocks == 0 {
      throw ImportFailure("\(path): no block in there")
    }
  }

  /// The reason in words; places in the encoding of a block at `offset` are told as places in the file.
  private static func words(for reason: InvalidBlock, offset: Int) -> String {
    guard case .malformed(var error) = reason else { return "\(reason)" }
    error.offset += offset
    return "\(InvalidBlock.malformed(error)) of the file"
  }

  /// What else there is to say about a block without a parent.
  private static func hint(
    _ reason: InvalidBlock, _ header: Header?, _ chain: ImportedChain
  ) -> String {
    guard case .unknownParent = reason, let limit = header.flatMap(chain.limitPassed) else {
      return ""
    }
    return "; the block is too far behind the head: other branches may begin at the last "
      + "\(limit) blocks only"
  }

  private func importFile(
    _ path: String, after done: Int, into chain: ImportedChain
  ) throws(BlockFileError) {
    var file = try BlockFile(path)
    while true {
      let offset = file.offset
      guard let encoding = try file.next() else { return }
      switch chain.add(encoding) {
      case .added(let header, let transactions):
        report.blocks += 1
        report.transactions += transactions
        report.gasUsed &+= header.gasUsed
      case .known: report.knownBlocks += 1
      case .refused(let header, let reason):
        report.refusal = ImportReport.Refusal(
          path: path, position: file.count, offset: offset,
          block: header.map { ($0.number, $0.hash) },
          reason: Self.words(for: reason, offset: offset) + Self.hint(reason, header, chain),
          isOfSeal: reason.isOfSeal)
        return
      case .notExecuted(let header, let error):
        report.error = "\(path): block \(header.number) cannot be executed: \(error)"
        return
      }
      lock.withLock {
        state.bytesDone = done + file.offset
        state.blocks = report.blocks
      }
    }
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
