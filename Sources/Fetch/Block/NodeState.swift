// The state before a block, with a node to ask for what is not known.

internal import JSON
internal import Ledger
internal import Primitives
internal import State

/// A view that answers from what is known and asks a node for the rest, at the parent of the block.
/// After an execution, its pre-state holds all that the execution has read.
final class NodeState: StateView {
  /// The most accounts, slots and hashes to ask for.
  static let questionLimit = 500_000

  /// What is known.
  private(set) var preState = PreState()
  /// Why a question was left without an answer. From then on there is none to any.
  private(set) var failure: FetchError?
  private let client: NodeClient
  private let block: UInt64
  private let parentTag: String
  private var questions = 0
  private var accounts: [Address: Account] = [:]
  private var codes: [Hash256: Code] = [:]

  /// The state before block `number`, which is not the first, and whose parent has this hash.
  init(_ client: NodeClient, before number: UInt64, parentHash: Hash256) {
    self.client = client
    block = number
    parentTag = UInt256(number - 1).hex
    preState.blockHashes[number - 1] = parentHash
  }

  /// Says that the slots of an account are to be asked for and not taken from traces.
  func distrustTraces(of address: Address) { preState.untraceable.insert(address) }

  /// Adds what the trace of a transaction shows of the state before it.
  func merge(_ trace: JSONValue, index: Int) throws(JSONError) {
    try preState.merge(trace, index: index)
  }

  /// Asks the node for an account, whatever was known.
  func ask(for address: Address) throws(FetchError) {
    preState.set(try question { () throws(FetchError) in try readAccount(address) })
    accounts[address] = nil
  }

  /// Asks the node again for the accounts of which traces may show what earlier transactions made,
  /// and replaces those for which that is so.
  func checkLateComers() throws(FetchError) {
    guard !preState.listsEmptyAccounts else { return }
    for address in preState.lateComers.sorted() {
      guard let known = preState.accounts[address] else { continue }
      let nonce = try number("eth_getTransactionCount", of: address)
      let balance = try number("eth_getBalance", of: address)
      if nonce != UInt256(known.nonce) || balance != known.balance { try ask(for: address) }
    }
  }

  // MARK: - StateView

  func account(_ address: Address) throws(StateReadError) -> Account? {
    if let account = accounts[address] { return account.isEmpty ? nil : account }
    if preState.accounts[address] == nil {
      try answering { () throws(FetchError) in try ask(for: address) }
    }
    guard let known = preState.accounts[address] else { throw .missingAccount(address) }
    let code = known.code.isEmpty ? Code.empty : Code.of(known.code)
    // The first object with a hash stays: whoever executes may point into it.
    if codes[code.hash] == nil { codes[code.hash] = code }
    let account = Account(nonce: known.nonce, balance: known.balance, codeHash: code.hash)
    accounts[address] = account
    return account.isEmpty ? nil : account
  }

  func storage(_ address: Address, _ slot: UInt256) throws(StateReadError) -> UInt256 {
    if let word = preState.accounts[address]?.storage[slot] { return word }
    if try account(address) == nil { return .zero }
    var word = UInt256.zero
    try answering { () throws(FetchError) in
      word = try question { () throws(FetchError) in
        try result("eth_getStorageAt") {
          $0.value(address.hex)
          // Some nodes want a whole word here and others a quantity; all take a whole word.
          $0.value(Hex.encode(slot.bigEndianBytes))
          $0.value(parentTag)
        } read: { value throws(JSONError) in
          try value.uint256()
        }
      }
    }
    preState.set(slot, of: address, to: word)
    return word
  }

  func hasStorage(_ address: Address) throws(StateReadError) -> Bool {
    preState.accounts[address]?.storage.values.contains { !$0.isZero } ?? false
  }

  func code(_ hash: Hash256) throws(StateReadError) -> Code {
    if hash == Code.emptyHash { return Code.empty }
    guard let code = codes[hash] else { throw .missingCode(hash) }
    return code
  }

  func blockHash(_ number: UInt64) throws(StateReadError) -> Hash256? {
    if let hash = preState.blockHashes[number] { return hash }
    var hash = Hash256.zero
    try answering { () throws(FetchError) in
      hash = try question { () throws(FetchError) in
        try result("eth_getBlockByNumber") {
          $0.value(UInt256(number).hex)
          $0.value(false)
        } read: { value throws(JSONError) in
          try value.field("hash").hash()
        }
      }
    }
    preState.blockHashes[number] = hash
    return hash
  }

  // MARK: - Asking

  /// Does what asks the node, unless that has failed before.
  private func answering(_ body: () throws(FetchError) -> Void) throws(StateReadError) {
    if let failure { throw .damaged(failure.description) }
    do throws(FetchError) {
      try body()
    } catch {
      failure = error
      throw .damaged(error.description)
    }
  }

  private func question<Answer>(
    _ body: () throws(FetchError) -> Answer
  ) throws(FetchError) -> Answer {
    questions += 1
    guard questions <= Self.questionLimit else {
      throw .block(block, .tooManyQuestions(limit: Self.questionLimit))
    }
    return try body()
  }

  private func readAccount(_ address: Address) throws(FetchError) -> AccountAllocation {
    var account = AccountAllocation(address: address)
    account.balance = try number("eth_getBalance", of: address)
    account.nonce = try result("eth_getTransactionCount") {
      $0.value(address.hex)
      $0.value(parentTag)
    } read: { value throws(JSONError) in
      try value.uint64()
    }
    account.code = try result("eth_getCode") {
      $0.value(address.hex)
      $0.value(parentTag)
    } read: { value throws(JSONError) in
      try value.bytes()
    }
    return account
  }

  private func number(_ method: String, of address: Address) throws(FetchError) -> UInt256 {
    try result(method) {
      $0.value(address.hex)
      $0.value(parentTag)
    } read: { value throws(JSONError) in
      try value.uint256()
    }
  }

  private func result<Answer>(
    _ method: String, _ write: (inout JSONWriter) -> Void,
    read: (JSONValue) throws(JSONError) -> Answer
  ) throws(FetchError) -> Answer {
    try client.result(method, write, read: read)
  }
}

extension NodeClient {
  /// Calls `method` and reads its result, which is not null.
  func result<Answer>(
    _ method: String, _ write: (inout JSONWriter) -> Void,
    read: (JSONValue) throws(JSONError) -> Answer
  ) throws(FetchError) -> Answer {
    let value: JSONValue?
    do throws(RPCError) {
      value = try call(method, write)
    } catch {
      throw .call(error)
    }
    guard let value else {
      let problem = JSONError.Problem.unexpected(expected: "a result", found: "null")
      throw .answer(JSONError(source: source(method), path: "result", problem: problem))
    }
    do throws(JSONError) {
      return try read(value)
    } catch {
      throw .answer(error)
    }
  }
}
