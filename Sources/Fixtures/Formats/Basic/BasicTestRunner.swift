// BasicTests: the small files of ethereum/tests that are about execution.

internal import Crypto
internal import JSON
internal import Ledger
internal import Primitives
internal import State

/// Runs four formats that have a file each: paths in hex-prefix encoding, main network's genesis block,
/// addresses of private keys, and transactions signed with them.
final class BasicTestRunner: FormatRunner {
  func run(
    _ file: FixtureFile, _ selection: CaseSelection, report: (CaseResult) -> Void
  ) throws(JSONError) {
    guard selection.includes(nil) else { return }
    func add(
      _ name: String, _ verdict: () throws(JSONError) -> Verdict
    ) throws(JSONError) {
      guard selection.includes(name, path: file.path) else { return }
      report(CaseResult(name: name, verdict: try verdict()))
    }
    let root = file.document.root
    if root.kind == .array {
      var index = 0
      for test in try root.elements() {
        let isKey = try test.has("sig_of_emptystring")
        try add("\(file.stem)[\(index)]") { () throws(JSONError) in
          isKey ? try keyVerdict(test) : try transactionVerdict(test)
        }
        index += 1
      }
    } else if try root.has("genesis_rlp_hex") {
      try add(file.stem) { () throws(JSONError) in try genesisVerdict(root) }
    } else {
      for test in try root.members() {
        try add(test.key.string) { () throws(JSONError) in try pathVerdict(test.value) }
      }
    }
  }

  /// `{seq, term, out}`: half bytes, whether they lead to a leaf, and their encoding.
  private func pathVerdict(_ test: JSONValue) throws(JSONError) -> Verdict {
    var nibbles: [UInt8] = []
    for element in try test.field("seq").elements() {
      guard let nibble = element.wholeNumber, nibble < 16 else {
        throw element.unexpected("a half byte")
      }
      nibbles.append(UInt8(nibble))
    }
    let term = try test.field("term")
    guard let isLeaf = term.boolean else { throw term.unexpected("a truth value") }
    // A key has whole bytes: an odd path begins at its second half byte.
    let padded = nibbles.count.isMultiple(of: 2) ? nibbles : [0] + nibbles
    let key = stride(from: 0, to: padded.count, by: 2).map { padded[$0] << 4 | padded[$0 + 1] }
    let path = padded.count - nibbles.count..<padded.count
    let expected = try test.field("out").bytes()
    var findings = Findings()
    findings.compare(
      "encoding", Hex.encode(expected),
      Hex.encode(HexPrefix.encode(path, of: key, isLeaf: isLeaf)))
    let decoded = HexPrefix.decode(expected)
    findings.compare("decoded path", nibbles, decoded?.nibbles)
    findings.compare("leaf", isLeaf, decoded?.isLeaf)
    return findings.verdict
  }

  /// `{genesis_rlp_hex, genesis_state_root, genesis_hash}`.
  private func genesisVerdict(_ test: JSONValue) throws(JSONError) -> Verdict {
    let encoding = try test.field("genesis_rlp_hex").bytes()
    let block: Block
    do throws(Block.DecodingError) {
      block = try Block(decoding: encoding)
    } catch {
      return .failed("the block cannot be read: \(error)")
    }
    var findings = Findings()
    findings.compare("hash", try test.field("genesis_hash").hash(), block.hash)
    findings.compare(
      "state root", try test.field("genesis_state_root").hash(), block.header.stateRoot)
    findings.compare("encoding", Hex.encode(encoding), Hex.encode(block.encoded))
    return findings.verdict
  }

  /// `{seed, key, addr}`: the key is a hash of the seed. What hash the file's signatures sign is not
  /// said and not known, so our own signature must recover the address.
  private func keyVerdict(_ test: JSONValue) throws(JSONError) -> Verdict {
    let key = try test.field("key").hash()
    let address = try test.field("addr").address()
    var findings = Findings()
    findings.compare(
      "key of the seed", key, Keccak256.hash(Array(try test.field("seed").string().utf8)))
    findings.compare("address", address, Secp256k1.address(ofPrivateKey: key.word))
    let message = Keccak256.hash([])
    let signature = Secp256k1.sign(hash: message, privateKey: key.word)
    let signer = signature.flatMap {
      Secp256k1.recover(hash: message, r: $0.r, s: $0.s, yParity: $0.yParity)
    }
    findings.compare("signer", address, signer)
    return findings.verdict
  }

  /// `{key, nonce, …, unsigned, signed}`: `unsigned` is the encoding with three empty strings for the
  /// signature.
  private func transactionVerdict(_ test: JSONValue) throws(JSONError) -> Verdict {
    let signed = try test.field("signed").bytes()
    let key = try test.field("key").hash()
    let transaction: Transaction
    do throws(TransactionDecodingError) {
      transaction = try Transaction(decoding: signed)
    } catch {
      return .failed("the signed transaction cannot be read: \(error)")
    }
    let to = try test.field("to")
    var findings = Findings()
    findings.compare("nonce", try test.field("nonce").uint64(), transaction.nonce)
    findings.compare("gas price", try test.field("gasprice").uint256(), transaction.maxFeePerGas)
    findings.compare("gas", try test.field("startgas").uint64(), transaction.gasLimit)
    findings.compare(
      "recipient", to.text?.isEmpty == true ? nil : try to.address(), transaction.to)
    findings.compare("value", try test.field("value").uint256(), transaction.value)
    findings.compare("data", try test.field("data").bytes(), transaction.data)
    findings.compare("encoding", Hex.encode(signed), Hex.encode(transaction.encoded))
    findings.compare(
      "unsigned", Hex.encode(try test.field("unsigned").bytes()),
      Hex.encode(unsigned(transaction)))
    let sender = try? transaction.recoverSender(fork: .frontier, chainID: 1)
    findings.compare("sender", Secp256k1.address(ofPrivateKey: key.word), sender)
    return findings.verdict
  }

  private func unsigned(_ transaction: Transaction) -> [UInt8] {
    var encoder = RLPEncoder()
    encoder.list { list in
      list.encode(transaction.nonce)
      list.encode(transaction.maxFeePerGas)
      list.encode(transaction.gasLimit)
      list.encode(transaction.to?.bytes ?? [])
      list.encode(transaction.value)
      list.encode(transaction.data)
      for _ in 0..<3 { list.encode([UInt8]()) }
    }
    return encoder.bytes
  }
}
