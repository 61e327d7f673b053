// Genesis files as values, and as text.

internal import JSON
internal import Ledger
internal import Primitives
internal import Samples
internal import State

/// What a genesis file says.
struct GenesisModel {
  /// The fork that holds from the first block on.
  let fork: Fork
  let timestamp: UInt64
  let gasLimit: UInt64
  let difficulty: UInt256
  let extraData: [UInt8]
  let coinbase: Address
  /// By rising address.
  let accounts: [AccountAllocation]
  /// The members of `config`.
  private let config: [(name: String, value: String)]

  private static let forkBlocks = [
    "homesteadBlock", "eip150Block", "eip158Block", "byzantiumBlock", "constantinopleBlock",
    "petersburgBlock", "istanbulBlock", "muirGlacierBlock", "berlinBlock", "londonBlock",
  ]
  private static let forks: [Fork] = [
    .frontier, .homestead, .tangerineWhistle, .spuriousDragon, .byzantium, .constantinople,
    .petersburg, .istanbul, .muirGlacier, .berlin, .london, .paris, .shanghai, .cancun, .prague,
    .osaka,
  ]
  private static let forkTimes = ["shanghaiTime", "cancunTime", "pragueTime", "osakaTime"]

  init(_ generator: inout SeededGenerator) {
    let index = generator.below(Self.forks.count)
    fork = Self.forks[index]
    timestamp = generator.number() >> 1
    gasLimit = generator.number()
    difficulty = generator.word()
    extraData = generator.bytes(upTo: 40)
    coinbase = generator.address()
    var addresses: Set<Address> = []
    accounts = generator.array(upTo: generator.oneIn(8) ? 60 : 6) { generator in
      AccountAllocation(
        address: generator.address(), nonce: generator.oneIn(2) ? 0 : generator.number(),
        balance: generator.word(), code: generator.oneIn(2) ? [] : generator.bytes(upTo: 40),
        storage: Dictionary(
          generator.array(upTo: generator.oneIn(8) ? 40 : 3) { generator in
            (generator.word(), generator.oneIn(5) ? UInt256.zero : generator.word())
          }, uniquingKeysWith: { first, _ in first }))
    }.filter { addresses.insert($0.address).inserted }.sorted { $0.address < $1.address }
    config = Self.config(&generator, upTo: index, timestamp)
  }

  /// The forks up to the one with this index hold at once, some of the others later.
  private static func config(
    _ generator: inout SeededGenerator, upTo index: Int, _ timestamp: UInt64
  ) -> [(name: String, value: String)] {
    var config = [("chainId", "\(generator.number())")]
    let blocks = min(index, forkBlocks.count)
    for name in forkBlocks.prefix(blocks) {
      config.append((name, "0"))
      if name == "eip150Block", blocks > 2, generator.oneIn(2) {
        config.append(("eip155Block", "0"))
      }
    }
    if index > forkBlocks.count { config.append(("terminalTotalDifficulty", "0")) }
    let times = max(0, index - forkBlocks.count - 1)
    for name in forkTimes.prefix(times) { config.append((name, "\(timestamp)")) }
    // Petersburg comes with its forerunner unless it is named.
    let isNextNamed = forks[index] == .constantinople || generator.oneIn(2)
    if isNextNamed, index > forkBlocks.count, times < forkTimes.count {
      config.append((forkTimes[times], "\(timestamp + 1 + generator.number() >> 2)"))
    } else if isNextNamed, index < forkBlocks.count {
      config.append((forkBlocks[index], "\(1 + generator.number() >> 2)"))
    }
    if let schedule = blobSchedule(of: config.map(\.0), &generator) {
      config.append(("blobSchedule", schedule))
    }
    return config
  }

  /// An entry for each fork with blobs that begins some time; nil where there is none.
  private static func blobSchedule(
    of names: [String], _ generator: inout SeededGenerator
  ) -> String? {
    let forks = ["cancun", "prague", "osaka"].filter { names.contains("\($0)Time") }
    if forks.isEmpty { return nil }
    let entries = forks.map { fork in
      let target = generator.below(30)
      let fraction = 1 + generator.number() >> 1
      return #""\#(fork)":{"target":\#(target),"max":\#(target + generator.below(30)),"#
        + #""baseFeeUpdateFraction":\#(fraction)}"#
    }
    return "{\(entries.joined(separator: ","))}"
  }

  // MARK: Text

  /// The file, in one of the spellings that there are, with `faults` members that are not as they
  /// should be.
  func text(_ generator: inout SeededGenerator, faults: Int = 0) -> String {
    var members: [(name: String, value: String)] = [
      ("nonce", quoted("0x0")), ("timestamp", number(timestamp, &generator)),
      ("extraData", quoted(Hex.encode(extraData))), ("gasLimit", number(gasLimit, &generator)),
      ("difficulty", quoted(difficulty.hex)), ("coinbase", quoted(coinbase.hex)),
      ("mixHash", quoted(Hash256.zero.hex)), ("config", object(config)),
      ("alloc", object(accounts.map { account in (name(of: account, &generator), text(account)) })),
    ]
    if generator.oneIn(3) { members.append(("number", quoted("0x0"))) }
    if generator.oneIn(3) { members.append(("parentHash", quoted(Hash256.zero.hex))) }
    for _ in 0..<faults { spoil(&members, &generator) }
    return object(members)
  }

  private func spoil(
    _ members: inout [(name: String, value: String)], _ generator: inout SeededGenerator
  ) {
    guard !members.isEmpty else { return }
    let place = generator.below(members.count)
    switch generator.below(4) {
    case 0: members.remove(at: place)
    case 1: members.append(members[place])
    case 2 where members[place].name == "config":
      var config = config
      for _ in 0..<generator.within(1...3) { spoilConfig(&config, &generator) }
      members[place].value = object(config)
    default: members[place].value = oddValue(&generator)
    }
  }

  private func spoilConfig(
    _ config: inout [(name: String, value: String)], _ generator: inout SeededGenerator
  ) {
    switch generator.below(3) {
    case 0: if let place = config.indices.last { config[place].value = oddValue(&generator) }
    case 1:
      let names =
        Self.forkBlocks + Self.forkTimes + [
          "terminalTotalDifficulty", "daoForkBlock", "daoForkSupport", "bpo1Time", "bpo2Time",
          "blobSchedule", "clique", "ethash", "amsterdamTime", "depositContractAddress",
        ]
      config.append((generator.pick(names), oddValue(&generator)))
    default: config.remove(at: generator.below(config.count))
    }
    if config.isEmpty { config.append(("chainId", "1")) }
  }

  private func oddValue(_ generator: inout SeededGenerator) -> String {
    generator.pick([
      "null", "true", "-1", "1.5", "1e3", "[]", "{}", "\"\"", "\"0x\"", "\"0x0\"", "\"0X1\"",
      "18446744073709551615", "18446744073709551616", "\"0x10000000000000000\"", "0",
      quoted(generator.word().hex), quoted(generator.word().decimal), "\(generator.number())",
      quoted(Hex.encode(generator.bytes(upTo: 40))),
      #"{"cancun":{"target":0,"max":0,"baseFeeUpdateFraction":1}}"#,
      #"{"osaka":{"target":3,"max":2,"baseFeeUpdateFraction":1},"bpo1":{}}"#,
      #"{"0x00":{"balance":"1"}}"#,
      #"{"0x0000000000000000000000000000000000000001":{"storage":{"0x1":"0x1","0x01":"0x2"}}}"#,
    ])
  }

  private func name(
    of account: AccountAllocation, _ generator: inout SeededGenerator
  ) -> String {
    let hex = account.address.hex
    return generator.oneIn(2) ? hex : String(hex.dropFirst(2))
  }

  private func text(_ account: AccountAllocation) -> String {
    var members = [("balance", quoted(account.balance.hex))]
    if account.nonce != 0 { members.append(("nonce", quoted(UInt256(account.nonce).hex))) }
    if !account.code.isEmpty { members.append(("code", quoted(Hex.encode(account.code)))) }
    if !account.storage.isEmpty {
      let slots = account.storage.sorted { $0.key < $1.key }
      let text = slots.map { (Hash256($0.key).hex, quoted(Hash256($0.value).hex)) }
      members.append(("storage", object(text)))
    }
    return object(members)
  }

  private func number(_ number: UInt64, _ generator: inout SeededGenerator) -> String {
    switch generator.below(3) {
    case 0: quoted(UInt256(number).hex)
    case 1: quoted("\(number)")
    default: "\(number)"
    }
  }

  private func quoted(_ text: String) -> String { "\"\(text)\"" }

  private func object(_ members: [(name: String, value: String)]) -> String {
    "{" + members.map { "\(quoted($0.name)):\($0.value)" }.joined(separator: ",") + "}"
  }
}
