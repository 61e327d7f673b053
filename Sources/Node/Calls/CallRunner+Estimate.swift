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
    var high = try mostGas(of: arguments, in: scene)
    if try isTransfer(arguments, in: scene), high >= Self.transferGas,
      try succeeds(arguments, gas: Self.transferGas, in: scene)
    {
      return Self.transferGas
    }
    let whole = try call(arguments, gas: high, in: scene)
    if whole.outcome.halt == .outOfGas {
      throw .failed("gas required exceeds allowance (\(high))")
    }
    _ = try Self.output(of: whole)
    // What is given back at the end must be there before.
    var low = whole.outcome.gasUsed - 1
    let first = (whole.outcome.gasUsed + 2300) * 64 / 63
    if first < high {
      if try succeeds(arguments, gas: first, in: scene) { high = first } else { low = first }
    }
    while low + 1 < high, Double(high - low) / Double(high) >= Self.estimateError {
      // Most need little more than what they use.
      let middle = min((high + low) / 2, low.multipliedReportingOverflow(by: 2).partialValue)
      if try succeeds(arguments, gas: middle, in: scene) { high = middle } else { low = middle }
    }
    return high
  }

  /// What a transfer of value to an account without code takes.
  private static let transferGas: UInt64 = 21_000

  /// Whether nothing but value goes to an account without code.
  private func isTransfer(_ arguments: CallArguments, in scene: Scene) throws(RPCError) -> Bool {
    guard let to = arguments.to, arguments.data?.isEmpty ?? true else { return false }
    return try chain.readingState { () throws(StateReadError) in
      try scene.state.account(to)?.hasCode != true
    }
  }

  private func succeeds(
    _ arguments: CallArguments, gas: UInt64, in scene: Scene
  ) throws(RPCError) -> Bool {
    do throws(RPCError) {
      return try call(arguments, gas: gas, in: scene).outcome.halt == nil
    } catch {
      try scene.deadline.check()
      // Less than is charged before execution.
      return false
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
    if value > balance { throw .failed("insufficient funds for transfer") }
    let affordable = (balance &- value).quotientAndRemainder(dividingBy: price).quotient
    return min(most, affordable.asUInt64 ?? .max)
  }
}
