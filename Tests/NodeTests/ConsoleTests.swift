// What contracts say through console.log.

import Crypto
import Foundation
import JSON
import Primitives
import Storage
import Synchronization
import Testing

@testable import EVM
@testable import Node

@Suite(.serialized) struct ConsoleTests {
  private func call(_ signature: String, _ words: UInt256...) -> [UInt8] {
    Keccak256.hash(Array(signature.utf8)).bytes.prefix(4) + words.flatMap(\.bigEndianBytes)
  }

  private func text(_ bytes: String) -> UInt256 {
    let utf8 = Array(bytes.utf8)
    return UInt256(bigEndian: utf8 + [UInt8](repeating: 0, count: 32 - utf8.count)) ?? .zero
  }

  @Test func messagesAreReadByTheirTypes() {
    let hello = text("hello")
    for (data, message) in [
      (call("log()"), ""), (call("log(uint256)", 42), "42"), (call("log(uint)", 42), "42"),
      (call("log(int256)", UInt256.zero &- 5), "-5"), (call("log(bool)", 1), "true"),
      (call("log(string)", 32, 5, hello), "hello"),
      (call("log(string,uint256)", 64, 7, 5, hello), "hello 7"),
      (call("log(string,uint256)", 64, 7, 5, text("%d/%%")), "7/%"),
      (
        call("log(uint256,string,bool,address)", 1, 128, 0, 0xaa, 5, hello),
        "1 hello false 0x00000000000000000000000000000000000000AA"
      ),
      (call("logBytes4(bytes4)", text("abcd")), "0x61626364"),
      (call("log(bytes)", 32, 2, text("ab")), "0x6162"),
    ] as [([UInt8], String)] {
      #expect(data.withUnsafeBytes { ConsoleMessage.text(of: $0) } == message)
    }
  }

  @Test func hostileMessagesAreNone() {
    for data in [
      [], [1, 2, 3], call("nothing()"), call("log(uint256)"), call("log(string)", 32),
      call("log(string)", 32, 33, 0), call("log(string)", UInt256.max, 1, 0),
      call("log(string)", UInt256(UInt64(Int.max)), 1), call("log(string)", 32, .max, 0),
      call("log(bytes)", 32, UInt256(UInt64(Int.max)), 0),
    ] {
      #expect(data.withUnsafeBytes { ConsoleMessage.text(of: $0) } == nil)
    }
    #expect(
      (call("log(string)", 32, 4) + [0xff, 0xfe, 0x25, 0x25] + Array(repeating: 0, count: 28))
        .withUnsafeBytes { ConsoleMessage.text(of: $0) } != nil)
  }

  @Test func transactionsAndCallsAreHeard() async throws {
    let said = Heard()
    let node = try TestNode(onConsole: { said.add($0) })
    let from = TestNode.accounts[0].address.hex
    let contract = "0x00000000000000000000000000000000000000cc"
    // log(uint256) of CALLVALUE: PUSH32 selector, PUSH0, MSTORE, CALLVALUE, PUSH1 4, MSTORE, then a static call
    // of 36 bytes to the console; POP, and a revert where there is call data.
    let selector = Hex.encode(call("log(uint256)")).dropFirst(2)
    let code =
      "0x7f\(selector)\(String(repeating: "0", count: 56))5f52346004525f5f60245f6a636f6e736f6c652e6c6f675afa50"
      + "36604057005b5f5ffd"
    try await node.result("anvil_setCode", "[\"\(contract)\",\"\(code)\"]")
    _ = try await node.receipt(
      try await node.send(
        "\"from\":\"\(from)\",\"to\":\"\(contract)\",\"value\":\"0x5\",\"data\":\"0x\",\"gas\":\"0x186a0\""
      ))
    let other = try await node.ask(
      "eth_call",
      "[{\"from\":\"\(from)\",\"to\":\"\(contract)\",\"value\":\"0x7\",\"data\":\"0x01\"},\"latest\"]"
    )
    #expect(try other.field("error").field("message").string() == "execution reverted")
    try await node.result("evm_mine")
    let again =
      "{\"from\":\"\(from)\",\"to\":\"\(contract)\",\"value\":\"0x9\",\"gas\":\"0x186a0\"}"
    try await node.result("anvil_reorg", "[1,[[\(again),0]]]")
    try node.node.stop()
    // Calls are heard though they fail, and the estimates before transactions are not.
    #expect(said.all == ["5", "7", "9"])
  }
}

@Suite(.serialized) struct ConsoleCostTests {
  private let contract = "0x00000000000000000000000000000000000000cc"
  /// Calls the console with log(): PUSH4 0x51973ec9, PUSH0, MSTORE, then a static call of 4 bytes from where they
  /// stand.
  private let logging = "0x6351973ec95f525f5f6004601c6a636f6e736f6c652e6c6f675afa50"

  private func tracedCall(_ input: UnsafeRawBufferPointer) -> TracedCall {
    TracedCall(
      kind: .staticCall, depth: 1, caller: .zero, recipient: ConsoleMessage.address,
      codeAddress: ConsoleMessage.address, value: .zero, gas: 0, input: input)
  }

  @Test func callsOfTheConsoleCostWhatIsShownOfThem() {
    var input = [UInt8](repeating: 0, count: 16 << 20)
    let recorder = ConsoleRecorder()
    let start = ContinuousClock.now
    // No message, however often: copies of it would be 32 GiB.
    input.withUnsafeBytes { bytes in for _ in 0..<2000 { recorder.enter(tracedCall(bytes)) } }
    #expect(recorder.messages.isEmpty)
    // log(string,string) of one long text and of one that is not there counts, too, though it says nothing.
    let selector = Keccak256.hash(Array("log(string,string)".utf8)).bytes.prefix(4)
    let words = [UInt256(64), .max, UInt256(8 << 20)].flatMap(\.bigEndianBytes)
    input.replaceSubrange(0..<100, with: selector + words)
    input.withUnsafeBytes { bytes in for _ in 0..<100_000 { recorder.enter(tracedCall(bytes)) } }
    #expect(recorder.messages.isEmpty)
    let text = Keccak256.hash(Array("log()".utf8)).bytes.prefix(4)
    Array(text).withUnsafeBytes { recorder.enter(tracedCall($0)) }
    #expect(recorder.messages.isEmpty)
    #expect(ContinuousClock.now - start < .seconds(3))
  }

  @Test func nobodyWaitsForWhoListens() async throws {
    let (heard, answered) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let waited = Heard()
    let node = try TestNode(onConsole: { _ in
      heard.signal()
      if answered.wait(timeout: .now() + 20) == .timedOut { waited.add("in vain") }
    })
    try await node.result("anvil_setCode", "[\"\(contract)\",\"\(logging)\"]")
    let from = TestNode.accounts[0].address.hex
    _ = try await node.send("\"from\":\"\(from)\",\"to\":\"\(contract)\",\"gas\":\"0x186a0\"")
    await withCheckedContinuation { done in
      DispatchQueue.global().async {
        heard.wait()
        done.resume()
      }
    }
    // The state is edited between blocks, while the last one's message is told.
    try await node.result("anvil_setBalance", "[\"\(contract)\",\"0x1\"]")
    answered.signal()
    try node.node.stop()
    #expect(waited.all.isEmpty)
  }

  @Test func aBlockIsListenedToOnlySoLong() async throws {
    let node = try TestNode()
    let from = TestNode.accounts[0].address.hex
    // PUSH28 of the code, PUSH0, MSTORE, and the 28 bytes are returned.
    let deployed = try await node.receipt(
      try await node.send(
        "\"from\":\"\(from)\",\"data\":\"0x7b\(logging.dropFirst(2))5f52601c6004f3\""))
    let address = try deployed.field("contractAddress").string()
    _ = try await node.receipt(
      try await node.send("\"from\":\"\(from)\",\"to\":\"\(address)\",\"gas\":\"0x186a0\""))
    try node.end()
    let opened = try whenFree {
      try DevelopmentStore.open(at: node.folder, options: TestNode.storeOptions)
    }
    defer { try? opened.store.close() }
    let chain = ChainReader(opened.store, rules: opened.rules)
    let block = try chain.existingBlock(.latest)
    for (patience, count) in [(Duration.zero, 0), (.seconds(20), 1)] {
      let said = Heard()
      ConsoleWatch(chain, patience: patience) { said.add($0) }.tell(block)
      #expect(said.all.count == count)
    }
  }
}

/// What was said.
final class Heard: Sendable {
  private let messages = Mutex<[String]>([])
  func add(_ message: String) { messages.withLock { $0.append(message) } }
  var all: [String] { messages.withLock { $0 } }
}
