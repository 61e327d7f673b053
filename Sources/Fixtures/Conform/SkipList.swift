// Cases that reference clients skip, each with the reason.

/// The cases that are not run because reference clients do not run them either.
enum SkipList {
  /// A test that is skipped.
  struct Entry {
    /// A part of the file's path.
    let path: String
    /// The test's name, or nil for all of the file.
    let name: String?
    /// Why.
    let reason: String
  }

  /// All of them.
  static let entries: [Entry] = []

  /// Why the test is skipped, if it is.
  static func reason(path: String, name: String) -> String? {
    entries.first { path.contains($0.path) && ($0.name == nil || $0.name == name) }?.reason
  }
}
