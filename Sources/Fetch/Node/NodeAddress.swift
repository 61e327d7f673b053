// Where a node answers, and what is sent along.

/// The URL of a node and the header lines that every request carries.
public struct NodeAddress: Sendable, Equatable {
  /// The whole URL, which may hold a key.
  let url: String
  /// The header lines, `Name: value`.
  let headers: [String]
  /// The URL without user, password, path and query, where keys may stand: for messages.
  public let name: String

  /// The address of a node. Nil for anything but a URL of http or https with a host, and for header
  /// lines that are no `Name: value`.
  public init?(url: String, headers: [String] = []) {
    guard let scheme = ["http://", "https://"].first(where: { url.lowercased().hasPrefix($0) }),
      url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f }), headers.allSatisfy(Self.isHeader)
    else { return nil }
    let rest = url.dropFirst(scheme.count)
    let authority = rest.prefix { !"/?#".contains($0) }
    let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
    guard !host.isEmpty, !host.hasPrefix(":") else { return nil }
    let hidden = rest.dropFirst(authority.count)
    name = scheme + host + (hidden.isEmpty || hidden == "/" ? "" : "/…")
    self.url = url
    self.headers = headers
  }

  /// Whether a line can be sent as a header: a name, a colon, a value, and no control character.
  public static func isHeader(_ line: String) -> Bool {
    guard let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) else { return false }
    let name = line.utf8[..<colon]
    let isName = !name.isEmpty && name.allSatisfy { $0 > 0x20 && $0 < 0x7f }
    let isEmpty = line.utf8[colon...].dropFirst().allSatisfy { $0 == 0x20 }
    return isName && !isEmpty && line.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f }
  }
}
