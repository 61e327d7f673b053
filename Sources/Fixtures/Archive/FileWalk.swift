// Folders, archives and single files as one stream of files.

internal import Foundation

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Finds files under a path and tells what kind of thing each is.
public enum FileWalk {
  /// Something found on disk.
  public enum Item: Sendable, Equatable {
    /// A file to be read when its turn comes.
    case file(String)
    /// An archive to be streamed.
    case archive(String)
    /// A folder that cannot be read, and why.
    case unreadable(ArchiveError)

    /// Where it is.
    public var path: String {
      switch self {
      case .file(let path), .archive(let path): path
      case .unreadable(let error): error.path
      }
    }

    /// How many bytes it has on disk, or zero where that is not known.
    public var size: Int {
      let attributes = try? FileManager.default.attributesOfItem(atPath: path)
      return attributes?[.size] as? Int ?? 0
    }
  }

  /// How deep folders may be nested (symbolic links to folders are not followed).
  static let maximumDepth = 64

  /// The files whose name ends in one of `suffixes`, and the archives, under `path`, sorted by name, numbers
  /// in names by their value. A path that is itself a file is taken whatever its name.
  public static func items(
    under path: String, suffixes: [String] = [".json"]
  ) throws(ArchiveError) -> [Item] {
    switch try FileKind(of: path) {
    case .other: throw ArchiveError(path: path, problem: .notRegular)
    case .file: return [ArchiveReader.isArchive(path) ? .archive(path) : .file(path)]
    case .folder: break
    }
    var items: [Item] = []
    collect(path, suffixes: suffixes, depth: 0, into: &items)
    return items
  }

  /// The whole file at `path`, unless it has more than `limit` bytes.
  public static func read(_ path: String, limit: Int = 128 << 20) throws(ArchiveError) -> [UInt8] {
    let file = try RegularFile(path)
    let tooLarge = ArchiveError(path: path, problem: .entryTooLarge(limit: limit))
    guard file.size <= limit else { throw tooLarge }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(file.size + 1)
    // In pieces: what the file system says of the size may be wrong by the time of reading.
    while true {
      let piece = try file.read(upTo: 1 << 20)
      if piece.isEmpty { return bytes }
      bytes.append(contentsOf: piece)
      guard bytes.count <= limit else { throw tooLarge }
    }
  }

  private static func collect(
    _ folder: String, suffixes: [String], depth: Int, into items: inout [Item]
  ) {
    let names: [String]
    do throws(ArchiveError) {
      guard depth <= maximumDepth else {
        throw ArchiveError(path: folder, problem: .tooDeep(limit: maximumDepth))
      }
      names = try self.names(in: folder)
    } catch {
      items.append(.unreadable(error))
      return
    }
    for name in names where !name.hasPrefix(".") {
      let path = folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
      let type =
        try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
      if type == .typeDirectory {
        collect(path, suffixes: suffixes, depth: depth + 1, into: &items)
        continue
      }
      let isArchive = ArchiveReader.isArchive(name)
      guard isArchive || suffixes.contains(where: name.hasSuffix) else { continue }
      // Pipes and devices are passed over; what is gone is named when it is read.
      let kind = (try? FileKind(of: path)) ?? .file
      guard kind == .file else { continue }
      items.append(isArchive ? .archive(path) : .file(path))
    }
  }
}

extension FileWalk {
  private static func names(in folder: String) throws(ArchiveError) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder).sorted { a, b in
        let order = a.compare(b, options: .numeric)
        return order == .orderedSame ? a < b : order == .orderedAscending
      }
    } catch {
      // Once more with the system, for its words.
      guard let stream = opendir(folder) else { throw .system(folder) }
      closedir(stream)
      throw ArchiveError(path: folder, problem: .unreadable("it changed meanwhile"))
    }
  }
}

/// What a path leads to.
private enum FileKind {
  case file, folder, other

  /// The kind of what is at `path`, links followed.
  init(of path: String) throws(ArchiveError) {
    var status = stat()
    guard stat(path, &status) == 0 else { throw .system(path) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: self = .file
    case S_IFDIR: self = .folder
    default: self = .other
    }
  }
}

extension ArchiveError {
  /// What the system's last call says of `path`.
  static func system(_ path: String) -> ArchiveError {
    let number = errno
    if number == ENOENT || number == ENOTDIR {
      return ArchiveError(path: path, problem: .notFound)
    }
    return ArchiveError(path: path, problem: .unreadable(String(cString: strerror(number))))
  }
}
