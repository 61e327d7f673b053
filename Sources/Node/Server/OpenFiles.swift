// How many files and sockets the system lets a node have open.

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The system's limit of open files, sockets among them.
public enum OpenFiles {
  /// Raises the limit as far as the system lets this process, and says what it is then; nil where there is none.
  public static func raiseLimit() -> Int? {
    var limit = rlimit()
    #if canImport(Glibc)
      let name = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
      let name = RLIMIT_NOFILE
    #endif
    guard getrlimit(name, &limit) == 0 else { return nil }
    if limit.rlim_cur < limit.rlim_max {
      var raised = limit
      raised.rlim_cur = limit.rlim_max
      if setrlimit(name, &raised) == 0 { limit = raised }
    }
    return limit.rlim_cur > UInt64(Int32.max) ? nil : Int(limit.rlim_cur)
  }
}

extension ServerLimits {
  /// The most files that are left to the store, whose database keeps all of its files open.
  private static let reserve = 8192
  /// The least connections, whatever is left to the store then.
  private static let least = 8

  /// How many connections there may be beyond the limit, so that those that make room for others need not be gone
  /// yet.
  var connectionsInReserve: Int { min(64, max(Self.least, connections / 8)) }

  /// Lowers what would take more than this process may have open, with half of that left to the store; whether
  /// anything was.
  public mutating func fit(in openFiles: Int) -> Bool {
    let available = openFiles - min(openFiles / 2, Self.reserve)
    // Those to the unix socket have an eighth, as many are spare, and so many may be a consensus client's.
    let part = max(Self.least, available / 8)
    let fitting = max(Self.least, available - 3 * part)
    let before = (connections, webSockets, localSockets)
    localSockets = min(localSockets, part)
    connections = min(connections, fitting)
    webSockets = min(webSockets, fitting)
    return before != (connections, webSockets, localSockets)
  }

  /// The limits for a consensus client, who needs few connections.
  func forConsensusClient(bodyBytes: Int) -> ServerLimits {
    var limits = ServerLimits()
    limits.bodyBytes = bodyBytes
    limits.connections = min(256, max(Self.least, connections / 8))
    return limits
  }
}
