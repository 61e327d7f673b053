// Transactions that the node makes of what a request says.

import Crypto
import JSON
import Ledger
import Primitives
import Testing

@testable import Node

@Suite(.serialized) struct FillingTests {
  private var from: String { TestNode.accounts[0].address.hex }
  private var to: String { TestNode.accounts[1].address.hex }

  @Test func whatIsLeftOutIsFilledInForSomebodyElseToSign() async throws {
    let node = try TestNode()
    // Also for those whose keys nobody has here.
    let stranger = "0x00000000000000000000000000000000000000aa"
    try await node.result("anvil_setBalance", "[\"\(stranger)\",\"0xde0b6b3a7640000\"]")
    let filled = try await node.result(
      "eth_fillTransaction", "[{\"from\":\"\(stranger)\",\"to\":\"\(to)\",\"value\":\"0x1\"}]")
    let transaction = try Transaction(decoding: try filled.field("raw").bytes())
    #expect(transaction.kind == .dynamicFee && transaction.gasLimit == 21_000)
    #expect(transaction.chainID == 31_337 && transaction.nonce == 0)
    #expect(transaction.maxPriorityFeePerGas == UInt256(1_000_000_000 as UInt64))
    let described = try filled.field("tx")
    #expect(try described.field("hash").hash() == transaction.hash)
    #expect(try described.field("gas").string() == "0x5208")
    #expect(try described.field("s").string() == "0x0")
    #expect(try described.optionalField("gasPrice") == nil)
    #expect(try described.optionalField("blockHash") == nil)
    // Signed by its owner, it is as good as any.
    let own = try await node.result(
      "eth_fillTransaction",
      "[{\"from\":\"\(from)\",\"to\":\"\(to)\",\"gasPrice\":\"0x77359400\"}]")
    let signed = try #require(
      try Transaction(decoding: try own.field("raw").bytes()).signed(
        by: TestNode.accounts[0].privateKey))
    let hash = try await node.text(
      "eth_sendRawTransaction", "[\"\(Hex.encode(signed.encoded))\"]")
    #expect(try await node.receipt(hash).field("from").string() == from)
    #expect(try own.field("tx").field("gasPrice").string() == "0x77359400")
    try node.node.stop()
  }

  @Test func whatCannotBeATransactionIsRefused() async throws {
    let node = try TestNode()
    for (members, reason) in [
      ("\"chainId\":\"0x1\",\"to\":\"\(to)\"", "chainId does not match node's"),
      ("\"value\":\"0x1\"", "contract creation without any data provided"),
      ("\"to\":\"\(to)\",\"blobVersionedHashes\":[]", "need at least 1 blob"),
      ("\"to\":\"\(to)\",\"blobs\":[]", "need at least 1 blob"),
      ("\"to\":\"\(to)\",\"blobs\":[\"0x00\"]", "invalid argument 0: blobs: invalid length 1"),
      ("\"to\":\"\(to)\",\"blobs\":[],\"proofs\":[]", "blob proofs provided while commitments"),
      ("\"to\":\"\(to)\",\"maxFeePerBlobGas\":\"0x0\"", "maxFeePerBlobGas, if specified"),
      (
        "\"to\":\"\(to)\",\"gasPrice\":\"0x1\",\"authorizationList\":[]",
        "both gasPrice and authorizationList specified"
      ),
      (
        "\"data\":\"0x00\",\"blobVersionedHashes\":[\"0x01\(String(repeating: "00", count: 31))\"]",
        "missing \"to\" in blob transaction"
      ),
    ] {
      for method in ["eth_fillTransaction", "eth_sendTransaction", "eth_signTransaction"] {
        let refusal = try await node.refusal(method, "[{\"from\":\"\(from)\",\(members)}]")
        #expect(refusal.hasPrefix(reason), "\(method): \(refusal)")
      }
    }
    for parameters in ["[]", "[null]", "[1]", "[[]]", "[{}]"] {
      #expect(try await !node.refusal("eth_sendTransaction", parameters).isEmpty)
    }
    try node.node.stop()
  }

  @Test func anAccountIsGivenCodeByATransactionOfTheNode() async throws {
    let node = try TestNode()
    let target = Address(0xabcdef)
    let authorization = try #require(
      Authorization(chainID: UInt256(31_337 as UInt64), address: target, nonce: 0).signed(
        by: TestNode.accounts[1].privateKey))
    let list =
      "[{\"chainId\":\"0x7a69\",\"address\":\"\(target.hex)\",\"nonce\":\"0x0\","
      + "\"yParity\":\"0x\(authorization.signature.yParity)\","
      + "\"r\":\"\(authorization.signature.r.hex)\",\"s\":\"\(authorization.signature.s.hex)\"}]"
    let hash = try await node.send(
      "\"from\":\"\(from)\",\"to\":\"\(to)\",\"authorizationList\":\(list)")
    #expect(try await node.receipt(hash).field("type").string() == "0x4")
    let code = try await node.text("eth_getCode", "[\"\(to)\",\"latest\"]")
    #expect(code == "0xef0100" + target.hex.dropFirst(2))
    let raw = try await node.text(
      "eth_signTransaction",
      "[{\"from\":\"\(from)\",\"to\":\"\(to)\",\"authorizationList\":\(list),\"gas\":\"0x186a0\"}]")
    #expect(try Transaction(decoding: try Hex.decode(raw)).authorizations == [authorization])
    try node.node.stop()
  }

  @Test func blobsAloneAreGivenTheirCommitmentsAndProofs() async throws {
    let node = try TestNode { $0.minesOnRequest = true }
    var blob = [UInt8](repeating: 0, count: BlobSidecar.blobSize)
    (blob[31], blob[63]) = (1, 2)
    let members = "\"from\":\"\(from)\",\"to\":\"\(to)\",\"blobs\":[\"\(Hex.encode(blob))\"]"
    let filled = try await node.result("eth_fillTransaction", "[{\(members)}]")
    let (transaction, found) = try Transaction.decode(pooled: try filled.field("raw").bytes())
    let sidecar = try #require(found)
    #expect(transaction.kind == .blob && sidecar.proofs.count == 128)
    #expect(sidecar.commitments == [try KZG.commitment(to: blob)])
    #expect(Array(try filled.field("tx").field("proofs").elements()).count == 128)
    // With what was made before, nothing need be made.
    let commitments = sidecar.commitments.map { "\"\(Hex.encode($0))\"" }.joined(separator: ",")
    let proofs = sidecar.proofs.map { "\"\(Hex.encode($0))\"" }.joined(separator: ",")
    let whole = "\(members),\"commitments\":[\(commitments)],\"proofs\":[\(proofs)]"
    let hash = try await node.send(whole)
    try await node.result("evm_mine")
    let receipt = try await node.receipt(hash)
    #expect(try receipt.field("type").string() == "0x3")
    #expect(try receipt.field("blobGasUsed").uint64() == 131_072)
    // What does not belong together is refused.
    var wrong = sidecar.proofs
    wrong.swapAt(0, 1)
    let swapped = wrong.map { "\"\(Hex.encode($0))\"" }.joined(separator: ",")
    #expect(
      try await node.refusal(
        "eth_sendTransaction",
        "[{\(members),\"commitments\":[\(commitments)],\"proofs\":[\(swapped)]}]")
        == "failed to verify blob proof")
    let other = Hash256(UInt256(1)).hex
    #expect(
      try await node.refusal(
        "eth_sendTransaction", "[{\(whole),\"blobVersionedHashes\":[\"\(other)\"]}]"
      ).hasPrefix("blob hash verification failed"))
    #expect(
      try await node.refusal(
        "eth_sendTransaction", "[{\(whole),\"blobVersionedHashes\":[\"\(other)\",\"\(other)\"]}]"
      ).hasPrefix("number of blobs and hashes mismatch"))
    try node.node.stop()
  }
}
