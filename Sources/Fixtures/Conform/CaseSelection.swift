// Which cases to run.

public import Ledger

/// Which cases of the files to run.
public struct CaseSelection: Sendable {
  /// Only cases whose file path or name contains this text.
  public var filter: String?
  /// Only cases of this fork. Cases that know no fork are left aside.
  public var fork: Fork?

  /// By default, all cases.
  public init(filter: String? = nil, fork: Fork? = nil) {
    self.filter = filter
    self.fork = fork
  }

  /// Whether the case `name` of the file `path` is wanted.
  public func includes(_ name: String, path: String) -> Bool {
    guard let filter else { return true }
    return name.contains(filter) || path.contains(filter)
  }

  /// Whether cases of `fork` are wanted.
  public func includes(_ fork: Fork?) -> Bool { self.fork == nil || self.fork == fork }
}
