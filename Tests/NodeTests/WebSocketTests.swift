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
}
