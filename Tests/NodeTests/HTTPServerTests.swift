// HTTP as browsers, monitors and attackers speak it.

import Foundation
import JSON
@testable import Node
import Primitives
import Testing

@Suite(.serialized) struct HTTPServerTests {
  private let chainID = "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x7a69\"}"

  /// The answer to a request, of which the server closes the connection.
  private func answer(
    _ node: TestNode, _ method: String, _ path: String = "/", _ headers: String = "",
    host: String = "localhost", body: String? = nil
  ) throws -> (status: String, head: String, body: String) {
    let socket = try TestSocket(port: try node.node.port)
    var request = "\(method) \(path) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\(headers)"
    if let body { request += "Content-Length: \(body.utf8.count)\r\n" }
    socket.send(request + "\r\n" + (body ?? ""))
    let text = try socket.readToEnd()
    let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
    let head = String(parts.first ?? "")
    return (
      head.split(separator: " ").dropFirst().first.map { String($0) } ?? "", head,
      parts.count > 1 ? String(parts[1]) : ""
    )
  }

  private var request: String { TestWebSocket.request("eth_chainId") }
  private let json = "Content-Type: application/json\r\n"

  @Test func onlyJSONIsTakenAsGethDoes() throws {
    let node = try TestNode()
    for type in ["application/json", "application/json; charset=utf-8", "Application/JSON-RPC"] {
      #expect(
        try answer(node, "POST", "/", "Content-Type: \(type)\r\n", body: request).body == chainID)
    }
    for type in ["text/plain", "application/x-www-form-urlencoded", "", "application/jsonx"] {
      let refused = try answer(node, "POST", "/", "Content-Type: \(type)\r\n", body: request)
      #expect(refused.status == "415")
      #expect(refused.body == "invalid content type, only application/json is supported\n")
    }
    #expect(
      try answer(node, "POST", "/", json + "Content-Encoding: gzip\r\n", body: request).status
        == "415")
    #expect(try answer(node, "PUT", "/", json, body: request).status == "405")
    #expect(try answer(node, "DELETE").status == "405")
    #expect(try answer(node, "GET").status == "200")
    #expect(try answer(node, "HEAD").status == "200")
    #expect(try answer(node, "GET", "/somewhere").status == "404")
    try node.node.stop()
  }

  @Test func pagesOfOthersAreKeptAway() throws {
    let node = try TestNode()
    for host in [
      "evil.example", "localhost.evil.example:8545", "127.0.0.1.evil.example",
      "[::1].evil.example", "localhost:evil.example", "localhost:1:2",
    ] {
      let refused = try answer(node, "POST", "/", json, host: host, body: request)
      #expect(refused.status == "403", "\(host)")
      #expect(refused.body == "invalid host specified\n")
    }
    for host in ["localhost:1", "LOCALHOST", "127.0.0.1:8545", "[::1]:8545", "10.0.0.1"] {
      #expect(try answer(node, "POST", "/", json, host: host, body: request).body == chainID)
    }
    let page = "Origin: https://app.example\r\n"
    #expect(
      !(try answer(node, "POST", "/", json + page, body: request).head
        .contains("Access-Control")))
    let asked = page + "Access-Control-Request-Method: POST\r\n"
    #expect(!(try answer(node, "OPTIONS", "/", asked).head.contains("Access-Control")))
    try node.node.stop()
  }

  @Test func pagesThatAreNamedMayAsk() throws {
    let node = try TestNode {
      $0.service.server.access.origins = ["https://app.example"]
      $0.service.server.access.hosts = ["node.example"]
    }
    let page = "Origin: https://app.example\r\n"
    let answered = try answer(
      node, "POST", "/", json + page, host: "node.example", body: request)
    #expect(answered.body == chainID)
    #expect(answered.head.contains("Access-Control-Allow-Origin: https://app.example"))
    let asked =
      "Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: content-type\r\n"
    let preflight = try answer(node, "OPTIONS", "/", page + asked, host: "node.example")
    #expect(preflight.status == "204")
    #expect(preflight.head.contains("Access-Control-Allow-Methods: GET, POST"))
    #expect(preflight.head.contains("Access-Control-Allow-Headers: content-type"))
    let other = try answer(
      node, "OPTIONS", "/", "Origin: https://evil.example\r\n" + asked, host: "node.example")
    #expect(!other.head.contains("Access-Control"))
    #expect(try answer(node, "GET", host: "localhost").status == "403")
    try node.node.stop()

    let open = try TestNode { $0.service.server.access.origins = ["*"] }
    #expect(
      try answer(open, "POST", "/", json + page, body: request).head
        .contains("Access-Control-Allow-Origin: *"))
    try open.node.stop()
  }

  @Test func largeAnswersAreCompressedForThoseWhoTakeThat() throws {
    let node = try TestNode()
    let batch = "[" + [String](repeating: request, count: 100).joined(separator: ",") + "]"
    let accept = "Accept-Encoding: deflate, gzip;q=0.5\r\n"
    #expect(
      try answer(node, "POST", "/", json + accept, body: batch).head
        .contains("Content-Encoding: gzip"))
    #expect(
      !(try answer(node, "POST", "/", json + accept, body: request).head
        .contains("Content-Encoding")))
    #expect(
      !(try answer(node, "POST", "/", json + "Accept-Encoding: gzip;q=0, br\r\n", body: batch).head
        .contains("Content-Encoding")))
    #expect(!(try answer(node, "POST", "/", json, body: batch).head.contains("Content-Encoding")))
    try node.node.stop()
  }

  @Test func whoSendsTooMuchIsToldSo() throws {
    let node = try TestNode { $0.service.server.limits.bodyBytes = 1000 }
    let body = String(repeating: " ", count: 1001)
    let refused = try answer(node, "POST", "/", json, body: body)
    #expect(refused.status == "413")
    #expect(refused.body == "content length too large (1001>1000)\n")
    let chunk = "3e9\r\n\(body)\r\n0\r\n\r\n"
    let socket = try TestSocket(port: try node.node.port)
    socket.send(
      "POST / HTTP/1.1\r\nHost: localhost\r\n\(json)Connection: close\r\n"
        + "Transfer-Encoding: chunked\r\n\r\n\(chunk)")
    #expect(try socket.readToEnd().hasPrefix("HTTP/1.1 413 "))
    // Announced only: nobody waits for it.
    let announced = try TestSocket(port: try node.node.port)
    announced.send(
      "POST / HTTP/1.1\r\nHost: localhost\r\n\(json)Content-Length: 99999999999\r\n\r\n")
    #expect(try announced.read(through: "\r\n").hasPrefix("HTTP/1.1 413 "))
    // Much at once of many is bounded, too; what is small always gets in.
    let small = try TestNode { $0.service.server.limits.incomingBytesInAll = 100 }
    let large = String(repeating: " ", count: 20_000)
    #expect(try answer(small, "POST", "/", json, body: large).status == "503")
    #expect(try answer(small, "POST", "/", json, body: request).body == chainID)
    try small.node.stop()
    try node.node.stop()
  }

  @Test func badJSONIsAnsweredHoweverDeepOrBroken() throws {
    let node = try TestNode()
    for body in [
      String(repeating: "[", count: 100_000),
      String(repeating: "{\"a\":", count: 50_000), "\u{0}", "nul", "[1,2", "\"\\ud800\"",
    ] {
      let answered = try answer(node, "POST", "/", json, body: body)
      #expect(answered.status == "200")
      #expect(answered.body.contains("-32700"), "\(body.prefix(9))")
    }
    let socket = try TestSocket(port: try node.node.port)
    let text = Array(
      "POST / HTTP/1.1\r\nHost: localhost\r\n\(json)Content-Length: 4\r\n\r\n\"".utf8)
    socket.send(text + [0xff, 0xfe, 0x22])
    #expect(try socket.read(through: "}").contains("-32700"))
    let many = "[" + [String](repeating: "1", count: 1001).joined(separator: ",") + "]"
    #expect(try answer(node, "POST", "/", json, body: many).body.contains("batch too large"))
    try node.node.stop()
  }

  @Test func whoDribblesOrSaysNothingIsClosed() throws {
    let node = try TestNode {
      $0.service.server.limits.requestSeconds = 1
      $0.service.server.limits.idleSeconds = 1
    }
    let port = try node.node.port
    let silent = try TestSocket(port: port)
    let slow = try TestSocket(port: port)
    let creeping = try TestSocket(port: port)
    for client in [slow, creeping] {
      client.send("POST / HTTP/1.1\r\nHost: localhost\r\n\(json)Content-Length: 9999\r\n\r\n")
    }
    let dribbling = try TestSocket(port: port)
    let idle = try TestSocket(port: port)
    idle.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    #expect(try idle.read(through: "\r\n\r\n").hasPrefix("HTTP/1.1 200 "))
    // As long as bytes come in: what counts is the whole.
    let start = ContinuousClock.now
    for byte in "GET / HTTP/1.1\r\nX-Never: ending" + String(repeating: "x", count: 2000) {
      let areOpen = [creeping.send(" "), dribbling.send(String(byte))]
      if areOpen == [false, false] { break }
      usleep(10_000)
    }
    #expect(ContinuousClock.now - start < .seconds(5))
    #expect(try slow.readToEnd().hasPrefix("HTTP/1.1 408 "))
    #expect(try silent.readToEnd().isEmpty)
    #expect(try idle.readToEnd().isEmpty)
    #expect(try answer(node, "POST", "/", json, body: request).body == chainID)
    try node.node.stop()
  }

  @Test func largeAnswersThatNobodyTakesMakeRoomForThoseThatSomebodyDoes() throws {
    let node = try TestNode { $0.service.server.limits.outgoingBytesInAll = 20 << 20 }
    // PUSH3 4000000, PUSH0, RETURN: more than the system keeps for a client.
    let to = TestNode.accounts[0].address.hex
    let call = TestWebSocket.request(
      "eth_call", "[{\"to\":\"\(to)\"},\"latest\",{\"\(to)\":{\"code\":\"0x623d09005ff3\"}}]")
    let size = 8_000_000
    let deaf = try (0..<2).map { _ in
      let socket = try TestSocket(port: try node.node.port, receiveBuffer: 4096)
      socket.send(
        "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\(json)"
          + "Content-Length: \(call.utf8.count)\r\n\r\n\(call)")
      #expect(try socket.read(through: "\r\n\r\n").hasPrefix("HTTP/1.1 200 "))
      return socket
    }
    // As soon as those have taken too long, who came first is closed.
    while try answer(node, "POST", "/", json, body: call).body.utf8.count < size {}
    #expect(try deaf[0].readToEnd().utf8.count < size)
    #expect(try deaf[1].readToEnd().utf8.count > size)
    try node.node.stop()
  }

  @Test(arguments: [false, true])
  func idleConnectionsMakeRoomForThoseThatAsk(_ areOfOneAddress: Bool) throws {
    let node = try TestNode {
      if areOfOneAddress {
        $0.service.server.limits.connectionsPerAddress = 8
      } else {
        $0.service.server.limits.connections = 8
      }
    }
    var idle: [TestSocket] = []
    for round in 0..<60 {
      idle.append(try TestSocket(port: try node.node.port))
      if round % 2 == 0 {
        idle.last?.send("POST / HTTP/1.1\r\nHost: localhost\r\n\(json)Content-Length: 9\r\n\r\n")
      }
      if round % 10 == 9 {
        #expect(try answer(node, "POST", "/", json, body: request).body == chainID)
      }
    }
    withExtendedLifetime(idle) {}
    try node.node.stop()
  }

  @Test func monitorsSeeHowTheNodeIs() async throws {
    let node = try TestNode { $0.service.hasMetrics = true }
    _ = try await node.result("evm_mine")
    let health = try answer(node, "GET", "/health")
    #expect(health.status == "200")
    let facts = try JSONDocument(parsing: Array(health.body.utf8), source: "health").root
    #expect(try facts.field("ok").boolean == true)
    #expect(try facts.field("head").wholeNumber == 1)
    _ = try await node.ask("eth_nothing\\u0022")
    _ = try await node.ask("eth_getBalance")
    let metrics = try answer(node, "GET", "/metrics")
    #expect(metrics.head.contains("Content-Type: text/plain; version=0.0.4"))
    for line in [
      "chain_head_block 1", "chain_inserts 1", "rpc_requests{method=\"evm_mine\"} 1",
      "rpc_requests{method=\"unknown\"} 1", "rpc_failure{method=\"eth_getBalance\"} 1",
      "rpc_duration_seconds_count{method=\"evm_mine\"} 1", "txpool_pending 0",
      "# TYPE rpc_duration_seconds histogram", "rpc_filters 0",
    ] { #expect(metrics.body.contains(line + "\n"), "\(line)") }
    try node.node.stop()
    let old = try TestNode { $0.service.healthAgeLimit = 60 }
    #expect(try answer(old, "GET", "/health").status == "503")
    #expect(try answer(old, "GET", "/metrics").status == "404")
    try old.node.stop()
  }

  @Test func theDashboardShowsOnlyWhatThereIs() async throws {
    let node = try TestNode { $0.service.hasMetrics = true }
    _ = try await node.result("evm_mine")
    let names = Set(
      try answer(node, "GET", "/metrics").body.split(separator: "\n").filter { $0.first != "#" }
        .compactMap { $0.split(whereSeparator: { $0 == "{" || $0 == " " }).first.map(String.init) })
    try node.node.stop()
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let text = try Data(contentsOf: root.appending(path: "Dashboards/needletail.json"))
    let dashboard = try JSONDocument(parsing: Array(text), source: "dashboard").root
    var shown = 0
    for panel in try dashboard.field("panels").elements() {
      guard let targets = try panel.optionalField("targets") else { continue }
      for target in try targets.elements() {
        let expression = try target.field("expr").string()
        let words = expression.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init)
        let used = words.filter { word in
          ["chain_", "rpc_", "txpool_", "store_", "process_"].contains { word.hasPrefix($0) }
        }
        #expect(!used.isEmpty, "\(expression)")
        for name in used { #expect(names.contains(name), "\(name)") }
        shown += 1
      }
    }
    #expect(shown > 15)
  }

  @Test func aRequestOfTwoLengthsIsRefusedAndTheConnectionClosed() throws {
    let node = try TestNode()
    let start = "POST / HTTP/1.1\r\nHost: localhost\r\n\(json)"
    let hidden = "GET /hidden HTTP/1.1\r\nHost: localhost\r\n\r\n"
    for (lengths, body) in [
      ("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
      ("Content-Length: 0\r\nContent-Length: \(hidden.utf8.count)\r\n", ""),
      ("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"),
      ("Transfer-Encoding : chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"),
      ("Transfer-Encoding: chunked\r\n X: y\r\nContent-Length: 5\r\n", "0\r\n\r\n"),
      ("Host: evil.example\r\nContent-Length: 0\r\n", ""),
    ] {
      let socket = try TestSocket(port: try node.node.port)
      socket.send(start + lengths + "\r\n" + body + hidden)
      let text = try socket.readToEnd()
      #expect(text.hasPrefix("HTTP/1.1 400 "), "\(lengths)")
      #expect(text.components(separatedBy: "HTTP/1.1").count == 2)
    }
    try node.node.stop()
  }

  @Test func answersThatNobodyReceivesAreBounded() throws {
    let node = try TestNode {
      $0.service.server.limits.outgoingBytesInAll = 24 << 20
      $0.service.server.limits.compressedBytes = .max
    }
    let batch = "[" + [String](repeating: request, count: 900).joined(separator: ",") + "]"
    // Ids that come back make answers large.
    let id = String(repeating: "x", count: 4 << 20)
    let large = "{\"jsonrpc\":\"2.0\",\"id\":\"\(id)\",\"method\":\"eth_chainId\"}"
    let text =
      "POST / HTTP/1.1\r\nHost: localhost\r\n\(json)Content-Length: \(large.utf8.count)\r\n\r\n"
    var deaf: [TestSocket] = []
    for _ in 0..<8 {
      let socket = try TestSocket(port: try node.node.port, receiveBuffer: 4096)
      socket.send(text + large)
      deaf.append(socket)
    }
    var isFull = false
    for _ in 0..<500 where !isFull {
      let status = try answer(node, "POST", "/", json, body: batch).status
      isFull = status == "503"
      // Small ones go on, or are told why not.
      #expect(["200", "503"].contains(status))
      let last = try TestSocket(port: try node.node.port)
      last.send(text + large)
      let line = try last.read(through: "\r\n")
      isFull = isFull || line.hasPrefix("HTTP/1.1 503 ")
    }
    #expect(isFull)
    deaf.removeAll()
    var isFree = false
    for _ in 0..<500 where !isFree {
      isFree = try answer(node, "POST", "/", json, body: batch).status == "200"
    }
    #expect(isFree)
    try node.node.stop()
  }

  @Test func theNextRequestHasNoMoreTimeThanTheFirst() throws {
    let node = try TestNode {
      $0.service.server.limits.requestSeconds = 1
      $0.service.server.limits.idleSeconds = 60
    }
    let socket = try TestSocket(port: try node.node.port)
    socket.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    #expect(try socket.read(through: "\r\n\r\n").hasPrefix("HTTP/1.1 200 "))
    // Nothing for longer than a request may take: the connection is idle, and stays.
    usleep(1_500_000)
    let start = ContinuousClock.now
    for byte in "GET / HTTP/1.1\r\nX-Never: ending" + String(repeating: "x", count: 2000) {
      if !socket.send(String(byte)) { break }
      usleep(10_000)
    }
    #expect(ContinuousClock.now - start > .milliseconds(500))
    #expect(ContinuousClock.now - start < .seconds(5))
    try node.node.stop()
  }
}
