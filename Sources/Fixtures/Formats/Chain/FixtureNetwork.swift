// Networks as block tests name them.

internal import Chain
internal import JSON
internal import Ledger
internal import Primitives

/// The rules of a network that block tests name: a fork, or the transition from one to another.
struct FixtureNetwork {
  let rules: ChainRules
  /// The later of its forks.
  let fork: Fork

  /// A side of a transition.
  private struct Side {
    let name: String
    let fork: Fork
    let isDAO: Bool

    /// Nil for a name that is not known.
    init?(_ name: some StringProtocol) {
      self.name = String(name)
      isDAO = name == "Dao"
      if isDAO {
        fork = .homestead
      } else if name.hasPrefix("BPO"), name.dropFirst(3).allSatisfy(\.isNumber) {
        // Forks of the blob parameters alone (EIP-7892).
        fork = .osaka
      } else if let known = Fork(self.name) {
        fork = known
      } else {
        return nil
      }
    }

    var isBlobParameterOnly: Bool { name.hasPrefix("BPO") }
  }

  /// The network `name`; `config` of the test may have a `blobSchedule`. Nil for a name that is not
  /// known.
  init?(_ name: String, config: JSONValue?) throws(JSONError) {
    let schedule = try config?.optionalField("blobSchedule")
    let chainID = try config?.optionalField("chainid")?.uint64() ?? 1
    var rules = ChainRules(chainID: chainID, activations: [:])
    guard let (first, second) = Self.split(name), let from = Side(first) else { return nil }
    if !from.isBlobParameterOnly { rules.activations[from.fork] = .block(0) }
    if from.isBlobParameterOnly { rules.activations[.osaka] = .block(0) }
    rules.blobSchedule[0] = try Self.parameters(of: from, in: schedule)
    guard let second else {
      self.rules = rules
      fork = from.fork
      return
    }
    guard let (side, moment) = Self.moment(second), let to = Side(side) else { return nil }
    switch moment {
    case .block(let number) where to.isDAO: rules.daoFork = DAOForkRule(block: number)
    case .block(let number): rules.activations[to.fork] = .block(number)
    case .totalDifficulty(let total): rules.terminalTotalDifficulty = total
    case .timestamp(let time):
      if !to.isBlobParameterOnly { rules.activations[to.fork] = .timestamp(time) }
      rules.blobSchedule[time] = try Self.parameters(of: to, in: schedule)
    }
    self.rules = rules
    fork = to.fork
  }

  /// When the second side of a transition begins.
  private enum Moment {
    case block(UInt64)
    case timestamp(UInt64)
    case totalDifficulty(UInt256)
  }

  /// `XToY…` as its two sides.
  private static func split(_ name: String) -> (Substring, Substring?)? {
    guard let middle = name.firstRange(of: "To") else { return (name[...], nil) }
    return (name[..<middle.lowerBound], name[middle.upperBound...])
  }

  /// `YAt5`, `YAtTime15k` or `YAtDiffC0000` as name and moment.
  private static func moment(_ text: Substring) -> (Substring, Moment)? {
    guard let at = text.firstRange(of: "At") else { return nil }
    let name = text[..<at.lowerBound]
    let moment = text[at.upperBound...]
    if moment.hasPrefix("Time") {
      let isThousands = moment.hasSuffix("k")
      let digits = moment.dropFirst(4).dropLast(isThousands ? 1 : 0)
      guard let number = UInt32(digits) else { return nil }
      return (name, .timestamp(UInt64(number) * (isThousands ? 1000 : 1)))
    }
    if moment.hasPrefix("Diff") {
      return UInt64(moment.dropFirst(4), radix: 16).map { (name, .totalDifficulty(UInt256($0))) }
    }
    return UInt64(moment).map { (name, .block($0)) }
  }

  private static func parameters(
    of side: Side, in schedule: JSONValue?
  ) throws(JSONError) -> BlobParameters? {
    guard let entry = try schedule?.optionalField(side.name) else { return nil }
    return try BlobParameters(entry)
  }
}
