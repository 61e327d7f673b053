// evm_, anvil_ and hardhat_ methods: what only a development chain does.

internal import JSON
internal import Ledger
internal import Primitives
internal import Synchronization

/// Methods that make blocks, move the clock, edit the state and go back.
struct DevelopmentMethods {
  let chain: ChainReader
  let producer: BlockProducer
  let ingest: TransactionIngest
  let signing: EthSigning
  let switches: DevelopmentSwitches
  let clientVersion: String
  /// The most bytes that a state may have which a request brings.
  let dumpLimit: Int
  let snapshots = ChainSnapshots()

  var unlocked: UnlockedAccounts { signing.unlocked }

  /// All of them by name.
  var methods: [String: RPCMethod] {
    [
      mining, detailedMining, clock, wishes, editing, tokens, goingBack, reorganisation, dumps,
      sending, information,
    ]
    .reduce(into: [:]) { all, methods in all.merge(methods) { first, _ in first } }
  }

  /// The method under several names. Where its name begins with `hardhat_`, nothing to say is said as true, as
  /// Hardhat does; elsewhere as null, as anvil does.
  static func named(
    _ names: String..., answering body: @escaping Command
  ) -> [String: RPCMethod] {
    Dictionary(
      uniqueKeysWithValues: names.map {
        ($0, acknowledging(body, isHardhat: $0.hasPrefix("hardhat_")))
      })
  }

  private static func acknowledging(_ body: @escaping Command, isHardhat: Bool) -> RPCMethod {
    { (parameters: RPCParameters, writer: inout JSONWriter) throws(RPCError) -> Void in
      try body(parameters)
      if isHardhat { writer.value(true) } else { writer.null() }
    }
  }

  /// What has nothing to say.
  typealias Command = @Sendable (RPCParameters) throws(RPCError) -> Void

  /// The method under several names.
  static func named(_ names: String..., as method: @escaping RPCMethod) -> [String: RPCMethod] {
    Dictionary(uniqueKeysWithValues: names.map { ($0, method) })
  }

  static func merged(_ methods: [String: RPCMethod]...) -> [String: RPCMethod] {
    methods.reduce(into: [:]) { all, methods in all.merge(methods) { first, _ in first } }
  }
}

/// What a development chain can be told about itself.
final class DevelopmentSwitches: Sendable {
  /// Whether blocks are told of.
  let isLogging = Atomic(true)
  /// Which chain this is: another one after a reset.
  let instance = Mutex(DevelopmentSwitches.newInstance)

  static var newInstance: Hash256 {
    func random() -> UInt64 { .random(in: 0 ... .max) }
    return Hash256(UInt256(l0: random(), l1: random(), l2: random(), l3: random()))
  }
}

extension RPCParameters {
  /// A whole number at a place, in hex or as a number: tools write both.
  func number(_ index: Int) throws(RPCError) -> UInt64 {
    try required(index) { (value) throws(RPCError) in try value.rpcNumber() }
  }

  /// A word at a place, in hex or as a number.
  func word(_ index: Int) throws(RPCError) -> UInt256 {
    try required(index) { (value) throws(RPCError) in try value.rpcAnyWord() }
  }

  /// A word at a place that may have leading zeros, as the keys and words of storage do.
  func slot(_ index: Int) throws(RPCError) -> UInt256 {
    try required(index) { (value) throws(RPCError) in try value.rpcSlot() }
  }
}
