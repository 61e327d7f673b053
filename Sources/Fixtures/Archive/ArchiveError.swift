// What is wrong with a file, a folder or an archive.

/// A file or an archive that cannot be read.
public struct ArchiveError: Error, Equatable, CustomStringConvertible {
  /// What is wrong.
  public enum Problem: Equatable, Sendable {
    /// There is no such file or folder.
    case notFound
    /// It is a folder, a pipe, a device or a socket.
    case notRegular
    /// It cannot be opened or read; the reason in the system's words.
    case unreadable(String)
    /// The archive is damaged, truncated or of another format; the reason in libarchive's words.
    case malformed(String)
    /// One entry or file has more bytes than allowed.
    case entryTooLarge(limit: Int)
    /// All entries together have more bytes than allowed.
    case archiveTooLarge(limit: Int)
    /// There are more entries than allowed.
    case tooManyEntries(limit: Int)
    /// Folders are nested deeper than allowed.
    case tooDeep(limit: Int)
  }

  /// The file, folder or archive.
  public let path: String
  /// The entry of the archive, when it is about one.
  public let entry: String?
  /// What is wrong.
  public let problem: Problem

  /// An error of `path`, about `entry`.
  public init(path: String, entry: String? = nil, problem: Problem) {
    self.path = path
    self.entry = entry
    self.problem = problem
  }

  /// One line: file, entry, and what is wrong.
  public var description: String {
    let place = entry.map { "\(path): entry \($0)" } ?? path
    switch problem {
    case .notFound: return "\(place): no such file or folder"
    case .notRegular: return "\(place): is not a regular file"
    case .unreadable(let reason): return "\(place): cannot be read: \(reason)"
    case .malformed(let reason): return "\(place): not a readable tar archive: \(reason)"
    case .entryTooLarge(let limit): return "\(place): has more than the allowed \(limit) bytes"
    case .archiveTooLarge(let limit):
      return "\(place): unpacks to more than the allowed \(limit) bytes"
    case .tooManyEntries(let limit): return "\(place): has more than the allowed \(limit) entries"
    case .tooDeep(let limit): return "\(place): folders nested deeper than \(limit)"
    }
  }
}
