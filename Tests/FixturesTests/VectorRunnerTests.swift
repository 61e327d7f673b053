// Vectors of instructions, precompiles and signatures; RLP, trie and transaction tests; workloads.

import Crypto
import JSON
import Primitives
import Testing

@testable import Fixtures

private func word(_ number: UInt64) -> String { String(Hash256(UInt256(number)).hex.dropFirst(2)) }

@Suite struct VectorRunnerTests {
  @Test func opcodeVectors() throws {
    let vector = """
      [{"X": "\(word(2))", "Y": "\(word(10))", "Expected": "\(word(8))"}]
      """
    let path = "opcodes/testcases_sub.json"
    #expect(try verdict(vector, as: .opcodeVectors, path: path) == .passed)
    let wrong = vector.changing(word(8), to: word(9))
    #expect(try verdict(wrong, as: .opcodeVectors, path: path).isFailure)
    let swapped = vector.changing(word(2), to: word(3))
    #expect(try verdict(swapped, as: .opcodeVectors, path: path).isFailure)
    #expect(throws: JSONError.self) {
      try verdict(vector, as: .opcodeVectors, path: "opcodes/testcases_nope.json")
    }
  }

  @Test func precompileVectors() throws {
    // 3^2 mod 5 = 4; EIP-2565 prices it at its least.
    let input = word(1) + word(1) + word(1) + "030205"
    let vector = """
      [{"Name": "square", "Input": "\(input)", "Expected": "04", "Gas": 200}]
      """
    let path = "geth/modexp_eip2565.json"
    #expect(try verdict(vector, as: .precompileVectors, path: path) == .passed)
    for (old, new) in [("\"04\"", "\"03\""), ("200", "201"), ("030205", "030305")] {
      let damaged = vector.changing(old, to: new)
      #expect(try verdict(damaged, as: .precompileVectors, path: path).isFailure)
    }
    let mustFail = vector.changing("\"Expected\": \"04\"", to: "\"ExpectedError\": \"any\"")
    #expect(try verdict(mustFail, as: .precompileVectors, path: path).isFailure)
    let short = """
      [{"Name": "empty", "Input": "", "ExpectedError": "invalid input length"}]
      """
    #expect(
      try verdict(short, as: .precompileVectors, path: "geth/fail-blake2f.json") == .passed)
  }

  @Test func kzgVectors() throws {
    let vector = """
      {"input": {"commitment": "0xa421e229565952cfff4ef3517100a97da1d4fe57956fa50a442f92af03b1bf37\
      adacc8ad4ed209b31287ea5bb94d9d06",
        "z": "0x\(word(0))", "y": "0x50625ad853cc21ba40594f79591e5d35c445ecf9453014da6524c0cf6367c359",
        "proof": "0xb72d80393dc39beea3857cb3719277138876b2b207f1d5e54dd62a14e3242d12\
      3b5a6db066181ff01a51c26c9d2f400b"}, "output": true}
      """
    let path = "kzg/verify_kzg_proof/case.json"
    #expect(try verdict(vector, as: .kzg, path: path) == .passed)
    for output in ["false", "null"] {
      let wrong = vector.changing("\"output\": true", to: "\"output\": \(output)")
      #expect(try verdict(wrong, as: .kzg, path: path).isFailure)
    }
    let refusal = vector.changing("\"output\": true", to: "\"output\": null")
    #expect(
      try verdict(refusal, as: .kzg, path: path) == .failed("expected a refusal; got true"))
    let silent = vector.changing(", \"output\": true", to: "")
    let error = #expect(throws: JSONError.self) {
      var found: [CaseResult] = []
      let document = try JSONDocument(parsing: Array(silent.utf8), source: "case.json")
      try FixtureRunner().run(FixtureFile(path: path, document: document), as: .kzg) {
        found.append($0)
      }
    }
    #expect(error?.path == "output" && error?.problem == .missing)
    let short = vector.changing(word(0), to: "00")
    #expect(try verdict(short, as: .kzg, path: path).isFailure)
    let refused = short.changing("\"output\": true", to: "\"output\": null")
    #expect(try verdict(refused, as: .kzg, path: path) == .passed)
    #expect(throws: JSONError.self) { try verdict(vector, as: .kzg, path: "kzg/other.json") }
    let empty = """
      {"input": {"blobs": [], "commitments": [], "proofs": []}, "output": true}
      """
    let batch = "kzg/verify_blob_kzg_proof_batch/case.json"
    #expect(try verdict(empty, as: .kzg, path: batch) == .passed)
  }

  @Test func theTrustedSetupIsComparedPointByPoint() {
    func lines(_ points: UnsafeRawBufferPointer, _ size: Int) -> [String] {
      stride(from: 0, to: points.count, by: size).map {
        String(Hex.encode(points[$0..<$0 + size]).dropFirst(2))
      }
    }
    let text =
      ["4096", "65"] + lines(TrustedSetup.lagrangeG1, 48) + lines(TrustedSetup.monomialG2, 96)
      + lines(TrustedSetup.monomialG1, 48)
    func results(_ text: [String]) -> [CaseResult] {
      TrustedSetupFile.results(Array(text.joined(separator: "\n").utf8))
    }
    #expect(results(text).map(\.verdict) == [.passed, .passed, .passed])
    var swapped = text
    swapped.swapAt(4100, 4101)
    #expect(results(swapped).map(\.verdict.isFailure) == [false, true, false])
    #expect(results(Array(text.dropLast())).map(\.verdict.isFailure) == [true])
    #expect(results([]).map(\.verdict.isFailure) == [true])
    #expect(TrustedSetupFile.isOne("kzg/trusted_setup.txt"))
    #expect(!TrustedSetupFile.isOne("kzg/untrusted_setup.txt"))
  }

  @Test func inputsBeyondAnyPriceAreRefused() throws {
    // EIP-7823 bounds the modulus to 1,024 bytes.
    for (length, outcome) in [
      (1_024 as UInt64, "\"Expected\": \"\(String(repeating: "00", count: 1_024))\""),
      (1_025, "\"ExpectedError\": \"any\""),
    ] {
      let vector = """
        [{"Name": "long", "Input": "\(word(0) + word(0) + word(length))", \(outcome)}]
        """
      let path = "geth/modexp_eip7883.json"
      #expect(try verdict(vector, as: .precompileVectors, path: path) == .passed)
    }
  }

  @Test func inputsThatNoBlockCouldPayAreNotRun() throws {
    // A base and a modulus of 64 MiB under Byzantium's price: hours of work and gigabytes.
    let vector = """
      [{"Name": "huge", "Input": "\(word(1 << 26) + word(1) + word(1 << 26))", "Expected": "00"}]
      """
    #expect(try verdict(vector, as: .precompileVectors, path: "geth/modexp.json").isFailure)
    // One round more would be beyond any price; so many are within it, but not of this length.
    let rounds = "ffffffff" + String(repeating: "00", count: 208)
    let short = """
      [{"Name": "short", "Input": "\(rounds)", "ExpectedError": "length"}]
      """
    #expect(try verdict(short, as: .precompileVectors, path: "geth/fail-blake2f.json") == .passed)
  }

  @Test func signatureVectors() throws {
    // From Wycheproof: P-256 with SHA-256, an empty message.
    let key =
      "042927b10512bae3eddcfe467828128bad2903269919f7086069c8c4df6c732838"
      + "c7787964eaac00e5921fb1498a60f4606766b3d9685001558d1a974e7341513e"
    func group(_ curve: String, sig: String, _ result: String) -> String {
      """
      {"algorithm": "ECDSA", "testGroups": [{"type": "EcdsaP1363Verify",
        "publicKey": {"curve": "\(curve)", "uncompressed": "\(key)"}, "tests": [
          {"tcId": 1, "comment": "c", "msg": "313233343030", "sig": "\(sig)",
           "result": "\(result)"}]}]}
      """
    }
    let zeros = String(repeating: "0", count: 128)
    #expect(
      try verdict(group("secp256r1", sig: zeros, "invalid"), as: .signatureVectors) == .passed)
    #expect(try verdict(group("secp256r1", sig: zeros, "valid"), as: .signatureVectors).isFailure)
    #expect(throws: JSONError.self) {
      try verdict(group("secp521r1", sig: zeros, "valid"), as: .signatureVectors)
    }
  }

  @Test(arguments: [
    "", "3006", "30060201010201", "3006020101020101ff", "300702010102020001", "3006020181020101",
    "300602010102017f00", "3106020101020101", "30060201ff020101", "308106020101020101",
  ])
  func refusesSignaturesThatAreNoStrictDER(_ hex: String) throws {
    #expect(DERSignature.parse(try Hex.decode(hex)) == nil)
  }

  @Test func readsStrictDER() throws {
    let signature = DERSignature.parse(try Hex.decode("3007020101020200ff"))
    #expect(signature?.r == 1 && signature?.s == 255)
  }

  @Test func rlpTests() throws {
    let good = """
      {"list": {"in": ["zw", [4], 1, "#256"], "out": "0xc9827a77c10401820100"},
       "bad": {"in": "INVALID", "out": "0x8100"}, "good": {"in": "VALID", "out": "0xc0"}}
      """
    #expect(try results(good, as: .rlpTest).map(\.verdict) == [.passed, .passed, .passed])
    let bad =
      good.changing("[4]", to: "[5]").changing("0x8100", to: "0x81ff").changing("0xc0", to: "0xc1")
    #expect(try results(bad, as: .rlpTest).allSatisfy { $0.verdict.isFailure })
  }

  @Test func trieTests() throws {
    let dogs = """
      {"dogs": {"in": {"doe": "reindeer", "dog": "puppy", "dogglesworth": "cat"},
        "root": "0x8aad789dff2f538bca5d8ea56e8abe10f4c7ba3a5dea95fea4cd6e7c3a1168d3"}}
      """
    #expect(try verdict(dogs, as: .trieTest) == .passed)
    #expect(try verdict(dogs.changing("cat", to: "cow"), as: .trieTest).isFailure)
    #expect(try verdict(dogs, as: .trieTest, path: "trie_secureTrie.json").isFailure)
    let deleting = """
      {"emptyValues": {"in": [["do", "verb"], ["ether", "wookiedoo"], ["horse", "stallion"],
        ["shaman", "horse"], ["doge", "coin"], ["ether", null], ["dog", "puppy"], ["shaman", null]],
        "root": "0x5991bb8c6514148a29db676a14ac506cd2cd5775ace63c30a4fe457715e9ac84"}}
      """
    #expect(try verdict(deleting, as: .trieTest) == .passed)
    #expect(try verdict(deleting.changing("null", to: "\"x\""), as: .trieTest).isFailure)
    let neighbours = """
      {"basic": {"in": ["cat", "doge", "wallace"], "tests": [["car", "", "cat"],
        ["d", "cat", "doge"], ["wallace123", "wallace", ""]]}}
      """
    #expect(try verdict(neighbours, as: .trieTest) == .passed)
    let wrong = neighbours.changing("[\"d\", \"cat\"", to: "[\"d\", \"\"")
    #expect(try verdict(wrong, as: .trieTest).isFailure)
  }

  @Test func transactionTests() throws {
    let test = """
      {"V_equals37": {"result": {
        "Berlin": {"hash": "0x4782cb5edcaeda1f0aef204b161214f124cefade9e146245183abbb9ca01bca5",
          "intrinsicGas": "0x5208", "sender": "0x2ea991808ba979ba103147edfd72304ebd95c028"},
        "Frontier": {"exception": "TransactionException.INVALID_SIGNATURE_VRS",
          "intrinsicGas": "0x00"}},
        "txbytes": "0xf865808698852840a46f82d6d894095e7baea6a6c7c4c2dfeb977efac326af552d8780802\
      5a098ff921201554726367d2be8c804a7ff89ccf285ebc57dff8ae4c44b9c19ac4aa01887321be575c8095f789dd4\
      c743dfe42c1820f9231f98a962b210e3ac2452a3"}}
      """
    #expect(try results(test, as: .transactionTest).map(\.verdict) == [.passed, .passed])
    let damages = [
      ("\"hash\": \"0x47", "\"hash\": \"0x48"), ("\"0x5208\"", "\"0x5209\""),
      ("sender\": \"0x2e", "sender\": \"0x2f"), ("INVALID_SIGNATURE_VRS", "RLP_ERROR_EOF"),
      ("\"exception\": \"TransactionException.INVALID_SIGNATURE_VRS\"", "\"hash\": \"0x\""),
    ]
    for (old, new) in damages {
      let all = try results(test.changing(old, to: new), as: .transactionTest)
      #expect(all.count { $0.verdict.isFailure } == 1, "\(old)")
    }
    let broken = try results(test.changing("0xf865", to: "0xf866"), as: .transactionTest)
    #expect(broken.allSatisfy { $0.verdict.isFailure })
  }

  @Test func workloads() throws {
    let workload = """
      {"name": "add", "fork": "CANCUN", "env": {"number": 1, "timestamp": 1000,
        "gasLimit": "0x4000000000000000", "coinbase": "0x000000000000000000000000000000000000c01b"},
       "pre": {"0x1111111111111111111111111111111111111111": {"balance": "0xffff", "nonce": 0},
         "0xc0dec0dec0dec0dec0dec0dec0dec0dec0dec0de": {"nonce": 1,
           "code": "0x600160020160005260206000f3"}},
       "txs": [{"from": "0x1111111111111111111111111111111111111111", "nonce": 0,
         "to": "0xc0dec0dec0dec0dec0dec0dec0dec0dec0dec0de", "data": "0x", "value": "0x0",
         "gas": 100000}]}
      """
    let expected = """
      {"add": {"tx_gas_used": 21024, "success": true, "output": "\(word(3))"}}
      """
    #expect(try verdict(workload, as: .workload, expected: expected) == .passed)
    #expect(try verdict(workload, as: .workload) == .passed)
    for (old, new) in [("21024", "21025"), ("true", "false"), (word(3), word(4))] {
      let wrong = expected.changing(old, to: new)
      #expect(try verdict(workload, as: .workload, expected: wrong).isFailure)
    }
    let failing = workload.changing("00f3", to: "00fd")
    #expect(try verdict(failing, as: .workload).isFailure)
    let poor = workload.changing("\"value\": \"0x0\"", to: "\"value\": \"0x10000\"")
    #expect(try verdict(poor, as: .workload).isFailure)
  }
}
