// The genesis file, as geth and its relatives read it, of a test that describes its first block otherwise.

internal import Chain
internal import JSON
internal import Ledger
internal import Primitives

/// Writes genesis files.
enum EngineGenesis {
  /// The genesis file of an engine test; nil where its network is not known.
  static func text(of test: JSONValue) throws(JSONError) -> String? {
    let network = try FixtureNetwork(
      try test.field("network").string(), config: try test.optionalField("config"))
    guard let rules = network?.rules else { return nil }
    let header = try Header(blockTest: try test.field("genesisBlockHeader"))
    let accounts = try test.field("pre")
    var writer = JSONWriter(.compact)
    try writer.object { (object) throws(JSONError) in
      object.key("config")
      object.object { write(rules, to: &$0) }
      write(header, to: &object)
      object.key("alloc")
      try accounts.write(to: &object)
    }
    return writer.text
  }

  private static let blockNames = [
    "homestead", "eip150", "eip155", "eip158", "byzantium", "constantinople", "petersburg",
    "istanbul", "muirGlacier", "berlin", "london", "arrowGlacier", "grayGlacier", "mergeNetsplit",
  ]
  private static let timeNames: [(name: String, fork: Fork)] = [
    ("shanghai", .shanghai), ("cancun", .cancun), ("prague", .prague), ("osaka", .osaka),
  ]

  /// Engine tests begin after the proof of work: all forks before Paris have begun.
  private static func write(_ rules: ChainRules, to object: inout JSONWriter) {
    object.member("chainId", rules.chainID)
    for name in blockNames { object.member("\(name)Block", 0) }
    object.member("terminalTotalDifficulty", 0)
    object.member("terminalTotalDifficultyPassed", true)
    object.member("depositContractAddress", rules.depositContract.hex)
    var schedule: [(name: String, parameters: BlobParameters)] = []
    var times: Set<UInt64> = []
    for (name, fork) in timeNames {
      guard let time = rules.beginning(of: fork) else { continue }
      object.member("\(name)Time", time)
      times.insert(time)
      let isLast = rules.fork(block: 1, timestamp: time) == fork
      let parameters =
        isLast ? rules.blobParameters(block: 1, timestamp: time) : BlobParameters.of(fork)
      if let parameters { schedule.append((name, parameters)) }
    }
    for (time, parameters) in rules.blobSchedule.sorted(by: { $0.key < $1.key })
    where !times.contains(time) && time > 0 {
      let name = "bpo\(schedule.count { $0.name.hasPrefix("bpo") } + 1)"
      object.member("\(name)Time", time)
      schedule.append((name, parameters))
    }
    object.key("blobSchedule")
    object.object { object in
      for (name, parameters) in schedule {
        object.key(name)
        object.object { object in
          object.member("target", parameters.target)
          object.member("max", parameters.max)
          object.member("baseFeeUpdateFraction", parameters.baseFeeUpdateFraction)
        }
      }
    }
  }

  private static func write(_ header: Header, to object: inout JSONWriter) {
    func quantity(_ number: UInt64) -> String { "0x" + String(number, radix: 16) }
    object.member("nonce", quantity(header.nonce))
    object.member("timestamp", quantity(header.timestamp))
    object.member("extraData", Hex.encode(header.extraData))
    object.member("gasLimit", quantity(header.gasLimit))
    object.member("difficulty", header.difficulty.hex)
    object.member("mixHash", header.prevRandao.hex)
    object.member("coinbase", header.coinbase.hex)
    object.member("number", quantity(header.number))
    object.member("gasUsed", quantity(header.gasUsed))
    object.member("parentHash", header.parentHash.hex)
    if let fee = header.baseFeePerGas { object.member("baseFeePerGas", fee.hex) }
    if let gas = header.blobGasUsed { object.member("blobGasUsed", quantity(gas)) }
    if let excess = header.excessBlobGas { object.member("excessBlobGas", quantity(excess)) }
    if let root = header.parentBeaconBlockRoot { object.member("parentBeaconBlockRoot", root.hex) }
  }
}

extension ChainRules {
  /// When a fork begins, or one behind it; zero where it holds from the first block on, nil where it never does.
  fileprivate func beginning(of fork: Fork) -> UInt64? {
    activations.filter { $0.key >= fork }.map { _, activation -> UInt64 in
      switch activation {
      case .block: 0
      case .timestamp(let time): time
      }
    }.min()
  }
}

extension JSONValue {
  /// Writes the value as it is.
  func write(to writer: inout JSONWriter) throws(JSONError) {
    switch kind {
    case .object:
      let members = try members()
      try writer.object { (object) throws(JSONError) in
        for member in members {
          object.key(member.key.string)
          try member.value.write(to: &object)
        }
      }
    case .array:
      let elements = try elements()
      try writer.array { (list) throws(JSONError) in
        for element in elements { try element.write(to: &list) }
      }
    case .string: writer.value(try string())
    case .boolean: writer.value(boolean == true)
    case .null: writer.null()
    case .integer, .fraction:
      if let wholeNumber { return writer.value(wholeNumber) }
      if let signedNumber { return writer.value(signedNumber) }
      writer.value(fraction ?? 0)
    }
  }
}
