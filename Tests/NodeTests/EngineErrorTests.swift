// What the Engine API refuses, and how.

import Crypto
import Foundation
import Ledger
import Node
import Primitives
import Testing

@Suite(.serialized) struct EngineErrorTests {
  @Test func onlyWhoKnowsTheSecretIsAnswered() async throws {
    let engine = try TestEngine()
    let body = Array("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_chainId\",\"params\":[]}".utf8)
    let now = UInt64(Date().timeIntervalSince1970)
    func text(_ json: String) -> String {
      Data(json.utf8).base64EncodedString().replacingOccurrences(of: "=", with: "")
        .replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
    }
    func signed(_ header: String, _ claims: String) -> String {
      let message = text(header) + "." + text(claims)
      let code = HMACSHA256.authenticate(Array(message.utf8), key: TestEngine.secret)
      let signature = Data(code).base64EncodedString().replacingOccurrences(of: "=", with: "")
        .replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
      return "Bearer \(message).\(signature)"
    }
    let right = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}"
    let claims = "{\"iat\":\(now)}"
    let unsigned = text("{\"alg\":\"none\"}") + "." + text(claims) + "."
    let cases: [(token: String?, problem: String)] = [
      (nil, "missing token"),
      ("", "missing token"),
      ("Bearer ", "missing token"),
      ("Basic dXNlcjpwYXNz", "missing token"),
      (
        "Bearer "
          + JSONWebToken.make(secret: [UInt8](repeating: 8, count: 32), issuedAt: now),
        "signature is invalid"
      ),
      (
        "Bearer " + JSONWebToken.make(secret: TestEngine.secret, issuedAt: now - 3600),
        "stale token"
      ),
      (
        "Bearer " + JSONWebToken.make(secret: TestEngine.secret, issuedAt: now + 3600),
        "future token"
      ),
      ("Bearer \(unsigned)", "signing method none is invalid"),
      (signed("{\"alg\":\"none\"}", claims), "signing method none is invalid"),
      (signed("{\"alg\":\"HS512\"}", claims), "signing method HS512 is invalid"),
      (signed("{\"alg\":256}", claims), "signing method (alg) is unspecified."),
      (signed("{}", claims), "signing method (alg) is unspecified."),
      (signed(right, "{}"), "missing issued-at"),
      (signed(right, "{\"iat\":\"now\"}"), "missing issued-at"),
      (signed(right, "{\"iat\":\(now),\"exp\":\(now - 5)}"), "token is expired"),
      (signed(right, "[]"), "token is malformed"),
      ("Bearer abc", "token contains an invalid number of segments"),
      ("Bearer a.b.c.d", "token contains an invalid number of segments"),
      ("Bearer ..", "token is malformed"),
      ("Bearer \u{1F600}.!.?", "token is malformed"),
      (
        "Bearer " + String(repeating: "A", count: 8000),
        "token contains an invalid number of segments"
      ),
    ]
    for (token, problem) in cases {
      let answer = try await engine.post(body, token: token)
      #expect(answer.status == 401, "\(token ?? "none")")
      #expect(answer.text == problem + "\n")
    }
    #expect(try await engine.post(body, token: TestEngine.token).status == 200)
    let fresh = "{\"iat\":\(UInt64(Date().timeIntervalSince1970))}"
    #expect(try await engine.post(body, token: signed(right, fresh)).status == 200)
    // On the other port there are no tokens, and no methods that need one.
    let open = try await engine.post(body, token: nil, port: try engine.node.port)
    #expect(open.status == 200)
    let engineBody = String(decoding: body, as: UTF8.self)
      .replacingOccurrences(of: "eth_chainId", with: "engine_exchangeCapabilities")
    let closed = try await engine.post(
      Array(engineBody.utf8), token: nil, port: try engine.node.port)
    #expect(closed.text.contains("-32601"))
  }

  @Test func everyFieldHasItsType() async throws {
    let (maker, engine) = (try TestEngine(), try TestEngine())
    let payload = try await maker.build(on: maker.genesisHash, time: 1012)
    let wrong: [Any] = [
      7, true, NSNull(), "", "0x", "zz", "0xzz", ["a": 1], -1, 1.5, [[NSNull()]], [7],
      "0x" + String(repeating: "f", count: 66),
    ]
    /// What the consensus client may say of a payload, and what is not told apart by type.
    let bytes: Set<String> = ["extraData", "transactions"]
    for name in payload.object.keys.sorted() {
      for value in wrong {
        if name == "extraData", value as? String == "0x" { continue }
        if bytes.contains(name), (value as? String)?.count == 68 { continue }
        var changed = payload
        changed.object[name] = value
        let code = try await engine.errorCode("engine_newPayloadV4", engine.parameters(changed))
        #expect(code == -32602, "\(name): \(value)")
      }
    }
    for (index, values) in [
      (1, [7, "0x", ["0x01"], NSNull()] as [Any]), (2, [7, "0x01", NSNull()]),
      (3, [7, "0x", [7], ["0x00"], ["0x"], ["0x0101", "0x0001"], NSNull()]),
    ] {
      for value in values {
        var parameters = engine.parameters(payload)
        parameters[index] = value
        let code = try await engine.errorCode("engine_newPayloadV4", parameters)
        #expect(code == -32602, "parameter \(index): \(value)")
      }
    }
    for name in TestEngine.state("").keys {
      for value in wrong {
        var state = TestEngine.state(engine.genesisHash)
        state[name] = value
        #expect(
          try await engine.errorCode("engine_forkchoiceUpdatedV3", [state]) == -32602, "\(name)")
      }
    }
    for name in engine.attributes(time: 1012).keys {
      for value in wrong where !(value is NSNull) {
        var attributes = engine.attributes(time: 1012)
        attributes[name] = value
        let state = TestEngine.state(engine.genesisHash)
        #expect(
          try await engine.errorCode("engine_forkchoiceUpdatedV3", [state, attributes]) == -38003,
          "\(name): \(value)")
      }
    }
    #expect(try await engine.give(payload).status == "VALID")
  }

  @Test func eachVersionHasItsForks() async throws {
    let engine = try TestEngine()
    let payload = try await engine.build(on: engine.genesisHash, time: 1012)
    let parameters = engine.parameters(payload)
    #expect(
      try await engine.errorCode("engine_newPayloadV3", Array(parameters.prefix(3))) == -38005)
    #expect(try await engine.errorCode("engine_newPayloadV2", [payload.object]) == -32602)
    #expect(try await engine.errorCode("engine_newPayloadV4", [payload.object]) == -32602)
    #expect(try await engine.errorCode("engine_newPayloadV4", parameters + [1]) == -32602)
    let answer = try await engine.choose(
      engine.genesisHash, attributes: engine.attributes(time: 1012))
    let id = try #require((answer["result"] as? TestEngine.Object)?["payloadId"] as? String)
    for version in 1...4 {
      #expect(try await engine.errorCode("engine_getPayloadV\(version)", [id]) == -38005)
    }
    #expect(try await engine.errorCode("engine_getPayloadV5", ["0x0000000000000000"]) == -38001)
    #expect(try await engine.errorCode("engine_getPayloadV5", ["0x00"]) == -32602)
    let shanghai = try TestEngine(fork: .shanghai)
    let state = TestEngine.state(shanghai.genesisHash)
    let attributes = shanghai.attributes(time: 1012)
    #expect(
      try await shanghai.errorCode("engine_forkchoiceUpdatedV1", [state, attributes]) == -32602)
    var lacking = attributes
    lacking["withdrawals"] = nil
    #expect(try await shanghai.errorCode("engine_forkchoiceUpdatedV2", [state, lacking]) == -38003)
    var rooted = attributes
    rooted["parentBeaconBlockRoot"] = TestEngine.zero
    #expect(try await shanghai.errorCode("engine_forkchoiceUpdatedV2", [state, rooted]) == -38003)
    #expect(try await shanghai.errorCode("engine_forkchoiceUpdatedV3", [state, rooted]) == -38005)
  }

  @Test func attributesThatCannotBeLeaveTheHeadWhereItWasNamed() async throws {
    let engine = try TestEngine()
    let one = try await engine.build(on: engine.genesisHash, time: 1012)
    let answer = try await engine.choose(one.hash, attributes: engine.attributes(time: 1012))
    #expect((answer["error"] as? TestEngine.Object)?["code"] as? Int == -38003)
    #expect(try await engine.block("latest") == one.hash)
  }

  @Test func bodiesAreToldAsFarAsTheyAreKnown() async throws {
    let engine = try TestEngine()
    let one = try await engine.build(on: engine.genesisHash, time: 1012)
    let two = try await engine.build(on: one.hash, time: 1024)
    let unknown = "0x" + String(repeating: "11", count: 32)
    let byHash =
      try await engine.ask(
        "engine_getPayloadBodiesByHashV1", [[one.hash, unknown, two.hash]])["result"] as? [Any]
    #expect(byHash?.count == 3 && byHash?[1] is NSNull)
    let body = byHash?[0] as? TestEngine.Object
    #expect((body?["withdrawals"] as? [Any])?.count == 1)
    let byRange =
      try await engine.ask(
        "engine_getPayloadBodiesByRangeV1", ["0x1", "0x10"])["result"] as? [Any]
    #expect(byRange?.count == 1)
    let many = [String](repeating: unknown, count: 1025)
    #expect(try await engine.errorCode("engine_getPayloadBodiesByHashV1", [many]) == -38004)
    #expect(
      try await engine.errorCode("engine_getPayloadBodiesByRangeV1", ["0x1", "0x401"]) == -38004)
    #expect(
      try await engine.errorCode("engine_getPayloadBodiesByRangeV1", ["0x0", "0x1"]) == -32602)
  }

  @Test func capabilitiesAndVersionAreExchanged() async throws {
    let engine = try TestEngine()
    let names =
      try await engine.ask("engine_exchangeCapabilities", [["engine_newPayloadV4"]])["result"]
      as? [String]
    #expect(names?.contains("engine_newPayloadV4") == true)
    #expect(names?.contains("engine_getPayloadV5") == true)
    #expect(names?.contains("engine_getBlobsV3") == true)
    #expect(names?.contains("engine_exchangeCapabilities") == false)
    let other = ["code": "LH", "name": "Lighthouse", "version": "v1", "commit": "0x01020304"]
    let versions =
      try await engine.ask("engine_getClientVersionV1", [other])["result"] as? [TestEngine.Object]
    #expect(versions?.first?["code"] as? String == "NT")
  }

  @Test func theSecretIsMadeForTheOwnersEyesAndReadAgain() throws {
    let path = NSTemporaryDirectory() + "needletail-jwt-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let secret = try JWTSecret.load(path)
    #expect(secret.count == 32)
    #expect(try JWTSecret.load(path) == secret)
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    let digits = String(repeating: "ab", count: 32)
    for text in [digits, "0x\(digits)", "  0x\(digits)\n"] {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
      #expect(try JWTSecret.load(path) == [UInt8](repeating: 0xab, count: 32))
    }
    for text in ["", "0x", "abc", digits + "00", digits.dropLast(2) + "zz", digits + " " + digits] {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
      #expect(throws: NodeError.self) { try JWTSecret.load(path) }
    }
  }
}
