// Why the full path could not be measured.

/// Why there is no result, in words.
public struct FullPathError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What went wrong, where, and what can be done.
  public let description: String

  init(_ description: String) { self.description = description }

  /// Somebody wants it no more.
  public static let interrupted = FullPathError(
    "interrupted; what was prepared is kept for the next time")
}
