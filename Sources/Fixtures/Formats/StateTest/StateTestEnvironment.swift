// The block around a state test.

internal import Chain
internal import EVM
internal import Execution
internal import JSON
internal import Ledger
internal import Primitives

extension BlockEnvironment {
  /// The block that `env` of a state test or VM test describes, under `rules`.
  init(stateTest env: JSONValue, rules: TransactionRules) throws(JSONError) {
    self.init(
      coinbase: try env.field("currentCoinbase").address(),
      number: try env.field("currentNumber").uint256().clampedToUInt64,
      timestamp: try env.field("currentTimestamp").uint256().clampedToUInt64,
      gasLimit: try env.field("currentGasLimit").uint256().clampedToUInt64)
    let fork = rules.fork
    prevRandao = try env.optionalField("currentDifficulty")?.uint256() ?? .zero
    if fork >= .paris, let random = try env.optionalField("currentRandom") {
      prevRandao = try random.uint256()
    }
    if fork >= .london {
      // Tests that were written before London and filled after it name no base fee.
      baseFee = try env.optionalField("currentBaseFee")?.uint256() ?? 10
    }
    if let blobs = rules.blobs, let excess = try env.optionalField("currentExcessBlobGas") {
      blobBaseFee = BlobGas.baseFee(excess: try excess.uint64(), parameters: blobs)
    }
  }
}

extension TransactionRules {
  /// The rules of `fork` for a state test: `config.blobSchedule` may give blob parameters.
  init(stateTest test: JSONValue, fork: Fork, forkName: String) throws(JSONError) {
    let schedule = try test.optionalField("config")?.optionalField("blobSchedule")
    guard let entry = try schedule?.optionalField(forkName) else {
      self.init(fork)
      return
    }
    self.init(fork, blobs: try BlobParameters(entry))
  }
}
