// Engine tests: payloads of the Engine API, to be made blocks and imported.

internal import Chain
internal import Execution
internal import JSON
internal import Ledger
internal import Primitives

/// Runs the engine tests of the Execution Spec Tests, without a server in between.
final class EngineTestRunner: FormatRunner {
  private let execution: BlockExecution

  init(_ execution: BlockExecution) { self.execution = execution }

  func run(
    _ file: FixtureFile, _ selection: CaseSelection, report: (CaseResult) -> Void
  ) throws(JSONError) {
    try ChainFixture.forEach(in: file, selection, execution, report: report) {
      (fixture) throws(JSONError) in try addPayloads(fixture)
    }
  }

  /// Adds the payloads; answers the verdict on the first that is not as expected.
  private func addPayloads(_ fixture: ChainFixture) throws(JSONError) -> Verdict? {
    var number = 0
    for entry in try fixture.test.field("engineNewPayloads").elements() {
      let verdict = try verdict(on: entry, in: fixture)
      if let verdict { return verdict.prefixed("payload \(number): ") }
      number += 1
    }
    return nil
  }

  /// The verdict on a payload; nil when all is as expected, the block being the head if it is valid.
  private func verdict(
    on entry: JSONValue, in fixture: ChainFixture
  ) throws(JSONError) -> Verdict? {
    let exception = ChainFixture.Exception(
      isExpected: try entry.has("validationError"),
      name: try entry.optionalField("validationError")?.string())
    let errorCode = try entry.optionalField("errorCode").map { (code) throws(JSONError) in
      try code.signedInteger()
    }
    let call = try NewPayload(engineTest: entry)
    let block: Block
    do throws(InvalidPayload) {
      block = try call.block(rules: fixture.chain.rules)
    } catch {
      return judge(error, expecting: exception, errorCode: errorCode)
    }
    var refusal: BlockImportError?
    do throws(BlockImportError) {
      let record = try fixture.chain.add(block)
      _ = fixture.chain.setHead(record.hash)
    } catch {
      refusal = error
    }
    fixture.note(block.encoded, isRefused: refusal != nil)
    if let errorCode {
      return .failed("expected error \(errorCode); \(refusal.map { "\($0)" } ?? "it is valid")")
    }
    return fixture.judge(refusal, expecting: exception)
  }

  private func judge(
    _ error: InvalidPayload, expecting exception: ChainFixture.Exception, errorCode: Int?
  ) -> Verdict? {
    if let code = error.errorCode {
      if code == errorCode { return nil }
    } else if errorCode == nil, let name = exception.name,
      ExceptionNames.accept(Refusal(error), for: name)
    {
      return nil
    }
    let expected = errorCode.map { "error \($0)" } ?? exception.name ?? "a valid payload"
    return .failed("expected \(expected); got \(error)")
  }
}

extension NewPayload {
  /// The call that an entry of `engineNewPayloads` describes.
  fileprivate init(engineTest entry: JSONValue) throws(JSONError) {
    try self.init(
      version: try entry.field("newPayloadVersion").index(),
      parameters: try entry.field("params"))
  }

  /// The call of `engine_newPayload` in this version with an array of parameters, whose requests
  /// `request` reads.
  init(
    version: Int, parameters list: JSONValue,
    request: (JSONValue) throws(JSONError) -> [UInt8] = { (value) throws(JSONError) in
      try value.bytes()
    }
  ) throws(JSONError) {
    var parameters = try list.elements()
    guard let payload = parameters.next() else { throw list.unexpected("a payload") }
    self.init(version: version, payload: try ExecutionPayload(payload))
    if let hashes = parameters.next(), hashes.kind != .null {
      versionedHashes = []
      for hash in try hashes.elements() { versionedHashes?.append(try hash.hash()) }
    }
    if let root = parameters.next(), root.kind != .null { parentBeaconBlockRoot = try root.hash() }
    if let list = parameters.next(), list.kind != .null {
      requests = []
      for value in try list.elements() { requests?.append(try request(value)) }
    }
  }
}

extension ExecutionPayload {
  /// The payload that a JSON object spells.
  init(_ payload: JSONValue) throws(JSONError) {
    var transactions: [[UInt8]] = []
    for transaction in try payload.field("transactions").elements() {
      transactions.append(try transaction.bytes())
    }
    let withdrawals = try payload.optionalField("withdrawals")?.withdrawals()
    self.init(
      header: try Header(payload: payload), blockHash: try payload.field("blockHash").hash(),
      transactions: transactions, withdrawals: withdrawals)
  }
}

extension JSONValue {
  /// An integer with a sign, as a number or in decimal digits.
  fileprivate func signedInteger() throws(JSONError) -> Int {
    if let text, let number = Int(text.string) { return number }
    throw unexpected("a number in decimal digits")
  }
}
