// What block tests and engine tests have in common.

internal import Chain
internal import Crypto
internal import EVM
internal import Execution
internal import JSON
internal import Ledger
internal import Primitives
internal import State

/// A chain that begins with the genesis block of a test, and what shall come of it.
final class ChainFixture {
  /// The name of the case.
  let name: String
  let network: FixtureNetwork
  let networkName: String
  let test: JSONValue
  let chain: Blockchain
  /// What was imported, to import it again.
  private(set) var imported: ImportedBlocks

  /// Why a test cannot begin.
  enum Obstacle: Error {
    case json(JSONError)
    case verdict(Verdict)
  }

  /// The chain of `test`, before its first block.
  init(_ test: JSONValue, name: String, executor: any BlockExecutor) throws(Obstacle) {
    self.test = test
    self.name = name
    let header: Header
    let allocations: [AccountAllocation]
    let network: FixtureNetwork?
    let hasProofOfWork: Bool
    do throws(JSONError) {
      networkName = try test.field("network").string()
      network = try FixtureNetwork(networkName, config: try test.optionalField("config"))
      header = try Header(blockTest: try test.field("genesisBlockHeader"))
      let hash = try test.field("genesisBlockHeader").field("hash").hash()
      guard header.hash == hash else {
        throw try test.field("genesisBlockHeader").field("hash").unexpected("\(header.hash)")
      }
      if let encoding = try test.optionalField("genesisRLP") {
        let bytes = try encoding.bytes()
        guard (try? Block(decoding: bytes))?.header == header else {
          throw encoding.unexpected("the encoding of a block with genesisBlockHeader")
        }
      }
      // Engine tests begin after the proof of work and name no engine.
      let isEngineTest = try test.has("engineNewPayloads")
      let sealEngine = try test.optionalField("sealEngine")?.string()
      hasProofOfWork = !isEngineTest && sealEngine != "NoProof"
      allocations = try test.field("pre").allocations()
    } catch {
      throw .json(error)
    }
    guard let network else { throw .verdict(.leftOut("network \(networkName)")) }
    self.network = network
    let seal = hasProofOfWork ? Blockchain.ethash(Self.caches) : nil
    imported = ImportedBlocks(
      genesis: header, allocations: allocations, rules: network.rules, seal: seal)
    do throws(InvalidBlock) {
      chain = try Blockchain(
        genesis: header, state: MemoryState(allocations), rules: network.rules,
        executor: executor, seal: seal)
    } catch {
      throw .verdict(.failed("genesis: \(error)"))
    }
  }

  /// Notes that a block with this encoding was added, or refused.
  func note(_ encoding: [UInt8], isRefused: Bool) {
    imported.steps.append((encoding, isRefused))
  }

  /// The proofs of work of all tests lie in the first epochs.
  private static let caches = EthashCaches(capacity: 1)

  /// What the test says about the end: the head and its state.
  func compareEnd(_ findings: inout Findings) throws(JSONError) {
    findings.compare("head", try test.field("lastblockhash").hash(), chain.head.hash)
    let root = chain.head.header.stateRoot
    if let expected = try test.optionalField("postStateHash") {
      findings.compare("state root", try expected.hash(), root)
    } else {
      let expected = MemoryState(try test.field("postState").allocations())
      guard expected.root() != root else { return }
      findings.note("state after: \(Self.differences(chain.headState(), from: expected))")
    }
  }

  /// Where two states differ, as far as it fits a few lines.
  private static func differences(_ state: MemoryState, from expected: MemoryState) -> String {
    var lines: [String] = []
    var addresses: Set<Address> = []
    state.forEachAccount { address, _ in addresses.insert(address) }
    expected.forEachAccount { address, _ in addresses.insert(address) }
    for address in addresses.sorted() {
      let (right, wrong) = (expected.account(address), state.account(address))
      if right != wrong {
        let texts = [right, wrong].map { $0.map { "\($0)" } ?? "no account" }
        lines.append("\(address): expected \(texts[0]), got \(texts[1])")
      }
      var slots: Set<UInt256> = []
      state.forEachSlot(of: address) { slot, _ in slots.insert(slot) }
      expected.forEachSlot(of: address) { slot, _ in slots.insert(slot) }
      for slot in slots.sorted() {
        let (right, wrong) = (expected.storage(address, slot), state.storage(address, slot))
        if right != wrong { lines.append("\(address)[\(slot)]: expected \(right), got \(wrong)") }
      }
    }
    return lines.prefix(8).joined(separator: "\n")
  }

  /// The verdict on a block that was added, or refused for `error`, while the test expects
  /// `exception`, which may have no name. Nil when all is as expected.
  func judge(_ error: BlockImportError?, expecting exception: Exception) -> Verdict? {
    switch error {
    case nil:
      guard exception.isExpected else { return nil }
      return .failed("expected refusal \(exception.name ?? ""); the block was accepted")
    case .notExecuted(.memoryLimit): return .undecided
    case .notExecuted(let error): return .failed("not executed: \(error)")
    case .invalid(let reason):
      guard exception.isExpected else {
        return .failed("expected to be accepted; refused: \(reason)")
      }
      guard let name = exception.name else { return nil }
      if ExceptionNames.accept(Refusal.all(of: reason), for: name, in: self.name) { return nil }
      return .failed("expected refusal \(name); refused: \(reason)")
    }
  }

  /// The refusal that a test expects.
  struct Exception {
    let isExpected: Bool
    var name: String?
  }
}
