// Tar archives, plain or compressed, entry by entry in memory: the one file that talks to libarchive.

internal import CArchive

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A file read into memory.
public struct FileContents: Sendable {
  /// Its path, after the archive's where it came from one.
  public let path: String
  /// Its bytes.
  public let bytes: [UInt8]
  /// How many bytes of the archive were read until here.
  public let archiveOffset: Int
}

/// Reads `.tar`, `.tar.gz` and `.tar.zst`. Nothing is ever written to disk, and never more than one
/// entry is in memory.
public struct ArchiveReader {
  /// What an archive may be at most.
  public struct Limits: Sendable {
    /// The most bytes of one entry.
    public var entryBytes: Int
    /// The most bytes of all entries together, those included that nobody wants: to pass over them,
    /// a compressed archive must be unpacked all the same.
    public var totalBytes: Int
    /// The most entries.
    public var entries: Int

    /// Limits; the defaults fit every published suite with room to spare.
    public init(entryBytes: Int = 128 << 20, totalBytes: Int = 16 << 30, entries: Int = 1_000_000) {
      self.entryBytes = entryBytes
      self.totalBytes = totalBytes
      self.entries = entries
    }
  }

  /// The archive.
  public let path: String
  private let limits: Limits

  /// A reader of the archive at `path`.
  public init(path: String, limits: Limits = Limits()) {
    self.path = path
    self.limits = limits
  }

  /// Whether a file of this name is taken for an archive.
  public static func isArchive(_ path: String) -> Bool {
    [".tar", ".tar.gz", ".tgz", ".tar.zst", ".tzst"].contains { path.hasSuffix($0) }
  }

  /// Calls `body` with every regular file for whose name `wants` is true, in the archive's order,
  /// until it answers false.
  public func forEachFile(
    where wants: (String) -> Bool = { _ in true }, _ body: (FileContents) -> Bool
  ) throws(ArchiveError) {
    guard let archive = archive_read_new() else {
      throw ArchiveError(path: path, problem: .unreadable("out of memory"))
    }
    defer { archive_read_free(archive) }
    try open(archive)
    var total = 0
    var count = 0
    while let (entry, warning) = try nextEntry(archive) {
      count += 1
      guard count <= limits.entries else {
        throw ArchiveError(path: path, problem: .tooManyEntries(limit: limits.entries))
      }
      let isFile = archive_entry_filetype(entry) == S_IFREG
      guard let name = archive_entry_pathname(entry).map({ String(cString: $0) }) else {
        guard isFile else { continue }
        throw ArchiveError(path: path, problem: .malformed("an entry's name cannot be read"))
      }
      guard isFile, wants(name) else {
        // The warning may be that this is not the entry's real name.
        if isFile, let warning {
          throw ArchiveError(path: path, entry: name, problem: .malformed(warning))
        }
        try countUnread(entry, total: &total)
        continue
      }
      let bytes = try read(archive, entry, name: name, total: &total)
      let contents = FileContents(
        path: "\(path)/\(name)", bytes: bytes,
        archiveOffset: Int(archive_filter_bytes(archive, -1)))
      if !body(contents) { return }
    }
  }

  private func open(_ archive: OpaquePointer) throws(ArchiveError) {
    archive_read_support_filter_gzip(archive)
    archive_read_support_filter_zstd(archive)
    archive_read_support_format_tar(archive)
    guard archive_read_open_filename(archive, path, 1 << 16) == ARCHIVE_OK else {
      let problem: ArchiveError.Problem =
        archive_errno(archive) == ENOENT ? .notFound : .malformed(reason(archive))
      throw ArchiveError(path: path, problem: problem)
    }
  }

  /// The next entry, with what is doubtful about its header.
  private func nextEntry(
    _ archive: OpaquePointer
  ) throws(ArchiveError) -> (entry: OpaquePointer, warning: String?)? {
    var entry: OpaquePointer?
    let status = archive_read_next_header(archive, &entry)
    if status == ARCHIVE_EOF { return nil }
    // A warning (such as a name that is no UTF-8) leaves the entry readable.
    guard status == ARCHIVE_OK || status == ARCHIVE_WARN, let entry else {
      throw ArchiveError(path: path, problem: .malformed(reason(archive)))
    }
    return (entry, status == ARCHIVE_WARN ? reason(archive) : nil)
  }

  /// Takes an entry that is passed over for as long as its header says.
  private func countUnread(_ entry: OpaquePointer, total: inout Int) throws(ArchiveError) {
    let declared = Int(clamping: max(0, archive_entry_size(entry)))
    guard declared <= limits.totalBytes - total else {
      throw ArchiveError(path: path, problem: .archiveTooLarge(limit: limits.totalBytes))
    }
    total += declared
  }

  /// Reads an entry in pieces: a header's word for its size is not trusted.
  private func read(
    _ archive: OpaquePointer, _ entry: OpaquePointer, name: String, total: inout Int
  ) throws(ArchiveError) -> [UInt8] {
    let declared = archive_entry_size(entry)
    guard declared <= limits.entryBytes else {
      throw ArchiveError(
        path: path, entry: name, problem: .entryTooLarge(limit: limits.entryBytes))
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(min(max(Int(declared), 0), 1 << 20))
    let piece = 1 << 16
    while true {
      var received = 0
      let chunk = [UInt8](unsafeUninitializedCapacity: piece) { buffer, count in
        received = archive_read_data(archive, buffer.baseAddress, piece)
        count = max(received, 0)
      }
      guard received >= 0 else {
        throw ArchiveError(path: path, entry: name, problem: .malformed(reason(archive)))
      }
      if received == 0 { return bytes }
      bytes.append(contentsOf: chunk)
      total += received
      guard bytes.count <= limits.entryBytes else {
        throw ArchiveError(
          path: path, entry: name, problem: .entryTooLarge(limit: limits.entryBytes))
      }
      guard total <= limits.totalBytes else {
        throw ArchiveError(path: path, problem: .archiveTooLarge(limit: limits.totalBytes))
      }
    }
  }

  private func reason(_ archive: OpaquePointer) -> String {
    archive_error_string(archive).map { String(cString: $0) } ?? "unknown reason"
  }
}
