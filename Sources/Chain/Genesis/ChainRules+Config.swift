// Chain rules as the config of geth's genesis files spells them.

public import JSON
public import Ledger
internal import Primitives

extension ChainRules {
  static let forkBlocks: [(name: String, fork: Fork)] = [
    ("homesteadBlock", .homestead), ("eip150Block", .tangerineWhistle),
    ("eip158Block", .spuriousDragon), ("byzantiumBlock", .byzantium),
    ("constantinopleBlock", .constantinople), ("petersburgBlock", .petersburg),
    ("istanbulBlock", .istanbul), ("muirGlacierBlock", .muirGlacier), ("berlinBlock", .berlin),
    ("londonBlock", .london), ("arrowGlacierBlock", .arrowGlacier),
    ("grayGlacierBlock", .grayGlacier),
  ]

  static let forkTimes: [(name: String, fork: Fork)] = [
    ("shanghaiTime", .shanghai), ("cancunTime", .cancun), ("pragueTime", .prague),
    ("osakaTime", .osaka),
  ]

  /// Forks that change nothing but the parameters of blobs (EIP-7892).
  static let blobForks = ["bpo1", "bpo2", "bpo3", "bpo4", "bpo5"]

  /// From here on a block or a time stands for never, in files whose forks all have one.
  private static let never: UInt64 = 1 << 63

  /// Fields that end as those of forks do, and are none, or are read elsewhere. Where the network
  /// splits changes no rule: total difficulty ends the proof of work.
  private static let otherFields: Set<String> = [
    "eip155block", "daoforkblock", "mergenetsplitblock",
  ]

  /// Reads the object `config` of geth's genesis format. Fields that are absent or null are forks that
  /// never begin; forks that this engine does not have are refused, unless they never begin either. The
  /// order of forks is not checked (see `checkForkOrder`), and not what only the import of a chain needs
  /// (see `refuseUnsupported`): without an entry in `blobSchedule`, the protocol's own parameters of the fork hold.
  ///
  /// As in geth, a field that it knows must have its type even where nothing depends on it, and fields
  /// that it does not know are passed over.
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
    try readDAOFork(fields)
    terminalTotalDifficulty = try fields["terminalTotalDifficulty"]?.uint256()
    if terminalTotalDifficulty?.isZero == true { activations[.paris] = .block(0) }
    if let contract = fields["depositContractAddress"] {
      depositContract = try contract.address()
    }
    try Self.checkUnusedFields(fields)
    try readTimes(fields)
  }

  /// As in geth, a chain that names the fork and does not say that it supports it opposes it.
  private mutating func readDAOFork(_ fields: GenesisFields) throws(JSONError) {
    var isSupported = false
    if let value = fields["daoForkSupport"] {
      guard let flag = value.boolean else { throw value.unexpected("true or false") }
      isSupported = flag
    }
    if let block = try fields["daoForkBlock"]?.uint64() {
      daoFork = DAOForkRule(block: block, isSupported: isSupported)
    }
  }

  /// Fields that geth knows and that change no rule here.
  private static func checkUnusedFields(_ fields: GenesisFields) throws(JSONError) {
    _ = try fields["mergeNetsplitBlock"]?.uint64()
    if let engine = fields["ethash"] { _ = try GenesisFields(engine) }
  }

  private mutating func readTimes(_ fields: GenesisFields) throws(JSONError) {
    let schedule = try BlobScheduleFields(fields)
    var blobs: BlobParameters?
    for (name, fork) in Self.forkTimes {
      guard let time = try fields[name]?.uint64() else { continue }
      activations[fork] = .timestamp(time)
      if fork < .cancun { continue }
      let entry = fork.name.lowercased()
      // Older versions of geth demand an entry of Osaka, which changes no parameters. Since 1.17.5
      // the newest entry before holds on where there is none.
      blobs = schedule[entry] ?? (fork < .osaka ? BlobParameters.of(fork) : blobs)
      blobSchedule[time] = blobs
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
      blobSchedule[time] = try schedule.required(name)
    }
  }

  private static func refuseUnknownForks(_ fields: GenesisFields) throws(JSONError) {
    let known = forkBlocks.map(\.name) + forkTimes.map(\.name) + blobForks.map { "\($0)Time" }
    let names = Set(known.map { $0.lowercased() }).union(otherFields)
    for name in fields.names where name.hasSuffix("block") || name.hasSuffix("time") {
      guard !names.contains(name), let value = fields[name] else { continue }
      // So late that whoever wrote it means never.
      if let time = try? value.uint64(), time >= Self.never { continue }
      throw value.unexpected("null: there is no such fork up to \(Fork.latest.name)")
    }
  }

  /// Throws for what no chain can be imported with: seals of authorities, forks with blobs that lack
  /// their entry in `blobSchedule`, and halves of Spurious Dragon, one fork here, that do not begin
  /// together.
  static func refuseUnsupported(_ config: JSONValue) throws(JSONError) {
    let fields = try GenesisFields(config)
    if let clique = fields["clique"] {
      throw clique.unexpected("null: blocks sealed by authorities are not supported")
    }
    let schedule = try BlobScheduleFields(fields)
    for name in ["cancun", "prague"] where fields["\(name)Time"] != nil {
      _ = try schedule.required(name)
    }
    guard let half = fields["eip155Block"] else { return }
    let other = try fields["eip158Block"]?.uint64()
    guard try half.uint64() == other else {
      throw half.unexpected(
        "the block of eip158Block, \(other.map { "\($0)" } ?? "which is absent")")
    }
  }
}

/// The entries of `blobSchedule`. As in geth, each fork that begins some time and brings parameters of
/// blobs needs its own: none takes over another's, nor those that the protocol gives it.
private struct BlobScheduleFields {
  private let config: GenesisFields
  private var entries: [String: BlobParameters] = [:]

  /// Reads the entries of all forks that are known, whether they begin or not. Others are passed over.
  init(_ config: GenesisFields) throws(JSONError) {
    self.config = config
    guard let value = config["blobSchedule"] else { return }
    let fields = try GenesisFields(value)
    for name in ["cancun", "prague", "osaka"] + ChainRules.blobForks {
      entries[name] = try fields[name].map { value throws(JSONError) in try BlobParameters(value) }
    }
  }

  /// The entry of a fork; nil where there is none.
  subscript(_ name: String) -> BlobParameters? { entries[name] }

  func required(_ name: String) throws(JSONError) -> BlobParameters {
    if let entry = entries[name] { return entry }
    let schedule = try config.required("blobSchedule")
    throw JSONError(
      source: schedule.document.source, path: "\(schedule.path).\(name)", problem: .missing)
  }
}

extension BlobParameters {
  /// Reads `{target, max, baseFeeUpdateFraction}` (EIP-7840). Stricter than geth: all three must be
  /// there, the target may not be above `max`, and the fraction not zero.
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
