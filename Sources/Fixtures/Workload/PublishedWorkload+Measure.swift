// Measuring a workload.

internal import EVM
internal import Execution
internal import Ledger
internal import Primitives
internal import State

extension PublishedWorkload {
  /// Executes the transactions `rounds` times, each from the state before the block, and answers the
  /// last result with all times: of the transactions only, the state is reset before the clock
  /// starts. Senders are given, so no signature is recovered, and no root is computed. `trace` gets
  /// the lines of a trace (EIP-3155), those of each transaction ended by its summary.
  public func measure(
    rounds: Int = 1, memoryLimit: Int? = nil, trace: ((String) -> Void)? = nil
  ) -> Measurement {
    let executor = memoryLimit.map { TransactionExecutor(memoryLimit: $0) } ?? TransactionExecutor()
    executor.emitTrace(trace)
    let state = state()
    var measurement = Measurement()
    for _ in 0..<max(1, rounds) where measurement.failure == nil {
      executor.begin(block.environment, rules: block.rules, on: state)
      let start = ThreadClock.now
      run(executor, &measurement)
      measurement.times.append(ThreadClock.now - start)
      measurement.gasUsed = executor.gasUsed
      measurement.take(output: executor.output)
    }
    return measurement
  }

  private func run(_ executor: TransactionExecutor, _ measurement: inout Measurement) {
    measurement.transactions = block.transactions.count
    for index in block.transactions.indices {
      do throws(ExecutionError) {
        let outcome = try executor.execute(block.transactions[index], from: block.senders[index])
        if let halt = outcome.halt, measurement.failure == nil {
          measurement.failure = "transaction \(index): \(halt)"
        }
      } catch {
        let reason = error.message(about: block.transactions[index])
        measurement.failure = "transaction \(index) was not executed: \(reason)"
        measurement.hitMemoryLimit = error == .memoryLimit
        measurement.wasRefused = error != .memoryLimit
        return
      }
    }
  }
}
