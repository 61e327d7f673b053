// JSON-RPC on a unix socket.

import Foundation
import JSON
@testable import Node
import Testing

@Suite(.serialized) struct UnixSocketTests {
  private let chainID = "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x7a69\"}\n"
  private var path: String { "/tmp/needletail-\(UUID().uuidString.prefix(8)).ipc" }

  @Test func valuesAreAnsweredWhateverStandsBetweenThem() throws {
    let path = path
    let node = try TestNode {
      $0.minesOnRequest = true
      $0.service.server.socketPath = path
      $0.service.server.limits.bodyBytes = 4096
    }
    var facts = stat()
    #expect(lstat(path, &facts) == 0)
    #expect(facts.st_mode & 0o777 == 0o600)
    let client = try TestSocket(path: path)
    let request = TestWebSocket.request("eth_chainId")
    client.send(request)
    #expect(try client.read(through: "\n") == chainID)
    client.send(request + request + "\n\n  " + request.replacing(",", with: " ,\n"))
    for _ in 0..<3 { #expect(try client.read(through: "\n") == chainID) }
    for byte in request { client.send(String(byte)) }
    #expect(try client.read(through: "\n") == chainID)
    client.send("[\(request)]{\"jsonrpc\":\"2.0\",\"id\":\"}]\\\"{\",\"method\":\"eth_chainId\"}")
    #expect(try client.read(through: "\n").hasPrefix("[{"))
    #expect(try client.read(through: "\n").contains("\"id\":\"}]\\\"{\""))
    client.send("}")
    #expect(try client.read(through: "\n").contains("-32700"))
    client.send("nonsense\n")
    #expect(try client.read(through: "\n").contains("-32700"))
    client.send([0x22, 0xff, 0x22])
    #expect(try client.read(through: "\n").contains("-32700"))
    // News comes here, too.
    client.send(TestWebSocket.request("eth_subscribe", "[\"newHeads\"]"))
    #expect(try client.read(through: "\n").contains("\"result\":\"0x"))
    client.send(TestWebSocket.request("evm_mine"))
    // In whichever order.
    let messages = try client.read(through: "\n") + client.read(through: "\n")
    #expect(messages.contains("eth_subscription"))
    client.send("\"" + String(repeating: "x", count: 5000))
    #expect(try client.read(through: "\n").contains("message too large"))
    #expect(try client.read().isEmpty)
    let next = try TestSocket(path: path)
    next.send(request)
    #expect(try next.read(through: "\n") == chainID)
    try node.node.stop()
    #expect(lstat(path, &facts) != 0)
  }

  @Test func aSocketThatNobodyListensOnIsReplacedAndNothingElse() throws {
    let path = path
    let left = Glibc.socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(left, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    #expect(status == 0)
    close(left)
    let node = try TestNode { $0.service.server.socketPath = path }
    let client = try TestSocket(path: path)
    client.send(TestWebSocket.request("eth_chainId"))
    #expect(try client.read(through: "\n") == chainID)
    #expect(throws: NodeError.self) { try TestNode { $0.service.server.socketPath = path } }
    client.send(TestWebSocket.request("eth_chainId"))
    #expect(try client.read(through: "\n") == chainID)
    try node.node.stop()

    try Data("mine".utf8).write(to: URL(filePath: path))
    #expect(throws: NodeError.self) { try TestNode { $0.service.server.socketPath = path } }
    #expect(try Data(contentsOf: URL(filePath: path)) == Data("mine".utf8))
    unlink(path)
    let long = "/tmp/" + String(repeating: "x", count: 200)
    #expect(throws: NodeError.self) { try TestNode { $0.service.server.socketPath = long } }
  }

  @Test func whoEndsWhatItSendsStillGetsItsAnswers() throws {
    let path = path
    let node = try TestNode { $0.service.server.socketPath = path }
    for count in [1, 3, 200] {
      for _ in 0..<5 {
        let client = try TestSocket(path: path)
        let requests = String(repeating: TestWebSocket.request("eth_chainId"), count: count)
        client.send(requests + (count == 3 ? "{\"half" : ""))
        shutdown(client.socket, CInt(SHUT_WR))
        #expect(try client.readToEnd() == String(repeating: chainID, count: count))
      }
    }
    let silent = try TestSocket(path: path)
    shutdown(silent.socket, CInt(SHUT_WR))
    #expect(try silent.readToEnd().isEmpty)
    try node.node.stop()
  }
}
