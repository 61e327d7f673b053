// Proofs in the shape of eth_getProof.

import Chain
import Crypto
import JSON
import Primitives
import State
import Testing

@Suite struct AccountProofJSONTests {
  /// From the fixtures of ethereum/execution-apis: what geth answers.
  private let published = """
    {"address": "0x7dcd17433742f4c0ca53122ab541d0ba67fc27df",
     "balance": "0x76", "nonce": "0x0", "storageProof": [],
     "codeHash": "0xa3216dd3ef46a63d518ef54e482cecac68a077f70fca0e5fb900be63f41d54a2",
     "storageHash": "0x7917ac1f1d6cd87c54aea239c6efbe5c8865659f0761c74e67f1c1eb837923bb",
     "accountProof": [
    "\
    0xf90211a03e7affd7171fd5da97f3c822aedb5a54883069214df918f0f8c19a3477835340a096ab2c85\
    2d4cf3883217a55ccc80525d4191990eec2a7e6c069d4402929b3a9ea0ec5d4f6a260e3066f809708adc\
    8bb079b2a51f72d698cc5d59707a02260b22a4a0ea8a8eba999e8888fd9e04176c371fe261cf901831c4\
    2abf7782271b9aa149a5a04ea9cc0c744d4b9efb81b1b8244e120fac0fcae34815b454b4f5ae3ade317d\
    dea0a4e18a1f895dcd084e0c9747152e63be09b0b13b75e04cc93f280f2731cbb4c9a0524c77b37063f3\
    ea1614debae488bf0537a3870fe184feab728a92fd2762388da02a201e0a5a7baedcabc648b937bbaf71\
    4c9d8c8a5a5161a79f65546b77f2624da009b3f8bf6205057d39697ed8349764e5b752b2c489dfef617b\
    c402689e7168fba07f2d0ced929198203a9e9538b59e9b4f812b53857ca8ebf615e7eb1f24a18d05a082\
    52dd59527bb707c561bdc1e2e05b8a4781226f01dc96b64c61f84f68211904a055731299838a729727b2\
    724d74b8bc1d62ed1d529303103a061096d99a6e18f0a0f76e4f5959b1ba750b2e790069ba7b9bb4d687\
    7edce199fa0b3f51e41c81ff4ca06c59b04cf791ef6b43d8ec4a423368f9eea6606592e1ba8d1b92ccbc\
    547fafc1a0ffce7fd1f8bfb6316ec4f22ec71e15b10ed816166203bd6f555b3569cf6397f0a04d6ca92b\
    b6fece12d77e5638272515099bde6149f50adaf388eca40abe70243e80\
    ",
    "\
    0xf89180a02a2f71808bd7e7f11066619d43d6568a312e3de9666dd037b160a0fab523499080a0591c1f\
    461f4c61296b7600d08e4594131e039114babe6464cd8b6702abc975d480808080808080a003519723da\
    e2cc55588428c710ee5421f4c1e38e52e53deb94c7649f08d00bc7808080a0d3fbc6ec6915f0be272826\
    66096502f621817e90fece0de4ddb015e2a83559e680\
    ",
    "\
    0xf869a0201f52c702c40589735c4b038bd94e04268a58c35afad63bb16c071d62d2e23db846f8448076\
    a07917ac1f1d6cd87c54aea239c6efbe5c8865659f0761c74e67f1c1eb837923bba0a3216dd3ef46a63d\
    518ef54e482cecac68a077f70fca0e5fb900be63f41d54a2\
    "
    ]}
    """

  private func proof(_ text: String) throws -> AccountProof {
    try AccountProof(JSONDocument(parsing: Array(text.utf8), source: "proof").root)
  }

  @Test func aPublishedProofHolds() throws {
    let proof = try proof(published)
    let root = Keccak256.hash(proof.nodes[0])
    try proof.verify(root: root)
    var changed = proof
    changed.balance = 0
    #expect(throws: ProofError.accountDiffers(.balance)) { try changed.verify(root: root) }
  }

  @Test func readingUndoesWriting() throws {
    let state = MemoryState([
      AccountAllocation(address: Address(truncating: 1), nonce: 9, balance: .max, code: [1]),
      AccountAllocation(address: Address(truncating: 2), storage: [1: .max, 0x100: 5]),
    ])
    for number: UInt256 in [1, 2, 3] {
      let proof = state.proof(of: Address(truncating: number), slots: [1, 0x100, .max])
      var writer = JSONWriter()
      proof.write(to: &writer)
      let read = try self.proof(writer.text)
      #expect(read == proof)
      try read.verify(root: state.root())
    }
  }

  @Test(
    arguments: [
      ("\"address\"", "\"adress\"", "address"),
      ("\"0x76\"", "\"0x\(String(repeating: "f", count: 65))\"", "balance"),
      ("\"storageProof\": []", "\"storageProof\": [{\"key\": \"zz\"}]", "storageProof[0].key"),
      (
        "\"storageProof\": []", "\"storageProof\": [{\"key\": \"0x0\", \"value\": \"0x0\"}]",
        "storageProof[0].proof"
      ),
    ] as [(String, String, String)])
  func badFieldsAreNamed(old: String, new: String, path: String) throws {
    #expect(published.contains(old))
    let error = #expect(throws: JSONError.self) { try proof(published.replacing(old, with: new)) }
    #expect(error?.path == path)
  }

  @Test func listsOfNodesWithoutEndAreRefused() throws {
    let nodes = Array(repeating: "\"0x\"", count: 66).joined(separator: ",")
    let text = published.replacing(
      "\"storageProof\": []",
      with:
        "\"storageProof\": [{\"key\": \"0x0\", \"value\": \"0x0\", \"proof\": [\(nodes)]}]")
    let error = #expect(throws: JSONError.self) { try proof(text) }
    #expect(error?.path == "storageProof[0].proof")
  }
}
