// The expected.json of each folder, as long as the files beside it wait for their turn.

internal import JSON

/// The `expected.json` files of an archive or a tree of folders. They are few and small; since all of
/// an archive are held at once, hostile ones are kept out.
struct Companions {
  /// What companions may be at most.
  struct Limits: Sendable {
    /// The most bytes of one.
    var bytes = 4 << 20
    /// The most bytes of all of an archive together.
    var totalBytes = 32 << 20
    /// The most of an archive.
    var count = 1_024
  }

  /// A parsed companion and how many bytes of text it had.
  struct Companion {
    let document: JSONDocument
    let size: Int
  }

  private let limits: Limits
  private var held: [Substring: Companion] = [:]
  private var total = 0

  init(limits: Limits = Limits()) { self.limits = limits }

  /// Parses and keeps the companion at `path`, or throws what keeps it out.
  mutating func add(_ bytes: [UInt8], path: String) throws(FixtureError) {
    guard held.count < limits.count, bytes.count <= limits.totalBytes - total else {
      throw .tooManyCompanions(path, limit: limits.totalBytes)
    }
    held[Self.folder(of: path)] = try Self.parse(bytes, path: path, limits: limits)
    total += bytes.count
  }

  /// The companion of the file at `path`.
  func beside(_ path: String) -> Companion? { held[Self.folder(of: path)] }

  /// Parses one companion.
  static func parse(
    _ bytes: [UInt8], path: String, limits: Limits = Limits()
  ) throws(FixtureError) -> Companion {
    do throws(JSONError) {
      let document = try JSONDocument(
        parsing: bytes, source: path, limits: JSONDocument.Limits(bytes: limits.bytes))
      return Companion(document: document, size: bytes.count)
    } catch {
      throw .json(error)
    }
  }

  /// The folder that the file at `path` lies in.
  static func folder(of path: String) -> Substring {
    path.lastIndex(of: "/").map { path[..<$0] } ?? ""
  }
}
