// Folders, archives and single files as one stream of files.

internal import Foundation

/// Finds files under a path and tells what kind of thing each is.
public enum FileWalk {
  /// Something found on disk.
  public enum Item: Sendable, Equatable {
    /// A file to be read when its turn comes.
    case file(String)
    /// An archive to be streamed.
    case archive(String)

    /// Where it is.
    public var path: String {
      switch self {
      case .file(let path), .archive(let path): path
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

  /// The files whose name ends in `suffix`, and the archives, under `path`, sorted by name. A path
  /// that is itself a file is taken whatever its name.
  public static func items(
    under path: String, suffix: String = ".json"
  ) throws(ArchiveError) -> [Item] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw ArchiveError(path: path, problem: .notFound)
    }
    guard isFolder.boolValue else {
      return [ArchiveReader.isArchive(path) ? .archive(path) : .file(path)]
    }
    var items: [Item] = []
    try collect(path, suffix: suffix, depth: 0, into: &items)
    return items
  }

  /// The whole file at `path`, unless it has more than `limit` bytes.
  public static func read(_ path: String, limit: Int = 128 << 20) throws(ArchiveError) -> [UInt8] {
    guard let file = FileHandle(forReadingAtPath: path) else {
      let problem: ArchiveError.Problem =
        FileManager.default.fileExists(atPath: path) ? .unreadable("permission denied") : .notFound
      throw ArchiveError(path: path, problem: problem)
    }
    defer { try? file.close() }
    var bytes: [UInt8] = []
    do {
      // In pieces: what the file system says of the size is not trusted (pipes, devices).
      while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty {
        bytes.append(contentsOf: piece)
        guard bytes.count <= limit else {
          throw ArchiveError(path: path, problem: .entryTooLarge(limit: limit))
        }
      }
    } catch let error as ArchiveError {
      throw error
    } catch {
      throw ArchiveError(path: path, problem: .unreadable(error.localizedDescription))
    }
    return bytes
  }

  private static func collect(
    _ folder: String, suffix: String, depth: Int, into items: inout [Item]
  ) throws(ArchiveError) {
    guard depth <= maximumDepth else {
      throw ArchiveError(path: folder, problem: .tooDeep(limit: maximumDepth))
    }
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    } catch {
      throw ArchiveError(path: folder, problem: .unreadable(error.localizedDescription))
    }
    for name in names where !name.hasPrefix(".") {
      let path = folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
      let type =
        try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
      if type == .typeDirectory {
        try collect(path, suffix: suffix, depth: depth + 1, into: &items)
      } else if ArchiveReader.isArchive(name) {
        items.append(.archive(path))
      } else if name.hasSuffix(suffix) {
        items.append(.file(path))
      }
    }
  }
}
