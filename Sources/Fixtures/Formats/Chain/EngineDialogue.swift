// What a client answers to a case, against what it should.

internal import JSON

/// Gives a client the payloads of cases.
struct EngineDialogue {
  let client: EngineClient
  let genesisHash: String

  /// What a payload breaks that makes no block.
  private static let unmakeable = [
    "INVALID_BLOCK_HASH", "INVALID_VERSIONED_HASHES", "RLP_STRUCTURES_ENCODING",
  ]
  private static let noHash = "0x" + String(repeating: "0", count: 64)

  /// The verdict on a case, which begins at the genesis block again.
  func verdict(on test: EngineCase) throws(EngineClient.Failure) -> Verdict {
    let version = test.steps.first?.forkchoiceVersion ?? 3
    if let problem = try setHead(genesisHash, version: version) {
      return .failed("genesis: \(problem)")
    }
    for (index, step) in test.steps.enumerated() {
      if let problem = try problem(with: step) { return .failed("payload \(index): \(problem)") }
    }
    let latest = try client.ask("eth_getBlockByNumber", "[\"latest\",false]")
    let head = latest["result"]?["hash"]?.text?.string
    return head == test.head ? .passed : .failed("head: expected \(test.head), got \(head ?? "-")")
  }

  /// What is not as it should be when the client gets a payload; a valid one becomes the head.
  private func problem(with step: EngineStep) throws(EngineClient.Failure) -> String? {
    let answer = try client.ask("engine_newPayloadV\(step.version)", step.parameters)
    if let code = step.errorCode {
      let found = answer["error"]?["code"]?.signedNumber
      return found == Int64(code) ? nil : "expected error \(code); got \(Self.shown(answer))"
    }
    if let refusal = step.refusal {
      return isRefusal(answer, of: step)
        ? nil : "expected refusal \(refusal); got \(Self.shown(answer))"
    }
    guard isValid(answer["result"], step.blockHash) else {
      return "expected VALID; got \(Self.shown(answer))"
    }
    return try setHead(step.blockHash, version: step.forkchoiceVersion)
  }

  /// Whether a payload was refused. The last block that holds is its parent, unless the payload makes no block of
  /// its hash: then nothing is said of its branch.
  private func isRefusal(_ answer: JSONValue, of step: EngineStep) -> Bool {
    guard let result = answer["result"], result["status"]?.text?.string == "INVALID" else {
      return false
    }
    guard let latest = result["latestValidHash"], latest.kind != .null else {
      return Self.unmakeable.contains { step.refusal?.contains($0) == true }
    }
    return latest.text?.string == step.parentHash
  }

  private func isValid(_ status: JSONValue?, _ hash: String) -> Bool {
    status?["status"]?.text?.string == "VALID"
      && status?["latestValidHash"]?.text?.string == hash
  }

  /// Makes a block the head; what is wrong where that does not succeed.
  private func setHead(
    _ hash: String, version: Int
  ) throws(EngineClient.Failure) -> String? {
    let answer = try client.ask(
      "engine_forkchoiceUpdatedV\(version)",
      "[{\"headBlockHash\":\"\(hash)\",\"safeBlockHash\":\"\(Self.noHash)\","
        + "\"finalizedBlockHash\":\"\(Self.noHash)\"},null]")
    return isValid(answer["result"]?["payloadStatus"], hash)
      ? nil : "forkchoice: expected VALID; got \(Self.shown(answer))"
  }

  private static func shown(_ answer: JSONValue) -> String {
    var writer = JSONWriter(.compact)
    let part = answer["error"] ?? answer["result"] ?? answer
    try? part.write(to: &writer)
    return String(writer.text.prefix(400))
  }
}

extension JSONValue {
  /// The member of an object; nil where there is none.
  fileprivate subscript(name: String) -> JSONValue? {
    kind == .object ? (try? optionalField(name)) ?? nil : nil
  }
}
