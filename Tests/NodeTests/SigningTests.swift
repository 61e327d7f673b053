// Signatures by the node's accounts, compared with those of eth_account 0.14.

import JSON
import Node
import Primitives
import Testing

@Suite(.serialized) struct SigningTests {
  private var from: String { TestNode.accounts[0].address.hex }

  /// What eth_account signs with the key of the first account.
  private static let vectors: [(data: String, signature: String)] = [
    (
      #"""
      {"types":{"EIP712Domain":[{"name":"name","type":"string"},{"name":"version","type":"string"},{"name":"chainId"\#
      ,"type":"uint256"},{"name":"verifyingContract","type":"address"}],"Person":[{"name":"name","type":"string"},{"\#
      name":"wallet","type":"address"}],"Mail":[{"name":"from","type":"Person"},{"name":"to","type":"Person"},{"name\#
      ":"contents","type":"string"}]},"primaryType":"Mail","domain":{"name":"Ether Mail","version":"1","chainId":1,"\#
      verifyingContract":"0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC"},"message":{"from":{"name":"Cow","wallet":"0xC\#
      D2a3d9F938E13CD947Ec05AbC7FE734Df8DD826"},"to":{"name":"Bob","wallet":"0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbB\#
      BbB"},"contents":"Hello, Bob!"}}
      """#,
      "0x6ea8bb309a3401225701f3565e32519f94a0ea91a5910ce9229fe488e773584c0"
        + "390416a2190d9560219dab757ecca2029e63fa9d1c2aebf676cc25b9f03126a1b"
    ),
    (
      #"""
      {"types":{"EIP712Domain":[{"name":"name","type":"string"},{"name":"version","type":"string"},{"name":"chainId"\#
      ,"type":"uint256"},{"name":"verifyingContract","type":"address"}],"Person":[{"name":"name","type":"string"},{"\#
      name":"wallets","type":"address[]"}],"Mail":[{"name":"to","type":"Person[]"},{"name":"grid","type":"uint8[2][]\#
      "},{"name":"tag","type":"bytes4"},{"name":"data","type":"bytes"},{"name":"ok","type":"bool"},{"name":"n","type\#
      ":"int128"}]},"primaryType":"Mail","domain":{"name":"Ether Mail","version":"1","chainId":1,"verifyingContract"\#
      :"0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC"},"message":{"to":[{"name":"Cow","wallets":["0xCD2a3d9F938E13CD94\#
      7Ec05AbC7FE734Df8DD826","0xDeaDbeefdEAdbeefdEadbEEFdeadbeEFdEaDbeeF"]},{"name":"","wallets":[]}],"grid":[[1,2]\#
      ,[3,4],[255,0]],"tag":"0x01020304","data":"0x00ff","ok":true,"n":-5}}
      """#,
      "0x9e51d55b13ea3987c01778b6098b76f6b802af0024531f306544c396c991de1e4"
        + "55b645a1cb5d4337f22fe61325559f77da17b29121925ada6d80dbab4a449bd1b"
    ),
    (
      #"""
      {"types":{"EIP712Domain":[{"name":"name","type":"string"},{"name":"version","type":"string"},{"name":"chainId"\#
      ,"type":"uint256"},{"name":"verifyingContract","type":"address"}],"Person":[{"name":"name","type":"string"},{"\#
      name":"mother","type":"Person"},{"name":"father","type":"Person"}]},"primaryType":"Person","domain":{"name":"E\#
      ther Mail","version":"1","chainId":1,"verifyingContract":"0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC"},"messag\#
      e":{"name":"Jon","mother":{"name":"Lyanna","mother":null,"father":null},"father":null}}
      """#,
      "0x1c8977d0f9ab209570037833cae167d26f7d7e356077012f210e188d4fc682746"
        + "1d519d19d7a787c52c3e6d331b1a92e16245a21cc8119bdebe370241f82b3101b"
    ),
    (
      #"""
      {"types":{"EIP712Domain":[{"name":"salt","type":"bytes32"}],"N":[{"name":"n","type":"uint256"}]},"primaryType"\#
      :"N","domain":{"salt":"0xabababababababababababababababababababababababababababababababab"},"message":{"n":"11\#
      5792089237316195423570985008687907853269984665640564039457584007913129639935"}}
      """#,
      "0x8081361ad0a3e025f5661bf5ed7f4a971ff8a7762db55789cfc7f19abfe27ae21"
        + "cf293ee660e96dda049b9ffba06bab6fd0f87cc70eaadc82152ddf5d17960161c"
    ),
  ]

  @Test func structuredDataIsSignedAsOthersSignIt() async throws {
    let node = try TestNode()
    for (data, signature) in Self.vectors {
      #expect(try await node.text("eth_signTypedData_v4", "[\"\(from)\",\(data)]") == signature)
      // Wallets send its text.
      var text = JSONWriter(.compact)
      text.value(data)
      #expect(
        try await node.text("eth_signTypedData_v4", "[\"\(from)\",\(text.text)]") == signature)
    }
    #expect(
      try await node.refusal(
        "eth_signTypedData_v4",
        "[\"0x00000000000000000000000000000000000000aa\",\(Self.vectors[0].data)]")
        == "unknown account")
    try node.node.stop()
  }

  @Test func messagesAreSignedAsWalletsSignThem() async throws {
    let node = try TestNode()
    let signature =
      "0xd048d5e0cef49222ccb48777bf754f7a0b0b314299f047b0a9a14e70aa265fcf4"
      + "fd45f136fc2c691b951d76b799f722d5ff35c22c9f5114e025ed8abe769c08d1b"
    #expect(try await node.text("personal_sign", "[\"0x00ff\",\"\(from)\"]") == signature)
    #expect(try await node.text("eth_sign", "[\"\(from)\",\"0x00ff\"]") == signature)
    try node.node.stop()
  }

  @Test func hostileStructuredDataIsRefused() async throws {
    let node = try TestNode()
    func data(types: String, message: String, primary: String = "A", domain: String = "{}")
      -> String
    {
      "{\"types\":\(types),\"primaryType\":\"\(primary)\",\"domain\":\(domain),\"message\":\(message)}"
    }
    let number = "{\"A\":[{\"name\":\"n\",\"type\":\"uint8\"}]}"
    func typed(_ type: String) -> String { "{\"A\":[{\"name\":\"n\",\"type\":\"\(type)\"}]}" }
    let many = (0..<2000).map { "\"T\($0)\":[]" }.joined(separator: ",")
    let wide = (0..<9000).map { "{\"name\":\"n\($0)\",\"type\":\"uint8\"}" }.joined(separator: ",")
    for request in [
      "{}", "[]", "1", "\"{\"", data(types: "[]", message: "{}"), data(types: "{}", message: "{}"),
      data(types: number, message: "{}"), data(types: number, message: "[]"),
      data(types: number, message: "{\"n\":256}"), data(types: number, message: "{\"n\":-1}"),
      data(types: number, message: "{\"n\":1,\"m\":1}"),
      data(types: number, message: "{\"n\":null}"),
      data(types: number, message: "{\"n\":1}", primary: "B"),
      data(types: typed("B"), message: "{\"n\":1}"),
      data(types: typed("uint7"), message: "{\"n\":1}"),
      data(types: typed("uint256[2]"), message: "{\"n\":[1]}"),
      data(types: typed("uint256]"), message: "{\"n\":[1]}"),
      data(types: typed("[]"), message: "{\"n\":[1]}"),
      data(types: typed("uint256[-1]"), message: "{\"n\":[]}"),
      data(types: typed("bytes4"), message: "{\"n\":\"0x010203\"}"),
      data(types: typed("bytes33"), message: "{\"n\":\"0x\"}"),
      data(types: typed("int8"), message: "{\"n\":128}"),
      data(types: typed("address"), message: "{\"n\":\"0x1\"}"),
      data(types: "{\"A\":[],\"A\":[]}", message: "{}"),
      data(types: "{\"uint8\":[]}", message: "{}"),
      data(types: "{\"A b\":[]}", message: "{}"), data(types: "{\(many)}", message: "{}"),
      data(types: "{\"A\":[\(wide)]}", message: "{}"),
    ] {
      _ = try await node.ask("eth_signTypedData_v4", "[\"\(from)\",\(request)]").field("error")
    }
    // Types that refer to themselves end where the data does.
    let loop = "{\"A\":[{\"name\":\"n\",\"type\":\"A[]\"}]}"
    _ = try await node.text(
      "eth_signTypedData_v4", "[\"\(from)\",\(data(types: loop, message: "{\"n\":[{\"n\":[]}]}"))]")
    try node.node.stop()
  }

  @Test func everyKindOfTransactionIsSignedAndSent() async throws {
    let node = try TestNode()
    let to = TestNode.accounts[1].address.hex
    for members in [
      "\"gasPrice\":\"0x77359400\"", "\"gasPrice\":\"0x77359400\",\"accessList\":[]",
      "\"maxFeePerGas\":\"0x77359400\"", "\"maxPriorityFeePerGas\":\"0x1\"",
      "\"maxFeePerGas\":\"0x77359400\",\"maxPriorityFeePerGas\":\"0x1\",\"gas\":\"0x5208\"",
      "\"value\":\"0x1\"",
    ] {
      let transaction = "\"from\":\"\(from)\",\"to\":\"\(to)\",\(members)"
      #expect(
        try await node.receipt(try await node.send(transaction)).field("status").string() == "0x1")
      let raw = try await node.text("eth_signTransaction", "[{\(transaction)}]")
      let hash = try await node.text("eth_sendRawTransaction", "[\"\(raw)\"]")
      #expect(try await node.receipt(hash).field("from").string() == from)
    }
    _ = try await node.refusal(
      "eth_sendTransaction",
      "[{\"from\":\"\(from)\",\"to\":\"\(to)\",\"maxFeePerGas\":\"0x1\",\"maxPriorityFeePerGas\":\"0x2\"}]"
    )
    try node.node.stop()
  }
}
