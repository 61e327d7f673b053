// WebSockets, as libraries and as attackers use them.

import Foundation
import Node
import Testing

@Suite(.serialized) struct WebSocketTests {
  private let chainID = "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x7a69\"}"

  @Test func requestsAreAnsweredInTextAndBytesWholeAndInFragments() throws {
    let node = try TestNode()
    let client = try TestWebSocket(port: try node.node.port)
    #expect(try client.ask("eth_chainId") == chainID)
    let request = Array(TestWebSocket.request("eth_chainId").utf8)
    client.send(request, opcode: 2)
    #expect(try client.read() == chainID)
    client.send(Array(request[..<7]), isLast: false)
    // A control frame may stand between fragments.
    client.send(Array("hello".utf8), opcode: 9)
    client.send(Array(request[7..<20]), opcode: 0, isLast: false)
    client.send(Array(request[20...]), opcode: 0)
    let pong = try client.readFrame()
    #expect(pong.opcode == 10)
    #expect(pong.payload == Array("hello".utf8))
    #expect(try client.read() == chainID)
    client.send("[\(TestWebSocket.request("eth_chainId")),1]")
    #expect(try client.read().hasPrefix("[\(chainID),{"))
    client.send("{")
    #expect(try client.read().contains("-32700"))
    try node.node.stop()
  }

  @Test func requestsBehindTheHandshakeAreNotLost() throws {
    let node = try TestNode()
    let socket = try TestSocket(port: try node.node.port)
    let frame: [UInt8] = [0x89, 0x80, 0, 0, 0, 0]
    socket.send(Array(TestWebSocket.handshake().utf8) + frame)
    _ = try socket.read(through: "\r\n\r\n")
    #expect(try socket.read(exactly: 2) == [0x8a, 0])
    try node.node.stop()
  }

  @Test func aClientThatEndsIsToldSoAndClosed() throws {
    let node = try TestNode()
    let client = try TestWebSocket(port: try node.node.port)
    client.send([0x03, 0xe8], opcode: 8)
    #expect(try client.readEnd() == 1000)
    #expect(try client.socket.read().isEmpty)
    try node.node.stop()
  }

  @Test func whatTheProtocolForbidsEndsTheConnectionWithItsCode() throws {
    let node = try TestNode { $0.service.server.limits.bodyBytes = 1000 }
    let offences: [(code: Int, send: (TestWebSocket) -> Void)] = [
      (1002, { $0.send(Array("{}".utf8), isMasked: false) }),
      (1002, { $0.send(Array("{}".utf8), opcode: 0) }),
      (1002, { $0.send(Array("{}".utf8), opcode: 3) }),
      (1002, { $0.socket.send([0xf1, 0x80, 0, 0, 0, 0]) }),
      (1002, { $0.send([0, 0], opcode: 8) }),
      (1007, { $0.send([0x22, 0xff, 0xfe, 0x22]) }),
      (1007, { $0.send([0xed, 0xa0, 0x80]) }),
      (1009, { $0.send([UInt8](repeating: 0x20, count: 1001)) }),
      (
        1009,
        { $0.socket.send([0x81, 0xff, 0x7f, 255, 255, 255, 255, 255, 255, 255, 1, 2, 3, 4, 9]) }
      ),
    ]
    for (index, offence) in offences.enumerated() {
      let client = try TestWebSocket(port: try node.node.port)
      offence.send(client)
      #expect(try client.readEnd() == offence.code, "offence \(index)")
    }
    #expect(try TestWebSocket(port: try node.node.port).ask("eth_chainId") == chainID)
    try node.node.stop()
  }

  @Test func handshakesThatAreNoneAreRefused() throws {
    let node = try TestNode { $0.service.server.limits.webSockets = 1 }
    func status(_ request: String) throws -> String {
      let socket = try TestSocket(port: try node.node.port)
      socket.send(request)
      return try socket.read(through: "\r\n").split(separator: " ").dropFirst().first.map {
        String($0)
      } ?? ""
    }
    #expect(try status(TestWebSocket.handshake(version: 8)) == "426")
    #expect(try status(TestWebSocket.handshake("Origin: http://evil.example\r\n")) == "403")
    #expect(try status(TestWebSocket.handshake("Origin: null\r\n")) == "403")
    let badKey = TestWebSocket.handshake().replacing("dGhlIHNhbXBsZSBub25jZQ==", with: "dGhl")
    #expect(try status(badKey) == "400")
    let rebound = TestWebSocket.handshake().replacing("localhost", with: "evil.example")
    #expect(try status(rebound) == "403")
    let first = try TestWebSocket(
      port: try node.node.port, "Origin: http://localhost:3000\r\n")
    #expect(try first.ask("eth_chainId") == chainID)
    // One more than may be open.
    #expect(try status(TestWebSocket.handshake()) == "503")
    #expect(try first.ask("eth_chainId") == chainID)
    try node.node.stop()
  }

  @Test func whoNeverReadsLosesTheConnectionAndHoldsUpNobody() throws {
    let node = try TestNode {
      $0.service.server.limits.outgoingBytes = 1 << 16
      $0.service.server.limits.stallSeconds = 1
    }
    let port = try node.node.port
    let deaf = try TestWebSocket(port: port, receiveBuffer: 4096)
    let request = Array(
      ("["
        + [String](repeating: TestWebSocket.request("web3_clientVersion"), count: 500)
        .joined(separator: ",") + "]").utf8)
    var isOpen = true
    var count = 0
    while isOpen && count < 10_000 {
      isOpen = deaf.send(request)
      count += 1
      if count % 10 == 0 {
        #expect(try TestWebSocket(port: port).ask("eth_chainId") == chainID)
      }
    }
    #expect(!isOpen)
    #expect(try TestWebSocket(port: port).ask("eth_chainId") == chainID)
    try node.node.stop()
  }

  @Test func silentClientsAreAskedAndThoseThatDoNotAnswerAreClosed() throws {
    let node = try TestNode {
      $0.service.server.limits.pingSeconds = 0
      $0.service.server.limits.pongSeconds = 1
    }
    let client = try TestWebSocket(port: try node.node.port)
    #expect(try client.readFrame().opcode == 9)
    #expect(throws: TestFailure.self) { while true { _ = try client.readFrame() } }
    try node.node.stop()
  }

  @Test func aNodeThatStopsSaysSo() throws {
    let node = try TestNode()
    let client = try TestWebSocket(port: try node.node.port)
    #expect(try client.ask("eth_chainId") == chainID)
    try node.node.stop()
    #expect(try client.readEnd() == 1001)
  }

  @Test func pingsOfWhoNeverReadsAreNotTakenWithoutEnd() throws {
    let node = try TestNode()
    let deaf = try TestWebSocket(port: try node.node.port, receiveBuffer: 4096)
    // Longer than the system keeps: the node must stop reading, so that sending does not go on for ever.
    var limit = timeval(tv_sec: 0, tv_usec: 300_000)
    setsockopt(
      deaf.socket.socket, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    let ping: [UInt8] = [0x89, 0x80 | 100, 0, 0, 0, 0] + [UInt8](repeating: 7, count: 100)
    let pings = [UInt8]((0..<1000).flatMap { _ in ping })
    var sent = 0
    while sent < 64 << 20, deaf.socket.send(pings) { sent += pings.count }
    #expect(sent < 64 << 20)
    #expect(try TestWebSocket(port: try node.node.port).ask("eth_chainId") == chainID)
    try node.node.stop()
  }

  @Test func pingsAreNoPartOfAMessage() throws {
    let node = try TestNode { $0.service.server.limits.requestSeconds = 1 }
    let client = try TestWebSocket(port: try node.node.port)
    let start = ContinuousClock.now
    // As libraries do, though here more often, for longer than a message may take.
    while ContinuousClock.now - start < .milliseconds(2500) {
      client.send([1, 2, 3, 4], opcode: 9)
      #expect(try client.readFrame().opcode == 10)
      usleep(100_000)
    }
    #expect(try client.ask("eth_chainId") == chainID)
    // What is a message has no more time for it.
    client.send(Array("{".utf8), isLast: false)
    #expect(try client.readEnd() == 1008)
    try node.node.stop()
  }

  @Test func eachMessageHasItsOwnTime() throws {
    let node = try TestNode { $0.service.server.limits.requestSeconds = 1 }
    let client = try TestWebSocket(port: try node.node.port)
    let request = Array(TestWebSocket.request("eth_chainId").utf8)
    func frame(_ bytes: [UInt8], _ first: UInt8) -> [UInt8] {
      [first, 0x80 | UInt8(bytes.count), 0, 0, 0, 0] + bytes
    }
    let (head, tail) = (frame(Array(request[..<9]), 0x01), frame(Array(request[9...]), 0x80))
    client.socket.send(head)
    let start = ContinuousClock.now
    // Whenever a message ends, the next has begun.
    while ContinuousClock.now - start < .milliseconds(2500) {
      usleep(100_000)
      client.socket.send(tail + head)
      #expect(try client.read() == chainID)
    }
    try node.node.stop()
  }

  @Test func whatTheNodeDoesNotReadIsNotHeldAgainstTheClient() throws {
    let node = try TestNode {
      $0.service.server.limits.requestSeconds = 1
      $0.service.server.limits.threads = 1
      $0.service.server.limits.mostThreads = 1
      $0.service.calls.time = .milliseconds(20)
    }
    // JUMPDEST, PUSH0, JUMP: each takes as long as it may.
    let endless = TestWebSocket.request(
      "eth_call", "[{\"data\":\"0x5b5f56\",\"gas\":\"0x2faf080\"}]")
    let client = try TestWebSocket(port: try node.node.port)
    let count = 400
    for _ in 0..<count { client.send(endless) }
    for _ in 0..<count { #expect(try client.read().contains("\"id\":1")) }
    #expect(try client.ask("eth_chainId") == chainID)
    try node.node.stop()
  }

  @Test func aMessageInFarTooManyPiecesIsRefused() throws {
    let node = try TestNode()
    let client = try TestWebSocket(port: try node.node.port)
    client.send(Array(" ".utf8), isLast: false)
    let pieces = [UInt8]((0..<50_000).flatMap { _ in [0x00, 0x81, 0, 0, 0, 0, 0x20] as [UInt8] })
    client.socket.send(pieces)
    #expect(try client.readEnd() == 1009)
    // As many bytes in pieces that people send.
    let other = try TestWebSocket(port: try node.node.port)
    other.send(Array(" ".utf8), isLast: false)
    for _ in 0..<50 { other.send([UInt8](repeating: 0x20, count: 1000), opcode: 0, isLast: false) }
    other.send(Array(TestWebSocket.request("eth_chainId").utf8), opcode: 0)
    #expect(try other.read() == chainID)
    try node.node.stop()
  }
}
