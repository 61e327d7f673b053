// Running bare code: a message without a transaction around it.

internal import EVM
internal import Execution
public import Ledger
internal import Primitives
internal import State

/// A message to a contract that has nothing but its code.
public struct CodeRun: Sendable {
  /// The contract's code.
  public var code: [UInt8]
  /// Call data.
  public var input: [UInt8] = []
  /// Gas for the message.
  public var gas: Int64 = 1_000_000_000
  /// Whose rules hold.
  public var fork = Fork.latest
  /// Bytes that memory and stack of the run may take, and as many its state.
  public var memoryLimit: Int?

  /// A run of `code`.
  public init(code: [UInt8]) { self.code = code }

  /// Who calls, and whom.
  static let caller = Address(0xca11)
  static let contract = Address(0xc0de)

  /// The state before the run.
  func state() -> MemoryState {
    MemoryState([
      AccountAllocation(address: Self.contract, nonce: 1, code: code),
      AccountAllocation(address: Self.caller, nonce: 1, balance: .max &>> 1),
    ])
  }

  /// Runs the message `rounds` times, each from a fresh state, and answers the last result with all
  /// times. `trace` gets the lines of a trace (EIP-3155), and after each round its summary.
  public func measure(rounds: Int = 1, trace: ((String) -> Void)? = nil) -> Measurement {
    let memoryLimit = memoryLimit ?? EVM.defaultMemoryLimit
    let machine = EVM(memoryLimit: memoryLimit)
    if let trace { machine.tracer = StructLogTracer(emit: trace) }
    let rules = AccountRules(fork)
    let base = self.state()
    let state = TransactionState(view: base, rules: rules, memoryLimit: memoryLimit)
    let environment = BlockEnvironment(number: 1, timestamp: 1)
    var measurement = Measurement()
    for _ in 0..<max(1, rounds) {
      state.reset(view: base, rules: rules)
      machine.begin(block: environment, fork: fork)
      state.beginTransaction()
      for address in [Self.caller, Self.contract] { _ = state.accessAccount(address) }
      for address in PrecompileTable.of(fork).addresses {
        _ = state.accessAccount(address)
      }
      input.withUnsafeBytes { bytes in
        let message = TransactionMessage(
          origin: Self.caller, recipient: Self.contract, gas: gas, input: bytes)
        let start = ThreadClock.now
        let result = machine.execute(message, host: state)
        measurement.times.append(ThreadClock.now - start)
        measurement.note(result, gas: gas)
      }
      if measurement.hasRoomForTexts { trace?(measurement.traceSummary) }
    }
    return measurement
  }
}

extension Measurement {
  fileprivate mutating func note(_ result: ExecutionResult, gas: Int64) {
    failure = result.halt.map { "\($0)" }
    hitMemoryLimit = result.halt == .memoryLimit
    // The machine does not count to the last unit of gas: it stays over, unless all gas is forfeit.
    let forfeitsAll = result.halt != nil && result.halt != .revert
    let counted = forfeitsAll ? gas : min(gas, EVM.maximumGas)
    gasUsed = UInt64(clamping: counted - result.gasLeft)
    refund = result.refund
    take(output: result.output)
  }
}
