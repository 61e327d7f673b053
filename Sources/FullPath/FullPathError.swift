// Why the full path could not be measured.

/// Why there is no result, in words.
public struct FullPathError: Error, Sendable, CustomStringConvertible {
  /// What went wrong, where, and what can be done.
  public let description: String

  init(_ description: String) { self.description = description }
}
