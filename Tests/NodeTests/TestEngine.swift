// An execution client for one test, and the consensus client that asks it.

import Chain
import Foundation
import JSON
import Ledger
import Node
import Primitives
import Storage
import Synchronization
import Testing

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// What an execution client told its operator.
final class EngineNews: Sendable {
  let events = Mutex<[EngineEvent]>([])
}

/// An execution client on a small chain, in a folder that goes away with the object.
final class TestEngine {
  typealias Object = [String: Any]

  static let zero = "0x" + String(repeating: "0", count: 64)
  static let secret = [UInt8](repeating: 7, count: 32)

  let folder: String
  let fork: Fork
  let genesisHash: String
  /// What it told its operator.
  let told = EngineNews()
  private var running: ExecutionNode?
  var node: ExecutionNode {
    get throws { try #require(running) }
  }

  private let storeOptions: Store.Options
  private let branchDepth: UInt64
  private let remembersBranches: Bool
  private let rules: ChainRules

  /// With `changesPerFlush`, the database follows the head as soon as so many accounts and slots have changed.
  /// `later` forks begin at these times, the first block at 1000.
  init(
    fork: Fork = .latest, later: [Fork: UInt64] = [:], from copy: TestEngine? = nil,
    changesPerFlush: Int = 4_000_000, branchDepth: UInt64 = 1024, remembersBranches: Bool = true
  ) throws {
    self.remembersBranches = remembersBranches
    self.branchDepth = branchDepth
    var activations = later.mapValues { ChainRules.Activation.timestamp($0) }
    activations[fork] = .block(0)
    rules = ChainRules(chainID: 31_337, activations: activations)
    storeOptions = Store.Options(
      cacheSize: 32 << 20, isSynced: false, flushChangeCount: changesPerFlush)
    folder = NSTemporaryDirectory() + "needletail-engine-\(UUID().uuidString)"
    self.fork = fork
    var chain = DevelopmentGenesis(timestamp: 1000)
    chain.fork = fork
    let genesis = try chain.genesis(TestNode.accounts)
    genesisHash = genesis.hash.hex
    if let copy {
      try FileManager.default.copyItem(atPath: copy.folder, toPath: folder)
    } else {
      try Store.create(
        at: folder, genesis: genesis.header, allocations: genesis.allocations,
        options: storeOptions
      ).close()
    }
    try start()
  }

  deinit {
    try? running?.stop()
    try? FileManager.default.removeItem(atPath: folder)
  }

  func start() throws {
    var options = ExecutionNode.Options()
    (options.service.server.port, options.enginePort, options.secret) = (0, 0, Self.secret)
    (options.threads, options.branchDepth) = (2, branchDepth)
    options.service.hasMetrics = true
    options.journal = folder + "/transactions.journal"
    options.remembersBranches = remembersBranches
    running = try ExecutionNode(
      store: try whenFree { try Store.open(at: folder, options: storeOptions) },
      rules: rules, clientVersion: "needletail/test",
      options: options, onEvent: { [told] event in told.events.withLock { $0.append(event) } })
  }

  /// Ends the node and starts it again on the same store.
  func restart() throws {
    try end()
    try start()
  }

  /// Ends the node.
  func end() throws {
    try node.stop()
    // The folder is free when nobody holds the store.
    running = nil
  }

  /// Lets one of the node's files refuse what is written, as a full disk does, while `body` runs.
  func withFullDisk(_ name: String, _ body: () async throws -> Void) async throws {
    let files = "/proc/self/fd"
    let place = try #require(
      try FileManager.default.contentsOfDirectory(atPath: files).compactMap { Int32($0) }.first {
        let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(files)/\($0)")
        return path == "\(folder)/\(name)"
      })
    let (kept, full) = (dup(place), open("/dev/full", O_RDWR))
    dup2(full, place)
    close(full)
    defer {
      dup2(kept, place)
      close(kept)
    }
    try await body()
  }

  // MARK: - Asking

  /// The answer to a body that is sent with this token.
  func post(
    _ body: [UInt8], token: String?, port: UInt16? = nil
  ) async throws -> (status: Int, text: String) {
    let url = try #require(URL(string: "http://127.0.0.1:\(try port ?? node.enginePort)/"))
    var request = URLRequest(url: url)
    request.httpMethod = "POST"
    request.httpBody = Data(body)
    request.setValue("application/json", forHTTPHeaderField: "Content-Type")
    if let token { request.setValue(token, forHTTPHeaderField: "Authorization") }
    let (data, response) = try await URLSession.shared.data(for: request)
    return (
      (response as? HTTPURLResponse)?.statusCode ?? 0, String(decoding: data, as: UTF8.self)
    )
  }

  /// The figures that it tells everybody: each line's name and labels, and its number.
  func metrics() async throws -> [String: Double] {
    let url = try #require(URL(string: "http://127.0.0.1:\(try node.port)/metrics"))
    let (data, _) = try await URLSession.shared.data(from: url)
    let lines = String(decoding: data, as: UTF8.self).split(separator: "\n")
    return Dictionary(
      lines.filter { $0.first != "#" }.compactMap { line in
        guard let space = line.lastIndex(of: " ") else { return nil }
        return Double(line[line.index(after: space)...]).map { (String(line[..<space]), $0) }
      }, uniquingKeysWith: { first, _ in first })
  }

  /// The status and the members of the page about how it is.
  func health() async throws -> (status: Int?, facts: Object) {
    let url = try #require(URL(string: "http://127.0.0.1:\(try node.port)/health"))
    let (data, response) = try await URLSession.shared.data(from: url)
    return (
      (response as? HTTPURLResponse)?.statusCode,
      try #require(try JSONSerialization.jsonObject(with: data) as? Object)
    )
  }

  static var token: String {
    "Bearer "
      + JSONWebToken.make(secret: secret, issuedAt: UInt64(Date().timeIntervalSince1970))
  }

  /// The answer of a method.
  func ask(_ method: String, _ parameters: [Any] = []) async throws -> Object {
    let request: Object = ["jsonrpc": "2.0", "id": 1, "method": method, "params": parameters]
    let body = Array(try JSONSerialization.data(withJSONObject: request))
    let answer = try await post(body, token: Self.token)
    #expect(answer.status == 200)
    let object = try JSONSerialization.jsonObject(with: Data(answer.text.utf8))
    return try #require(object as? Object)
  }

  /// The code of the error that a method answers; nil where it has a result.
  func errorCode(_ method: String, _ parameters: [Any]) async throws -> Int? {
    (try await ask(method, parameters)["error"] as? Object)?["code"] as? Int
  }

  // MARK: - As a consensus client

  private var payloadVersion: Int {
    switch fork {
    case ..<Fork.shanghai: 1
    case .shanghai: 2
    case .cancun: 3
    default: 4
    }
  }

  private var forkchoiceVersion: Int { min(payloadVersion, 3) }

  /// A payload with what its method wants besides.
  struct Payload {
    var object: Object
    var beaconRoot = TestEngine.zero
    var requests: [String] = []
    var value = "0x0"
    var hash: String { object["blockHash"] as? String ?? "" }
  }

  func parameters(_ payload: Payload) -> [Any] {
    switch payloadVersion {
    case 1, 2: [payload.object]
    case 3: [payload.object, [String](), payload.beaconRoot]
    default: [payload.object, [String](), payload.beaconRoot, payload.requests]
    }
  }

  /// Status and hash of the last block that holds.
  func give(
    _ payload: Payload
  ) async throws -> (status: String, latest: String?, problem: String?) {
    let answer = try await ask("engine_newPayloadV\(payloadVersion)", parameters(payload))
    let result = try #require(answer["result"] as? Object, "\(answer)")
    return (
      result["status"] as? String ?? "", result["latestValidHash"] as? String,
      result["validationError"] as? String
    )
  }

  static func state(_ head: String, safe: String = zero, finalized: String = zero) -> Object {
    ["headBlockHash": head, "safeBlockHash": safe, "finalizedBlockHash": finalized]
  }

  /// Names the head; the answer.
  func choose(
    _ head: String, safe: String = zero, finalized: String = zero, attributes: Object? = nil
  ) async throws -> Object {
    try await ask(
      "engine_forkchoiceUpdatedV\(forkchoiceVersion)",
      [Self.state(head, safe: safe, finalized: finalized), attributes ?? NSNull()])
  }

  /// The status of a head that is named.
  func status(_ head: String, safe: String = zero, finalized: String = zero) async throws -> String
  {
    let answer = try await choose(head, safe: safe, finalized: finalized)
    let status = (answer["result"] as? Object)?["payloadStatus"] as? Object
    return status?["status"] as? String ?? "\(answer)"
  }

  /// What a block is to be; withdrawals and roots where the fork has them.
  func attributes(time: UInt64, payee: UInt8 = 1) -> Object {
    let address = "0x" + String(repeating: "00", count: 19) + String(format: "%02x", payee)
    var attributes: Object = [
      "timestamp": "0x" + String(time, radix: 16), "prevRandao": Self.zero,
      "suggestedFeeRecipient": "0x" + String(repeating: "0", count: 38) + "99",
    ]
    if fork >= .shanghai {
      attributes["withdrawals"] = [
        ["index": "0x0", "validatorIndex": "0x0", "address": address, "amount": "0x1"]
      ]
    }
    if fork >= .cancun { attributes["parentBeaconBlockRoot"] = Self.zero }
    return attributes
  }

  /// A payload that is built behind a block, which becomes the head.
  func build(on parent: String, time: UInt64, payee: UInt8 = 1) async throws -> Payload {
    let answer = try await choose(parent, attributes: attributes(time: time, payee: payee))
    let id = try #require((answer["result"] as? Object)?["payloadId"] as? String, "\(answer)")
    let version = fork >= .osaka ? 5 : payloadVersion
    let built = try #require(
      try await ask("engine_getPayloadV\(version)", [id])["result"] as? Object)
    guard version > 1 else { return Payload(object: built) }
    return Payload(
      object: try #require(built["executionPayload"] as? Object),
      requests: built["executionRequests"] as? [String] ?? [],
      value: built["blockValue"] as? String ?? "")
  }

  /// The hash that a message names.
  static func hash(in message: String?) throws -> String {
    let text = try #require(message)
    let start = try #require(text.range(of: "0x"))
    return String(text[start.lowerBound...].prefix(66))
  }

  /// A payload that is not as it was built, with the hash that it has then.
  func changed(_ payload: Payload, _ change: (inout Object) -> Void) async throws -> Payload {
    var payload = payload
    change(&payload.object)
    payload.object["blockHash"] = try Self.hash(in: try await give(payload).problem)
    return payload
  }

  /// The hash of the block with this tag.
  func block(_ tag: String) async throws -> String? {
    let answer = try await ask("eth_getBlockByNumber", [tag, false])
    return (answer["result"] as? Object)?["hash"] as? String
  }

  /// The balance of an address with this last byte, in hex.
  func balance(_ payee: UInt8) async throws -> String? {
    let address = "0x" + String(repeating: "00", count: 19) + String(format: "%02x", payee)
    return try await ask("eth_getBalance", [address, "latest"])["result"] as? String
  }
}
