// Chain rules as the config of geth's genesis files spells them.

public import JSON
public import Ledger
internal import Primitives

extension ChainRules {
  private static let forkBlocks: [(name: String, fork: Fork)] = [
    ("homesteadBlock", .homestead), ("eip150Block", .tangerineWhistle),
    ("eip158Block", .spuriousDragon), ("byzantiumBlock", .byzantium),
    ("constantinopleBlock", .constantinople), ("petersburgBlock", .petersburg),
    ("istanbulBlock", .istanbul), ("muirGlacierBlock", .muirGlacier), ("berlinBlock", .berlin),
    ("londonBlock", .london), ("arrowGlacierBlock", .arrowGlacier),
    ("grayGlacierBlock", .grayGlacier),
  ]

  private static let forkTimes: [(name: String, fork: Fork)] = [
    ("shanghaiTime", .shanghai), ("cancunTime", .cancun), ("pragueTime", .prague),
    ("osakaTime", .osaka),
  ]

  /// Forks that change nothing but the parameters of blobs (EIP-7892).
  private static let blobForks = ["bpo1", "bpo2", "bpo3", "bpo4", "bpo5"]

  /// Fields that end as those of forks do, and are none, or are read elsewhere. Where the network
  /// splits changes no rule: total difficulty ends the proof of work.
  private static let otherFields: Set<String> = [
    "eip155block", "daoforkblock", "mergenetsplitblock",
  ]

  /// Reads the object `config` of geth's genesis format. Fields that are absent or null are forks that
  /// never begin; forks that this engine does not have are refused. The order of forks is not checked
  /// (see `checkForkOrder`), and not how blocks are sealed.
  public init(config: JSONValue) throws(JSONError) {
    let fields = try GenesisFields(config)
    try Self.refuseUnknownForks(fields)
    self.init(chainID: try fields.required("chainId").uint64(), activations: [.frontier: .block(0)])
    for (name, fork) in Self.forkBlocks {
      if let value = fields[name] { activations[fork] = .block(try value.uint64()) }
    }
    // geth: Petersburg comes with Constantinople unless it is named.
    if activations[.petersburg] == nil {
      activations[.petersburg] = activations[.constantinople]
    }
    if let block = fields["daoForkBlock"], fields["daoForkSupport"]?.boolean == true {
      daoFork = try block.uint64()
    }
    terminalTotalDifficulty = try fields["terminalTotalDifficulty"]?.uint256()
    if terminalTotalDifficulty?.isZero == true { activations[.paris] = .block(0) }
    if let contract = fields["depositContractAddress"] {
      depositContract = try contract.address()
    }
    try readTimes(fields)
  }

  private mutating func readTimes(_ fields: GenesisFields) throws(JSONError) {
    let schedule = try fields["blobSchedule"].map { value throws(JSONError) in
      try GenesisFields(value)
    }
    for (name, fork) in Self.forkTimes {
      guard let time = try fields[name]?.uint64() else { continue }
      activations[fork] = .timestamp(time)
      // A fork has parameters of its own, which the file may replace.
      if let value = schedule?[fork.name] { blobSchedule[time] = try BlobParameters(value) }
    }
    var latest: (name: String, time: UInt64)?
    if case .timestamp(let time) = activations[.osaka] { latest = ("osakaTime", time) }
    for name in Self.blobForks {
      guard let value = fields["\(name)Time"] else { continue }
      let time = try value.uint64()
      guard let before = latest, before.time <= time else {
        throw value.unexpected(
          "a time at or after \(latest?.name ?? "osakaTime"), which must be there")
      }
      latest = ("\(name)Time", time)
      let parameters = try fields.required("blobSchedule")
      blobSchedule[time] = try BlobParameters(GenesisFields(parameters).required(name))
    }
  }

  private static func refuseUnknownForks(_ fields: GenesisFields) throws(JSONError) {
    let known = forkBlocks.map(\.name) + forkTimes.map(\.name) + blobForks.map { "\($0)Time" }
    let names = Set(known.map { $0.lowercased() }).union(otherFields)
    for name in fields.names where name.hasSuffix("block") || name.hasSuffix("time") {
      if !names.contains(name), let value = fields[name] {
        throw value.unexpected("null: there is no such fork up to \(Fork.latest.name)")
      }
    }
  }

  /// Throws for what no chain can be imported with: seals of authorities, and halves of Spurious
  /// Dragon, one fork here, that do not begin together.
  static func refuseUnsupported(_ config: JSONValue) throws(JSONError) {
    let fields = try GenesisFields(config)
    if let clique = fields["clique"] {
      throw clique.unexpected("null: blocks sealed by authorities are not supported")
    }
    guard let half = fields["eip155Block"] else { return }
    let other = try fields["eip158Block"]?.uint64()
    guard try half.uint64() == other else {
      throw half.unexpected(
        "the block of eip158Block, \(other.map { "\($0)" } ?? "which is absent")")
    }
  }
}

extension BlobParameters {
  /// Reads `{target, max, baseFeeUpdateFraction}` (EIP-7840).
  public init(_ value: JSONValue) throws(JSONError) {
    let fields = try GenesisFields(value)
    self.init(
      target: try fields.required("target").uint64(), max: try fields.required("max").uint64(),
      baseFeeUpdateFraction: try fields.required("baseFeeUpdateFraction").uint64())
    guard target <= max else { throw value.unexpected("a target that is at most max") }
    guard baseFeeUpdateFraction > 0 else {
      throw value.unexpected("a baseFeeUpdateFraction above zero")
    }
  }
}
