// How much gas a call needs.

internal import EVM
internal import Execution
internal import Ledger
internal import Primitives
internal import State
internal import Tracing

extension CallRunner {
  /// What a call returned. Throws what it failed with.
  static func output(of result: Result) throws(RPCError) -> [UInt8] {
    switch result.outcome.halt {
    case nil: return result.output
    case .revert: throw .reverted(result.output)
    case let halt?: throw .failed(FailureText.of(halt))
    }
  }

  /// An estimate is at most this part of itself too high, as in geth.
  private static let estimateError = 0.015

  /// The gas that a call needs to succeed, found by trying.
  func estimate(
    _ arguments: CallArguments, in scene: Scene
  ) throws(RPCError) -> UInt64 {
    try arguments.check(chainID: chain.rules.chainID)
    var high = try mostGas(of: arguments, in: scene)
    if try isTransfer(arguments, in: scene), high >= Self.transferGas,
      (try? attempt(arguments, gas: Self.transferGas, in: scene))?.succeeded == true
    {
      return Self.transferGas
    }
    let trial = try attempt(arguments, gas: high, in: scene)
    guard let whole = trial.result, whole.outcome.halt != .outOfGas else {
      throw .failed("gas required exceeds allowance (\(high))")
    }
    _ = try Self.output(of: whole)
    // What is given back at the end must be there before.
    var low = whole.outcome.gasUsed - 1
    let first = Self.withReserve(whole.mostGasUsed)
    if first < high {
      if try attempt(arguments, gas: first, in: scene).succeeded {
        high = first
      } else {
        low = first
      }
    }
    while low + 1 < high, Double(high - low) / Double(high) >= Self.estimateError {
      // Most need little more than what they use.
      let (twice, overflow) = low.multipliedReportingOverflow(by: 2)
      let middle = min(low + (high - low) / 2, overflow ? .max : twice)
      if try attempt(arguments, gas: middle, in: scene).succeeded {
        high = middle
      } else {
        low = middle
      }
    }
    return high
  }

  /// So much that a call may be given `gas`, and a stipend, where callers keep a part in 64; no more than there
  /// are numbers for.
  private static func withReserve(_ gas: UInt64) -> UInt64 {
    let (given, overflow) = gas.addingReportingOverflow(callStipend)
    let (all, overflowsToo) = given.addingReportingOverflow(given / 63)
    return overflow || overflowsToo ? .max : all
  }

  /// What a call that brings value is given on top.
  private static let callStipend: UInt64 = 2_300

  /// What a transfer of value to an account without code takes.
  private static let transferGas: UInt64 = 21_000

  /// Whether nothing but value goes to an account without code.
  private func isTransfer(_ arguments: CallArguments, in scene: Scene) throws(RPCError) -> Bool {
    guard let to = arguments.to, arguments.data?.isEmpty ?? true else { return false }
    return try chain.readingState { () throws(StateReadError) in
      try scene.state.account(to)?.hasCode != true
    }
  }

  /// What came of a call with so much gas; no result where such a limit alone is what forbids it.
  private struct Attempt {
    let result: Result?

    var succeeded: Bool { result.map { $0.outcome.halt == nil } ?? false }
  }

  /// Tries a call with so much gas. Throws what another limit would not mend.
  private func attempt(
    _ arguments: CallArguments, gas: UInt64, in scene: Scene
  ) throws(RPCError) -> Attempt {
    try run(arguments, gas: gas, in: scene) { (executor, transaction, sender) throws(RPCError) in
      do throws(ExecutionError) {
        return Attempt(
          result: Result(try executor.execute(transaction, from: sender), by: executor))
      } catch .invalid(let reason) where reason.isAboutGasLimit {
        return Attempt(result: nil)
      } catch {
        throw Self.failure(error, transaction, sender, executor, scene) {
          "failed with \(gas) gas: \($0)"
        }
      }
    }
  }

  /// The most gas that a call may have: what it says, the block has, its sender can pay for, and is allowed
  /// here.
  private func mostGas(
    of arguments: CallArguments, in scene: Scene
  ) throws(RPCError) -> UInt64 {
    var most = min(gasLimit, scene.rules.gasLimitCap)
    if let gas = arguments.gas, gas >= 21_000 {
      most = min(most, gas)
    } else {
      most = min(most, scene.block.gasLimit)
    }
    let price = arguments.gasPrice ?? arguments.maxFeePerGas ?? .zero
    guard !price.isZero, let from = arguments.from else { return most }
    let balance = try chain.readingState { () throws(StateReadError) in
      try scene.state.account(from)?.balance ?? .zero
    }
    let value = arguments.value ?? .zero
    if value >= balance { throw .failed("insufficient funds for transfer") }
    let affordable = (balance &- value).quotientAndRemainder(dividingBy: price).quotient
    return min(most, affordable.asUInt64 ?? .max)
  }
}

extension InvalidTransaction {
  /// Whether a transaction with more gas, or less, would not be refused for this.
  fileprivate var isAboutGasLimit: Bool {
    switch self {
    case .gasLimitBelowIntrinsic, .gasLimitBelowFloor, .gasLimitAboveCap: true
    default: false
    }
  }
}
