// How one case of a suite came out.

public import JSON

/// The verdict on a case.
public enum Verdict: Equatable, Sendable {
  /// Everything was as the suite says.
  case passed
  /// Something was not; what was expected, and what came out.
  case failed(String)
  /// Not run, because reference clients skip it too; why.
  case skipped(String)
  /// Run but not to its end, for want of EVM memory.
  case undecided
  /// Not run, because its rules are not known here; which.
  case leftOut(String)
}

/// How one case of a suite came out.
public struct CaseResult: Equatable, Sendable {
  /// The name of the test, with the fork and the indexes of the case.
  public var name: String
  /// The verdict.
  public var verdict: Verdict

  /// A result.
  public init(name: String, verdict: Verdict) {
    self.name = name
    self.verdict = verdict
  }
}

/// What cannot be run at all: a file that is no fixture, or a fixture with a hole in it.
public enum FixtureError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A file or archive that cannot be read.
  case archive(ArchiveError)
  /// JSON that is malformed or not as the format demands.
  case json(JSONError)
  /// The content is of no known format.
  case unknownFormat(String)
  /// A folder that lacks a file.
  case incomplete(String)
  /// An `expected.json` of an archive in which they are too many or too large together.
  case tooManyCompanions(String, limit: Int)

  /// One line.
  public var description: String {
    switch self {
    case .archive(let error): error.description
    case .json(let error): error.description
    case .unknownFormat(let path):
      "\(path): the content is of no fixture format that is known; see needletail conform --help"
    case .incomplete(let reason): reason
    case .tooManyCompanions(let path, let limit):
      "\(path): the archive has too many files of this name, or more than \(limit) bytes in them"
    }
  }
}
