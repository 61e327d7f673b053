// A transaction over a small state: what is executed, here and by the reference.

internal import EVM
internal import Execution
internal import Ledger
internal import Primitives
internal import State

/// A generated transaction with the state before it and the block around it.
struct StateCase {
  /// The block, but for what follows from the fork.
  var coinbase: Address
  var number: UInt64
  var timestamp: UInt64
  var blockGasLimit: UInt64
  var difficulty: UInt256
  var prevRandao: UInt256
  var baseFee: UInt256
  var excessBlobGas: UInt64
  /// The state before.
  var accounts: [AccountAllocation]
  /// The transaction; its gas limit is one of `gasLimits`.
  var transaction: Transaction
  var sender: Address
  var gasLimits: [UInt64]
  /// Under whose rules it is executed.
  var forks: [Fork]

  /// The chain's number, in which the published state tests agree.
  static let chainID: UInt64 = 1

  /// The block under the rules of `fork`, as a state test's reader makes it.
  func environment(_ rules: TransactionRules) -> BlockEnvironment {
    let fork = rules.fork
    var environment = BlockEnvironment(
      coinbase: coinbase, number: number, timestamp: timestamp, gasLimit: blockGasLimit,
      prevRandao: fork >= .paris ? prevRandao : difficulty, chainID: Self.chainID)
    if fork >= .london { environment.baseFee = baseFee }
    if let blobs = rules.blobs {
      environment.blobBaseFee = BlobGas.baseFee(excess: excessBlobGas, parameters: blobs)
    }
    return environment
  }
}
