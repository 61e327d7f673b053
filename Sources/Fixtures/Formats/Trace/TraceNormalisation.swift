// What is left aside when a recorded trace is compared.

internal import JSON

/// A folder's kind of answers.
enum TraceFlavour {
  /// Geth's native tracers.
  case native
  /// The flat tracer.
  case flat
  /// The JavaScript tracers that came before the native ones.
  case legacyCall, legacyPrestate

  /// The answers of `folder`.
  init(folder: String) {
    switch folder {
    case _ where folder.hasSuffix("_flat"): self = .flat
    case "call_tracer_legacy": self = .legacyCall
    case "prestate_tracer_legacy": self = .legacyPrestate
    default: self = .native
    }
  }

  /// Takes out of both sides what the folder's answers say differently, or not at all.
  ///
  /// - Native tracers: the `index` of logs that were recorded without one, in one file; apart from
  ///   that the answers must be equal.
  /// - Flat: where the transaction stands (`blockHash`, `blockNumber`, `transactionHash`,
  ///   `transactionPosition`), which is given to none or all entries at the recorder's will; the
  ///   members `author`, `address`, `balance` and `refundAddress` of a call, and `address` of its
  ///   result, which some files have as zeros; and an empty `result` of what failed.
  /// - JavaScript call tracer: it knew no `revertReason`; it left `gas` and `gasUsed` out of the end
  ///   of a contract, and of what was refused before it began; called those refusals, and a creation
  ///   that could not pay for its code, an "internal failure"; wrote an empty `output`; showed no
  ///   `value` of delegated calls; and spelled addresses as the contract's code did, in capitals too.
  ///   It left out calls of precompiled contracts, which none of the files make.
  /// - JavaScript prestate tracer: it knew no `codeHash`, and wrote empty `code` and `storage`.
  func normalise(expected: inout JSONTree, found: inout JSONTree) {
    switch self {
    case .native: Self.logsWithoutIndex(expected, &found)
    case .flat:
      expected = .array(expected.elements.map(Self.flatEntry))
      found = .array(found.elements.map(Self.flatEntry))
    case .legacyCall: Self.legacyFrame(&expected, &found)
    case .legacyPrestate:
      expected = Self.legacyAccounts(expected)
      found = Self.legacyAccounts(found)
    }
  }

  private static func logsWithoutIndex(_ expected: JSONTree, _ found: inout JSONTree) {
    for name in ["logs", "calls"] {
      let left = expected[name]?.elements ?? []
      guard var right = found[name]?.elements, left.count == right.count else { continue }
      for index in left.indices {
        if name == "calls" {
          logsWithoutIndex(left[index], &right[index])
        } else if left[index]["index"] == nil {
          right[index]["index"] = nil
        }
      }
      found[name] = .array(right)
    }
  }

  private static let zeroAddress = JSONTree.string("0x" + String(repeating: "0", count: 40))

  private static func flatEntry(_ entry: JSONTree) -> JSONTree {
    var entry = entry
    for name in ["blockHash", "blockNumber", "transactionHash", "transactionPosition"] {
      entry[name] = nil
    }
    if entry["type"] == .string("call") {
      for name in ["author", "address", "refundAddress"]
      where entry["action"]?[name] == zeroAddress { entry["action"]?[name] = nil }
      if entry["action"]?["balance"] == .string("0x0") { entry["action"]?["balance"] = nil }
      if entry["result"]?["address"] == zeroAddress { entry["result"]?["address"] = nil }
    }
    if entry["result"] == .object([:]) { entry["result"] = nil }
    return entry
  }

  private static func legacyFrame(_ expected: inout JSONTree, _ found: inout JSONTree) {
    found["revertReason"] = nil
    if expected["output"] == .string("0x") { expected["output"] = nil }
    for name in ["from", "to"] {
      if case .string(let address)? = expected[name] {
        expected[name] = .string(address.lowercased())
      }
    }
    let isInternalFailure = expected["error"] == .string("internal failure")
    if isInternalFailure, found["error"] != nil { found["error"] = expected["error"] }
    if isInternalFailure || expected["type"] == .string("SELFDESTRUCT") {
      for name in ["gas", "gasUsed"] where expected[name] == nil { found[name] = nil }
    }
    if expected["type"] == .string("DELEGATECALL"), expected["value"] == nil {
      found["value"] = nil
    }
    var (left, right) = (expected["calls"]?.elements ?? [], found["calls"]?.elements ?? [])
    guard !left.isEmpty, left.count == right.count else { return }
    for index in left.indices { legacyFrame(&left[index], &right[index]) }
    expected["calls"] = .array(left)
    found["calls"] = .array(right)
  }

  private static func legacyAccounts(_ accounts: JSONTree) -> JSONTree {
    guard case .object(let members) = accounts else { return accounts }
    return .object(
      members.mapValues { account in
        var account = account
        account["codeHash"] = nil
        if account["code"] == .string("0x") { account["code"] = nil }
        if account["storage"] == .object([:]) { account["storage"] = nil }
        return account
      })
  }
}
