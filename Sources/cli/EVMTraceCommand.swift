// needletail evm run --tracer: what a tracer of geth's debug methods sees.

internal import Execution
internal import Fixtures
internal import JSON
internal import Tracing

extension Command {
  /// Prints the tracer's answers, one a line.
  static func traceEVM(_ arguments: Arguments) throws(UsageError) -> Int32 {
    for option in ["--trace", "--bench", "--json"] where arguments.has(option) {
      throw UsageError(message: "give either --tracer or \(option), not both")
    }
    let tracer = try tracer(arguments)
    let subject = try evmSubject(arguments)
    let limit =
      try arguments.size("--trace-limit", in: 0...Int.max) ?? TransactionTrace.defaultLimit
    let outcome = WorkerThreads.call { () -> Result<Bool, TraceError> in
      do throws(TraceError) {
        return .success(try printTraces(of: subject, by: tracer, limit: limit))
      } catch {
        return .failure(error)
      }
    }
    switch outcome {
    case .success(let succeeded): return succeeded ? 0 : 1
    case .failure(let error):
      var message = "needletail: \(error)"
      switch error {
      case .tooLarge: message += "; --trace-limit raises the limit"
      case .execution(.memoryLimit):
        message += " with --memory-limit, unless the system has no more"
      case .execution: break
      }
      complain(message)
      return Tool.badInput
    }
  }

  /// Whether all that was traced succeeded.
  private static func printTraces(
    of subject: EVMSubject, by tracer: TracerConfiguration, limit: Int
  ) throws(TraceError) -> Bool {
    switch subject {
    case .code(let run):
      let trace = try run.trace(by: tracer, limit: limit)
      printLine(trace.result.json())
      return trace.outcome.succeeded
    case .workload(let workload, let memoryLimit):
      var succeeded = true
      try workload.traces(by: tracer, limit: limit, memoryLimit: memoryLimit) { trace in
        printLine(trace.result.json())
        succeeded = succeeded && trace.outcome.succeeded
      }
      return succeeded
    }
  }

  private static func tracer(_ arguments: Arguments) throws(UsageError) -> TracerConfiguration {
    do {
      let options = try arguments.string("--tracer-config").map { text in
        try JSONDocument(parsing: Array(text.utf8), source: "--tracer-config").root
      }
      // As for geth, null is as good as nothing.
      return try TracerConfiguration(
        name: arguments.string("--tracer"), options: options?.kind == .null ? nil : options)
    } catch {
      throw UsageError(message: "\(error)")
    }
  }
}
