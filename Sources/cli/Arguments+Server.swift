// Options about how a node is asked.

internal import Node

extension Option {
  /// Where a node listens, whom it answers, and what it allows them.
  static let server: [Option] = [
    .value("--host", "ADDRESS", "address to listen on (127.0.0.1); 0.0.0.0 or :: is all networks"),
    .value("--port", "N", "port for HTTP and WebSockets; 0 lets the system choose (8545)"),
    .value("--ipc", "PATH", "answer on a unix socket, too"),
    .value("--cors-origin", "LIST", "origins whose web pages may ask, or * (none)"),
    .value("--vhosts", "LIST", "names under which it may be asked, or * (localhost)"),
    .flag("--metrics", "figures for Prometheus at /metrics"),
    .value("--health-age", "SECONDS", "an older head makes /health answer 503 (never)"),
    .value("--rpc.gascap", "N", "gas that a call may have; 0 for any (50000000)"),
    .value("--rpc.evmtimeout", "SECONDS", "how long a call may take; 0 for ever (5)"),
    .value("--rpc.txsync.defaulttimeout", "SECONDS", "how long a call waits for its receipt (20)"),
    .value("--rpc.txsync.maxtimeout", "SECONDS", "and at most, if it asks for more (60)"),
    .value("--max-waiting-calls", "N", "calls that wait at a time (64)"),
    .value("--rpc.batch-request-limit", "N", "requests of a batch (1000)"),
    .value("--rpc.batch-response-max-size", "BYTES", "answer to a batch (26214400)"),
    .value("--rpc.threads", "N", "threads that answer (4)"),
    .value("--rpc.max-threads", "N", "threads while those are busy for long and others wait (64)"),
    .value("--max-body", "BYTES", "a request (5242880)"),
    .value("--max-connections", "N", "connections at a time (4096)"),
    .value("--max-connections-per-address", "N", "connections from one address (2048)"),
    .value("--max-websockets", "N", "WebSockets at a time (1024)"),
    .value("--request-timeout", "SECONDS", "how long a request may take to come in (30)"),
    .value("--idle-timeout", "SECONDS", "how long a connection may be idle (120)"),
    .value("--filter-timeout", "SECONDS", "how long a filter lives that nobody asks (300)"),
    .value("--max-filters", "N", "filters at a time (1000)"),
    .value("--max-subscriptions", "N", "subscriptions of one client (1000)"),
  ].titled("how it is asked")

  /// What a node says while it runs.
  static let log: [Option] = [
    .value("--log-level", "LEVEL", "error, warn, info or debug (info)"),
    .value("--log-format", "FORMAT", "text or json (text)"),
  ].titled("what it says")
}

extension ServiceOptions {
  /// What the arguments say.
  init(_ arguments: Arguments) throws(UsageError) {
    self.init()
    let counts = 1...1 << 20
    let seconds = 1...1 << 20
    let sizes = 1024...1 << 30
    server.host = arguments.host("--host") ?? server.host
    server.port = UInt16(try arguments.integer("--port", in: 0...65_535) ?? 8545)
    server.socketPath = arguments.string("--ipc")
    if let origins = arguments.list("--cors-origin") { server.access.origins = origins }
    if let hosts = arguments.list("--vhosts") { server.access.hosts = hosts }
    try arguments.set("--rpc.threads", in: 1...1024, &server.limits.threads)
    try arguments.set("--rpc.max-threads", in: 1...1024, &server.limits.mostThreads)
    if let size = try arguments.size("--max-body", in: sizes) { server.limits.bodyBytes = size }
    requests.requestBytes = server.limits.bodyBytes
    try arguments.set("--max-connections", in: counts, &server.limits.connections)
    try arguments.set(
      "--max-connections-per-address", in: counts, &server.limits.connectionsPerAddress)
    try arguments.set("--max-websockets", in: counts, &server.limits.webSockets)
    try arguments.set("--request-timeout", in: seconds, &server.limits.requestSeconds)
    try arguments.set("--idle-timeout", in: seconds, &server.limits.idleSeconds)
    try arguments.set("--rpc.batch-request-limit", in: counts, &requests.batchCount)
    if let size = try arguments.size("--rpc.batch-response-max-size", in: sizes) {
      requests.answerBytes = size
    }
    try arguments.set("--filter-timeout", in: seconds, &events.filterSeconds)
    try arguments.set("--max-filters", in: counts, &events.filters)
    try arguments.set("--max-subscriptions", in: counts, &events.subscriptionsPerClient)
    if let gas = try arguments.integer("--rpc.gascap", in: 0...1 << 50) { calls.gas = UInt64(gas) }
    if let timeout = try arguments.integer("--rpc.evmtimeout", in: 0...86_400) {
      calls.time = .seconds(timeout)
    }
    try arguments.set("--rpc.txsync.defaulttimeout", in: seconds, &waits.standardSeconds)
    try arguments.set("--rpc.txsync.maxtimeout", in: seconds, &waits.longestSeconds)
    try arguments.set("--max-waiting-calls", in: 1...1024, &waits.calls)
    hasMetrics = arguments.has("--metrics")
    healthAgeLimit = try arguments.integer("--health-age", in: seconds)
  }
}

extension ServerLimits {
  /// Lets the process have as many files open as the system allows, and lowers what would take more.
  mutating func fit(_ log: NodeLog) {
    guard let files = OpenFiles.raiseLimit(), fit(in: files) else { return }
    log.warn(
      "Fewer connections than asked for: the system allows few open files (ulimit -n)",
      [
        "files": .init(files), "connections": .init(connections), "websockets": .init(webSockets),
        "local": .init(localSockets),
      ])
  }
}

extension Arguments {
  /// The numeric address that an option names, also as web addresses have it, or as this machine's name.
  func host(_ name: String) -> String? {
    guard let text = string(name) else { return nil }
    if text.lowercased() == "localhost" { return "127.0.0.1" }
    guard text.hasPrefix("["), text.hasSuffix("]") else { return text }
    return String(text.dropFirst().dropLast())
  }

  /// The parts of a value between commas.
  func list(_ name: String) -> [String]? {
    string(name).map { value in
      value.split(separator: ",").map { $0.trimming(while: \.isWhitespace) }
    }
  }

  /// Sets a limit where the option is given.
  fileprivate func set(
    _ name: String, in range: ClosedRange<Int>, _ limit: inout Int
  ) throws(UsageError) {
    if let value = try integer(name, in: range) { limit = value }
  }

  /// The words that accounts are derived from.
  func mnemonic() throws(UsageError) -> String? {
    guard let text = string("--mnemonic") else { return nil }
    do throws(NodeError) {
      return try Mnemonic(text).text
    } catch {
      throw UsageError(message: "--mnemonic: \(error.description)")
    }
  }

  /// How a node says what happens.
  func voice() throws(UsageError) -> NodeVoice {
    let name = string("--log-level") ?? "info"
    guard let level = NodeLog.Level(name) else {
      throw UsageError(
        message: "--log-level is error, warn, info or debug, not \"\(name)\"")
    }
    let formatName = string("--log-format") ?? "text"
    guard let format = NodeLog.Format(rawValue: formatName) else {
      throw UsageError(message: "--log-format is text or json, not \"\(formatName)\"")
    }
    return NodeVoice(level: level, format: format)
  }
}

extension Substring {
  /// What is between the characters of a kind at both ends.
  fileprivate func trimming(while isLeftOut: (Character) -> Bool) -> String {
    String(drop(while: isLeftOut).reversed().drop(while: isLeftOut).reversed())
  }
}
