// Blocks to measure, from files.

internal import JSON

/// Finds recorded blocks and published workloads in folders and archives, one after another.
public struct BenchFiles {
  /// Only what has this in its name.
  private let filter: String?
  /// What could not be read, and why.
  public private(set) var errors: [String] = []
  /// How many blocks were found.
  public private(set) var found = 0

  /// A search for those that have `filter` in their name.
  public init(filter: String? = nil) { self.filter = filter }

  /// Calls `body` with every block under `path`, as it is read.
  public mutating func forEach(under path: String, _ body: (BenchSubject) -> Void) {
    let (known, knownErrors) = (found, errors.count)
    do throws(ArchiveError) {
      for item in try FileWalk.items(under: path) {
        switch item {
        case .file(let file): readFile(file, body)
        case .archive(let archive): try readArchive(archive, body)
        case .unreadable(let error): throw error
        }
      }
      // Where something cannot be read, that is why.
      if found == known, errors.count == knownErrors {
        errors.append("\(path): no recorded block and no workload in there that fits")
      }
    } catch {
      errors.append("\(error)")
    }
  }

  private mutating func readFile(_ path: String, _ body: (BenchSubject) -> Void) {
    if RecordedBlockHalves.isState(path) { return }
    do throws(FixtureError) {
      take(try subject(inFile: path), body)
    } catch {
      errors.append("\(error)")
    }
  }

  private mutating func readArchive(
    _ path: String, _ body: (BenchSubject) -> Void
  ) throws(ArchiveError) {
    var halves = RecordedBlockHalves()
    try ArchiveReader(path: path).forEachFile(where: { $0.hasSuffix(".json") }) { file in
      do throws(FixtureError) {
        take(try subject(in: file, &halves), body)
      } catch {
        errors.append("\(error)")
      }
      return !halves.isOverfull
    }
    errors += halves.problems.map(\.description)
  }

  private mutating func take(_ subject: BenchSubject?, _ body: (BenchSubject) -> Void) {
    guard let subject else { return }
    found += 1
    body(subject)
  }

  private func subject(inFile path: String) throws(FixtureError) -> BenchSubject? {
    guard RecordedBlockHalves.isBlock(path) else {
      return try workload(try RecordedBlock.read(path), path: path)
    }
    let folder = RecordedBlockHalves.folder(of: path)
    return wants(folder) ? BenchSubject(try RecordedBlock(folder: folder)) : nil
  }

  private func subject(
    in file: FileContents, _ halves: inout RecordedBlockHalves
  ) throws(FixtureError) -> BenchSubject? {
    guard RecordedBlockHalves.isBlock(file.path) || RecordedBlockHalves.isState(file.path) else {
      return try workload(file.bytes, path: file.path)
    }
    guard let pair = halves.take(file), wants(pair.folder) else { return nil }
    return BenchSubject(
      try RecordedBlock(folder: pair.folder, block: pair.block, preState: pair.preState))
  }

  /// The workload in a file; nil where something else is in it, or another name.
  private func workload(_ bytes: [UInt8], path: String) throws(FixtureError) -> BenchSubject? {
    do throws(JSONError) {
      let document = try JSONDocument(parsing: bytes, source: path)
      guard FixtureFormat.detect(document, path: path) == .known(.workload), wants(path) else {
        return nil
      }
      return BenchSubject(try PublishedWorkload(document.root))
    } catch {
      throw .json(error)
    }
  }

  private func wants(_ path: String) -> Bool { filter.map(path.contains) ?? true }
}
