// How much work a request may be.

/// How much work a request may be, judged before it is read: by its size, and by the method that it names.
enum RequestWeight: Int, CaseIterable {
  /// It looks a few things up.
  case light
  /// It may take as long as a call may.
  case ordinary
  /// It may take as long as a batch may.
  case large
  /// It may take much memory.
  case heavy

  /// Requests of more bytes are large.
  private static let smallBytes = 4096

  /// Methods that only look a few things up, and that others wait for.
  private static let lightMethods: Set<String> = [
    "eth_accounts", "eth_baseFee", "eth_blobBaseFee", "eth_blockNumber", "eth_chainId",
    "eth_gasPrice", "eth_getBalance", "eth_getCode", "eth_getStorageAt",
    "eth_getTransactionByHash", "eth_getTransactionCount", "eth_getTransactionReceipt",
    "eth_maxPriorityFeePerGas", "eth_sendRawTransaction", "eth_subscribe", "eth_syncing",
    "eth_unsubscribe",
    "net_listening", "net_peerCount", "net_version", "txpool_status", "web3_clientVersion",
  ]

  /// Whether a request that names this method only looks something up. The pending block is made for who asks for it;
  /// nonces are known without.
  private static func isLight(_ method: String, in body: [UInt8]) -> Bool {
    guard lightMethods.contains(method) else { return false }
    return method == "eth_getTransactionCount" || !body.contains(pendingTag)
  }

  private static let pendingTag = Array("pending".utf8)

  /// Methods besides those that trace whose answers, or what they are made of, may be large.
  private static let heavyMethods: Set<String> = [
    "anvil_dumpState", "anvil_loadState", "eth_simulateV1", "hardhat_dumpState",
    "hardhat_loadState", "needletail_blockAccessList", "needletail_blockConflicts",
    "txpool_content", "txpool_inspect",
  ]

  /// Whether a method may take hundreds of megabytes.
  static func isHeavy(_ method: String) -> Bool {
    method.hasPrefix("debug_trace") || heavyMethods.contains(method)
  }

  /// The weight of a request. None that is more work than its weight says gets by: where the method might be
  /// written in another way, or another member taken for it, the request is not light.
  init(of body: [UInt8]) {
    let first = body.first { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }
    let isSmall = body.count <= Self.smallBytes && first != UInt8(ascii: "[")
    // Of a large one the beginning is looked at: all others wait meanwhile.
    let method = first == UInt8(ascii: "[") ? nil : Self.method(in: body.prefix(Self.smallBytes))
    if let method, Self.isHeavy(method) {
      self = .heavy
    } else if isSmall {
      self = method.map { Self.isLight($0, in: body) } == true ? .light : .ordinary
    } else {
      self = .large
    }
  }

  /// The method that a request names, if its bytes say "method" once and hide nothing behind escapes.
  private static func method(in body: ArraySlice<UInt8>) -> String? {
    let key = Array("\"method\"".utf8)
    if body.contains(UInt8(ascii: "\\")) { return nil }
    var rest: ArraySlice<UInt8>?
    var place = body.startIndex
    while let quote = body[place...].firstIndex(of: UInt8(ascii: "\"")) {
      place = quote + 1
      guard body[quote...].starts(with: key) else { continue }
      if rest != nil { return nil }
      place = quote + key.count
      rest = body[place...]
    }
    // The value is the next text, wherever the colon stands.
    guard let rest, let start = rest.firstIndex(of: UInt8(ascii: "\"")) else { return nil }
    return String(decoding: rest[(start + 1)...].prefix { $0 != UInt8(ascii: "\"") }, as: UTF8.self)
  }
}
