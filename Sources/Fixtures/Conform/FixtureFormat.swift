// The formats of published fixtures, and how to tell them apart.

public import JSON

/// A format of published fixtures.
public enum FixtureFormat: String, Sendable, CaseIterable {
  case stateTest = "state tests"
  case vmTest = "VM tests"
  case blockTest = "block tests"
  case engineTest = "engine tests"
  case difficultyTest = "difficulty tests"
  case chain = "chains"
  case trieTest = "trie tests"
  case rlpTest = "RLP tests"
  case transactionTest = "transaction tests"
  case powTest = "proof of work tests"
  case genesisTest = "genesis tests"
  case basicTest = "basic tests"
  case precompileVectors = "precompile vectors"
  case opcodeVectors = "opcode vectors"
  case signatureVectors = "signature vectors"
  case kzg = "KZG vectors"
  case traceTest = "transaction traces"
  case workload = "workloads"

  /// What a file holds.
  public enum Detection: Equatable, Sendable {
    /// A format that is run.
    case known(FixtureFormat)
    /// A published format that this version does not run.
    case notRun(String)
    /// A file that belongs to others and holds no case of its own.
    case companion
    /// Nothing that is known.
    case unknown
  }

  /// Tells the format of `document` by its content, and for a few by the name of the file.
  public static func detect(_ document: JSONDocument, path: String) -> Detection {
    let file = path.split(separator: "/").last.map(String.init) ?? path
    if file == "expected.json" || file == "index.json" || file.hasPrefix("pre_state") {
      return .companion
    }
    let parts = path.split(separator: "/").map(String.init)
    if let folder = parts.first(where: { foldersNotRun.contains($0) }) { return .notRun(folder) }
    let detection = detect(document.root)
    guard detection == .unknown else { return detection }
    let stems = parts.map { $0.split(separator: ".").first.map(String.init) ?? $0 }
    return stems.first(where: suitesNotRun.contains).map { .notRun($0) } ?? .unknown
  }

  private static func detect(_ root: JSONValue) -> Detection {
    do throws(JSONError) {
      switch root.kind {
      case .array: return try detectList(root)
      case .object: return try detectObject(root)
      default: return .unknown
      }
    } catch {
      return .unknown
    }
  }

  /// Published suites of which no file is run.
  private static let suitesNotRun: Set<String> = [
    "ml-dsa", "rpc-compat",
  ]

  /// Folders of ethereum/tests that are no matter of execution.
  private static let foldersNotRun: Set<String> = ["ABITests", "KeyStoreTests"]

  private static func detectList(_ list: JSONValue) throws(JSONError) -> Detection {
    var elements = try list.elements()
    guard let first = elements.next(), first.kind == .object else { return .unknown }
    if try first.has("X"), try first.has("Y") { return .known(.opcodeVectors) }
    if try first.has("Input"), try first.hasAny("Expected", "ExpectedError") {
      return .known(.precompileVectors)
    }
    if try first.hasAny("sig_of_emptystring", "unsigned") { return .known(.basicTest) }
    if try first.has("inputs"), try first.has("result") {
      return .notRun("genesis blocks of prototypes before Frontier")
    }
    return .unknown
  }

  private static func detectObject(
    _ object: JSONValue
  ) throws(JSONError) -> Detection {
    if try object.has("testGroups") {
      let algorithm = try object.optionalField("algorithm")?.string() ?? ""
      return algorithm == "ECDSA" ? .known(.signatureVectors) : .notRun("\(algorithm) vectors")
    }
    if try object.has("pre"), try object.has("txs") { return .known(.workload) }
    if try object.has("transactions"), try object.has("transactionsRoot") {
      return .notRun("recorded blocks (see needletail replay)")
    }
    if let input = try object.optionalField("input"), input.kind == .object {
      if try input.hasAny("blob", "blobs") { return .known(.kzg) }
      if try input.hasAny("commitment", "commitments") { return .known(.kzg) }
    }
    if try object.has("genesis"), try object.has("result") { return .known(.traceTest) }
    if try object.hasAny("jsonrpc", "method") { return .notRun("JSON-RPC exchanges") }
    if try object.has("genesis_rlp_hex") { return .known(.basicTest) }
    var members = try object.members()
    while let member = members.next() {
      if member.key.hasPrefix("_") { continue }
      return try detectTest(member.value)
    }
    return .unknown
  }

  private static func detectTest(
    _ test: JSONValue
  ) throws(JSONError) -> Detection {
    guard test.kind == .object else { return .unknown }
    if try test.has("post"), try test.has("transaction") { return .known(.stateTest) }
    if try test.has("exec") { return .known(.vmTest) }
    if try test.has("cache_hash"), try test.has("header") { return .known(.powTest) }
    if try test.has("alloc"), try test.has("result") { return .known(.genesisTest) }
    if try test.has("seq"), try test.has("term") { return .known(.basicTest) }
    if try test.has("decryption_type") { return .notRun("ciphers of the network protocol") }
    if try test.hasAny("currentDifficulty", "parentDifficulty") { return .known(.difficultyTest) }
    if try test.has("txbytes"), try test.has("result") { return .known(.transactionTest) }
    if try test.has("engineNewPayloads") { return .known(.engineTest) }
    if try test.has("blocks") { return .known(.blockTest) }
    if try test.has("in"), try test.hasAny("root", "tests") { return .known(.trieTest) }
    if try test.has("in"), try test.has("out") { return .known(.rlpTest) }
    var members = try test.members()
    while let member = members.next() {
      // Cases under the name of a fork.
      guard !member.key.hasPrefix("_"), member.value.kind == .object else { continue }
      guard let first = try member.value.firstMember, first.kind == .object,
        try first.has("parentDifficulty")
      else { return .unknown }
      return .known(.difficultyTest)
    }
    return .unknown
  }
}

extension JSONValue {
  fileprivate var firstMember: JSONValue? {
    get throws(JSONError) {
      var members = try members()
      return members.next()?.value
    }
  }

  /// Whether there is a member `name` that is not null.
  func has(_ name: String) throws(JSONError) -> Bool { try optionalField(name) != nil }

  /// Whether there is one of two members.
  func hasAny(_ first: String, _ second: String) throws(JSONError) -> Bool {
    if try has(first) { return true }
    return try has(second)
  }
}
