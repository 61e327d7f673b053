// Chains in a folder: genesis, blocks, payloads, and the state at the end.

internal import Chain
internal import Execution
internal import Foundation
internal import JSON
internal import Ledger
internal import Primitives
internal import State

/// Imports the chain of a folder: as blocks from `chain.rlp`, and again as payloads from
/// `newpayload.json`. The chain must end at the block that `headblock.json` or `headfcu.json` names,
/// with the accounts of `headstate.json`. Proofs of work are not checked: such chains have none.
final class ChainFolderRunner: FormatRunner {
  private let execution: BlockExecution

  init(_ execution: BlockExecution) { self.execution = execution }

  func run(
    _ file: FixtureFile, _ selection: CaseSelection, report: (CaseResult) -> Void
  ) throws(JSONError) {
    guard selection.includes(nil) else { return }
    if selection.includes(ChainFolder.blocks, path: file.path) {
      report(
        CaseResult(name: ChainFolder.blocks, verdict: execution.verdict(try importBlocks(of: file)))
      )
    }
    if let genesis = try? Genesis(file.document) {
      RPCExchangeRunner().run(file, genesis, selection, report: report)
    }
    let payloads = ChainFolder.payloads
    guard file.beside[payloads] != nil, selection.includes(payloads, path: file.path) else {
      return
    }
    report(
      CaseResult(name: payloads, verdict: execution.verdict(try importPayloads(of: file, payloads)))
    )
  }

  private func document(_ name: String, of file: FixtureFile) throws(JSONError) -> JSONDocument? {
    guard let bytes = file.beside[name] else { return nil }
    return try JSONDocument(
      parsing: bytes, source: file.path.dropLast(ChainFolder.genesis.count) + name)
  }

  /// The chain of the genesis block alone; a verdict where there can be none.
  private func chain(of file: FixtureFile) throws(JSONError) -> (ImportedChain?, Verdict) {
    do throws(GenesisError) {
      return (
        try ImportedChain(Genesis(file.document), executor: execution.executor, seal: nil), .passed
      )
    } catch {
      if case .json(let error) = error { throw error }
      return (nil, .failed("\(error)"))
    }
  }

  /// What the chain begins with, to import it again.
  private func blocks(of file: FixtureFile) throws(JSONError) -> ImportedBlocks? {
    guard execution.stores != nil, let genesis = try? Genesis(file.document) else { return nil }
    return ImportedBlocks(
      genesis: genesis.header, allocations: genesis.allocations, rules: genesis.rules, seal: nil)
  }

  private func importBlocks(of file: FixtureFile) throws(JSONError) -> Verdict {
    let (chain, verdict) = try chain(of: file)
    guard let chain else { return verdict }
    var imported = try blocks(of: file)
    var encodings = RLPReader(file.beside[ChainFolder.blocks] ?? [])
    while !encodings.isAtEnd {
      let offset = encodings.offset
      let encoding: [UInt8]
      do throws(RLPError) {
        encoding = Array(try encodings.readRaw())
      } catch {
        return .failed("byte \(offset): \(error)")
      }
      if let verdict = Self.verdict(on: chain.add(encoding), place: "byte \(offset)") {
        return verdict
      }
      imported?.steps.append((encoding, false))
    }
    if let imported, let problem = execution.stores?.problem(of: imported, head: chain.head) {
      return .failed(problem)
    }
    return try compareEnd(of: chain, file)
  }

  private func importPayloads(of file: FixtureFile, _ name: String) throws(JSONError) -> Verdict {
    let (chain, verdict) = try chain(of: file)
    guard let chain, let calls = try document(name, of: file) else { return verdict }
    var number = 0
    for call in try calls.root.elements() {
      let place = "payload \(number)"
      number += 1
      if let verdict = try self.verdict(on: call, in: chain, place: place) { return verdict }
    }
    return try compareEnd(of: chain, file)
  }

  /// The verdict on a call of `engine_newPayload`; nil when the block is added.
  private func verdict(
    on call: JSONValue, in chain: ImportedChain, place: String
  ) throws(JSONError) -> Verdict? {
    let method = try call.field("method")
    let prefix = "engine_newPayloadV"
    guard let text = method.text?.string, text.hasPrefix(prefix),
      let version = Int(text.dropFirst(prefix.count))
    else { throw method.unexpected("\(prefix) and a number") }
    let payload = try NewPayload(
      version: version, parameters: try call.field("params"), request: Self.request)
    // The first is the genesis block, whose difficulty no payload can say.
    if payload.payload.blockHash == chain.blockchain.genesis.hash { return nil }
    do throws(InvalidPayload) {
      let block = try payload.block(rules: chain.blockchain.rules)
      return Self.verdict(on: chain.add(block), place: place)
    } catch {
      return .failed("\(place): \(error)")
    }
  }

  /// A request to the consensus layer. The generator of the published chain wrote them in Base64.
  private static func request(_ value: JSONValue) throws(JSONError) -> [UInt8] {
    if value.text?.hasPrefix("0x") == true { return try value.bytes() }
    guard let bytes = Data(base64Encoded: try value.string()) else {
      throw value.unexpected("hex digits or Base64")
    }
    return Array(bytes)
  }

  private static func verdict(on outcome: ImportVerdict, place: String) -> Verdict? {
    switch outcome {
    case .added, .handedOver, .known, .older: nil
    case .refused(let header, let reason):
      .failed("\(place), block \(header.map { "\($0.number)" } ?? "?"): \(reason)")
    case .notExecuted(_, .memoryLimit): .undecided
    case .notExecuted(let header, let error):
      .failed("\(place), block \(header.number) was not executed: \(error)")
    case .failed(let reason): .failed("\(place): \(reason)")
    }
  }

  // MARK: - The end

  private func compareEnd(
    of chain: ImportedChain, _ file: FixtureFile
  ) throws(JSONError) -> Verdict {
    var findings = Findings()
    let head = chain.blockchain.head
    if let block = try document("headblock.json", of: file)?.root {
      findings.compare("head", try block.field("hash").hash(), head.hash)
      findings.compare(
        "state root of the head", try block.field("stateRoot").hash(), head.header.stateRoot)
    }
    if let call = try document("headfcu.json", of: file)?.root {
      var parameters = try call.field("params").elements()
      guard let state = parameters.next() else { throw call.unexpected("a fork choice") }
      findings.compare("head", try state.field("headBlockHash").hash(), head.hash)
    }
    if let dump = try document("headstate.json", of: file)?.root {
      try compare(chain.blockchain.headState(), with: dump, &findings)
    }
    return findings.verdict
  }

  /// Compares with a dump as geth makes it.
  private func compare(
    _ state: MemoryState, with dump: JSONValue, _ findings: inout Findings
  ) throws(JSONError) {
    findings.compare("state root", try dump.field("root").hash(), state.root())
    var count = 0
    for member in try dump.field("accounts").members() {
      guard let address = member.key.address else {
        throw member.value.unexpected("an address as the member's name")
      }
      count += 1
      let expected = Account(
        nonce: try member.value.field("nonce").uint64(),
        balance: try member.value.field("balance").uint256(),
        codeHash: try member.value.field("codeHash").hash())
      findings.compare("\(address)", expected, state.account(address))
      findings.compare(
        "storage root of \(address)", try member.value.field("root").hash(),
        StateRoot.storageRoot(of: address, in: state))
    }
    findings.compare("number of accounts", count, state.accountCount)
  }
}
