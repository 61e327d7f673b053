// A block under one schedule, as a file holds it.

internal import Chain
internal import EVM
internal import Execution
internal import Fixtures
public import JSON
internal import Ledger
internal import Primitives
internal import State

/// A block, the state before it, and who goes on when: all that an interleaving follows from.
///
/// Its file is laid out as the input of geth's `evm t8n`, `alloc`, `env` and `txs` in one object, and
/// says beside them the `fork`, the blob parameters where they are not the fork's own, the
/// `memoryLimit`, without which it is that of `EVM`, and the `schedule`. Other than there, `env` gives
/// `currentBlobBaseFee` itself, each transaction names its sender under `from`, and signatures count
/// for nothing.
public struct ExploredCase: Sendable {
  /// The block and its state.
  public var scene: BlockScene
  /// The interleaving.
  public var schedule: Schedule
  /// How many bytes of EVM memory a transaction may take, at most `EVM.defaultMemoryLimit`.
  public var memoryLimit = EVM.defaultMemoryLimit

  /// A case.
  public init(_ scene: BlockScene, _ schedule: Schedule) {
    self.scene = scene
    self.schedule = schedule
  }
}

// MARK: - Reading

extension ExploredCase {
  /// Reads a case as `json` writes it.
  public init(_ document: JSONDocument) throws(JSONError) {
    let root = document.root
    let (env, plan) = (try root.field("env"), try root.field("schedule"))
    let workers = try plan.field("workers").uint64()
    guard (1...UInt64(Schedule.workerLimit)).contains(workers) else {
      throw try plan.field("workers").unexpected("1 to \(Schedule.workerLimit) workers")
    }
    schedule = Schedule(workers: Int(workers), seed: try plan.field("seed").uint64())
    if let limit = try root.optionalField("memoryLimit") {
      let bytes = try limit.uint64()
      guard bytes <= UInt64(EVM.defaultMemoryLimit) else {
        throw limit.unexpected("at most \(EVM.defaultMemoryLimit) bytes")
      }
      memoryLimit = Int(bytes)
    }
    guard let fork = Fork(try root.field("fork").string()) else {
      throw try root.field("fork").unexpected("the name of a fork")
    }
    let blobs = try root.optionalField("blobParameters").map { (value) throws(JSONError) in
      try BlobParameters(value)
    }
    var block = ExecutableBlock(
      environment: try env.environment(), rules: TransactionRules(fork, blobs: blobs),
      transactions: [], senders: [])
    block.parentHash = try env.optionalField("parentHash")?.hash()
    block.parentBeaconBlockRoot = try env.optionalField("parentBeaconBlockRoot")?.hash()
    block.withdrawals = try env.optionalField("withdrawals")?.withdrawals() ?? []
    for element in try root.field("txs").elements() {
      block.transactions.append(try element.rpcTransaction())
      block.senders.append(try element.field("from").address())
    }
    scene = BlockScene(
      block, accounts: try root.field("alloc").allocations(),
      blockHashes: try env.optionalField("blockHashes")?.hashesByNumber() ?? [:])
  }
}

extension JSONValue {
  fileprivate func environment() throws(JSONError) -> BlockEnvironment {
    BlockEnvironment(
      coinbase: try field("currentCoinbase").address(),
      number: try field("currentNumber").uint64(),
      timestamp: try field("currentTimestamp").uint64(),
      gasLimit: try field("currentGasLimit").uint64(),
      baseFee: try field("currentBaseFee").uint256(),
      prevRandao: try field("currentRandom").uint256(),
      blobBaseFee: try field("currentBlobBaseFee").uint256(),
      chainID: try field("chainId").uint64())
  }
}

// MARK: - Writing

extension ExploredCase {
  /// The case as JSON; `difference` is for the reader's eye.
  public func json(difference: String) -> String {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("difference", difference)
      writer.key("schedule")
      writer.object { writer in
        writer.member("workers", schedule.workers)
        writer.member("seed", quantity(schedule.seed))
      }
      writer.member("memoryLimit", memoryLimit)
      let rules = scene.block.rules
      writer.member("fork", rules.fork.name)
      if let blobs = rules.blobs, blobs != BlobParameters.of(rules.fork) {
        writer.key("blobParameters")
        writer.object { writer in
          writer.member("target", blobs.target)
          writer.member("max", blobs.max)
          writer.member("baseFeeUpdateFraction", blobs.baseFeeUpdateFraction)
        }
      }
      writer.key("env")
      writer.object { writeEnvironment(to: &$0) }
      writer.key("alloc")
      writer.object { writer in
        for account in scene.accounts { account.write(to: &writer) }
      }
      writer.key("txs")
      writer.array { writer in
        for (transaction, sender) in zip(scene.block.transactions, scene.block.senders) {
          writer.object { transaction.write(to: &$0, from: sender) }
        }
      }
    }
    return writer.text
  }

  private func writeEnvironment(to writer: inout JSONWriter) {
    let environment = scene.block.environment
    writer.member("currentCoinbase", environment.coinbase.hex)
    writer.member("currentNumber", quantity(environment.number))
    writer.member("currentTimestamp", quantity(environment.timestamp))
    writer.member("currentGasLimit", quantity(environment.gasLimit))
    writer.member("currentBaseFee", environment.baseFee.hex)
    writer.member("currentRandom", Hash256(environment.prevRandao).hex)
    writer.member("currentBlobBaseFee", environment.blobBaseFee.hex)
    writer.member("chainId", quantity(environment.chainID))
    if let hash = scene.block.parentHash { writer.member("parentHash", hash.hex) }
    if let root = scene.block.parentBeaconBlockRoot {
      writer.member("parentBeaconBlockRoot", root.hex)
    }
    writer.objects("withdrawals", of: scene.block.withdrawals) { writer, withdrawal in
      writer.member("index", quantity(withdrawal.index))
      writer.member("validatorIndex", quantity(withdrawal.validatorIndex))
      writer.member("address", withdrawal.address.hex)
      writer.member("amount", quantity(withdrawal.amount))
    }
    writer.key("blockHashes")
    writer.object { writer in
      for (number, hash) in scene.blockHashes.sorted(by: { $0.key < $1.key }) {
        writer.member(quantity(number), hash.hex)
      }
    }
  }
}

extension Transaction {
  /// Writes the members of a transaction as JSON-RPC gives it, `sender` among them.
  fileprivate func write(to writer: inout JSONWriter, from sender: Address) {
    writer.member("type", quantity(UInt64(kind.rawValue)))
    writer.member("from", sender.hex)
    writer.member("nonce", quantity(nonce))
    if let to { writer.member("to", to.hex) }
    writer.member("gas", quantity(gasLimit))
    writer.member("value", value.hex)
    writer.member("input", Hex.encode(data))
    if kind.hasDynamicFee {
      writer.member("maxFeePerGas", maxFeePerGas.hex)
      writer.member("maxPriorityFeePerGas", maxPriorityFeePerGas.hex)
    } else {
      writer.member("gasPrice", gasPrice.hex)
    }
    if kind != .legacy {
      writer.member("chainId", quantity(chainID ?? 0))
      writer.key("accessList")
      writer.accessList(accessList)
    }
    if kind == .blob {
      writer.member("maxFeePerBlobGas", maxFeePerBlobGas.hex)
      writer.list("blobVersionedHashes", blobVersionedHashes.map(\.hex))
    }
    if kind == .setCode {
      writer.key("authorizationList")
      writer.array { writer in
        for authorization in authorizations { authorization.write(to: &writer) }
      }
    }
    // The sender is known without it; what a reader demands is that the parity is one.
    writer.member("v", quantity(kind == .legacy ? legacyParity : UInt64(signature.yParity & 1)))
    writer.member("r", signature.r.hex)
    writer.member("s", signature.s.hex)
  }

  /// The parity in the older form, with the chain's number where there is one (EIP-155).
  private var legacyParity: UInt64 {
    let parity = UInt64(signature.yParity & 1)
    guard let chainID else { return 27 + parity }
    return chainID.multipliedReportingOverflow(by: 2).partialValue &+ 35 &+ parity
  }
}
