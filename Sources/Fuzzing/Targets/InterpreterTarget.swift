// The machine alone, on code that nobody would write.

internal import Crypto
internal import EVM
internal import Ledger
internal import Primitives
internal import Samples
internal import State
internal import Workloads

/// Random and damaged code in the machine, over a state that must come back by a revert.
final class InterpreterTarget: FuzzTarget {
  static let name = "interpreter"
  static let summary = "any bytes as code: same result watched, gas within bounds, reverts undo all"

  private let machine = EVM(memoryLimit: 64 << 20)

  init() {}

  /// One message.
  private struct Run {
    let fork: Fork
    let block: BlockEnvironment
    let accounts: [AccountAllocation]
    let sender: Address
    let recipient: Address?
    let input: [UInt8]
    let value: UInt256
    let gas: Int64
  }

  /// All that comes of a run.
  private struct Outcome: Equatable {
    var halt: Halt?
    var gasLeft: Int64
    var refund: Int64
    var output: [UInt8]
    var created: Address?
    var changes: [AccountChange]
    var logs: [Log]
  }

  func run(_ generator: inout SeededGenerator) -> Finding? {
    let run = makeRun(&generator)
    let watcher = RunWatcher()
    let plain = outcome(of: run, watchedBy: nil)
    let watched = outcome(of: run, watchedBy: watcher)
    let input = run.accounts.first { $0.address == run.recipient }?.code ?? run.input
    func finding(_ text: String) -> Finding {
      Finding("\(run.fork), gas \(run.gas), value \(run.value): \(text)", input: input)
    }
    if let problem = watcher.problem { return finding(problem) }
    guard plain.outcome == watched.outcome else {
      return finding("unwatched \(plain.outcome), watched \(watched.outcome)")
    }
    let outcome = plain.outcome
    guard (0...max(run.gas, 0)).contains(outcome.gasLeft), outcome.refund >= 0 else {
      return finding("\(outcome.gasLeft) gas is left, refund \(outcome.refund)")
    }
    guard outcome.halt == nil || outcome.changes.isEmpty else {
      return finding("ended by \(outcome.halt.map { "\($0)" } ?? ""), but \(outcome.changes)")
    }
    guard plain.afterRevert.isEmpty else {
      return finding("a revert to the beginning leaves \(plain.afterRevert)")
    }
    return nil
  }

  private func makeRun(_ generator: inout SeededGenerator) -> Run {
    let fork = generator.oneIn(3) ? .latest : generator.pick(Fork.allCases)
    let contracts = [Address(0x1000), Address(0x1111)]
    let cast = Cast(
      contracts: contracts, others: [Address(0xdead), Address(2), Address(4), Address(9)])
    let sender = Address(0x5e)
    var accounts = contracts.map { address in
      AccountAllocation(
        address: address, nonce: 1, balance: 7, code: code(&generator, fork: fork, cast: cast),
        storage: [0: 1])
    }
    accounts.append(AccountAllocation(address: sender, nonce: 1, balance: 1_000_000))
    let isCreation = generator.oneIn(10)
    return Run(
      fork: fork,
      block: BlockEnvironment(
        coinbase: Address(0xc0), number: 300, timestamp: 1_000, baseFee: 7, prevRandao: 5,
        blobBaseFee: 1),
      accounts: accounts, sender: sender, recipient: isCreation ? nil : contracts[0],
      input: isCreation
        ? code(&generator, fork: fork, cast: cast) : generator.bytes(upTo: 70),
      value: generator.oneIn(3) ? 1 : 0, gas: gas(&generator))
  }

  private func gas(_ generator: inout SeededGenerator) -> Int64 {
    switch generator.below(20) {
    case 0: generator.pick([0, 1, -1, 2_300])
    case 1...6: Int64(generator.below(3_000))
    default: Int64(generator.below(300_000))
    }
  }

  private func code(_ generator: inout SeededGenerator, fork: Fork, cast: Cast) -> [UInt8] {
    switch generator.below(6) {
    case 0: return generator.bytes(upTo: 300)
    case 1: return generator.mutated(TokenContract.code.bytes)
    case 2: return busy(&generator)
    default:
      let program = ProgramWriter.program(
        &generator, fork: fork, cast: cast, statements: generator.within(1...20))
      return generator.oneIn(2) ? program : generator.mutated(program)
    }
  }

  /// Small operands, then any instruction.
  private func busy(_ generator: inout SeededGenerator) -> [UInt8] {
    (0..<generator.within(1...120)).flatMap { _ in
      generator.oneIn(2) ? [0x60, generator.byte() & 0x7f] : [generator.byte()]
    }
  }

  private func outcome(
    of run: Run, watchedBy watcher: RunWatcher?
  ) -> (outcome: Outcome, afterRevert: [AccountChange]) {
    let world = MemoryState(run.accounts)
    for number in UInt64(0)..<300 { world.setBlockHash(number, Hash256(UInt256(number + 1))) }
    let state = TransactionState(view: world, rules: AccountRules(run.fork))
    machine.tracer = watcher
    defer { machine.tracer = nil }
    machine.begin(block: run.block, fork: run.fork)
    state.beginTransaction()
    let start = state.checkpoint()
    let result = run.input.withUnsafeBytes { input in
      machine.execute(
        TransactionMessage(
          origin: run.sender, gasPrice: 10, blobHashes: [Hash256(1)], recipient: run.recipient,
          value: run.value, gas: run.gas, input: input),
        host: state)
    }
    var outcome = Outcome(
      halt: result.halt, gasLeft: result.gasLeft, refund: result.refund,
      output: Array(result.output), created: result.createdAddress,
      changes: state.diff().accounts, logs: state.collectLogs())
    // The journal has not ended, so that all of it can be undone.
    state.revert(to: start)
    let left = state.diff().accounts
    if run.recipient == nil, outcome.halt != nil {
      outcome.changes.removeAll { $0.address == run.sender }
    }
    return (outcome, left)
  }
}
