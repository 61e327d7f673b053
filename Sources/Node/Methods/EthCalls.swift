// eth_ methods that execute what a request describes.

internal import EVM
internal import Execution
internal import JSON
internal import Ledger
internal import Primitives
internal import State
internal import Storage
internal import Tracing

/// Methods that execute calls.
struct EthCalls {
  let runner: CallRunner

  var methods: [String: RPCMethod] {
    [
      "eth_call": { (parameters, writer) throws(RPCError) in
        let arguments = try arguments(parameters)
        let scene = try scene(parameters)
        let result = try runner.call(arguments, in: scene)
        if result.usesConsole { runner.console?.tell(arguments, in: scene, by: runner) }
        writer.value(data: try CallRunner.output(of: result))
      },
      "eth_estimateGas": { (parameters, writer) throws(RPCError) in
        let arguments = try arguments(parameters)
        writer.value(quantity: try runner.estimate(arguments, in: try scene(parameters)))
      },
      "eth_createAccessList": { (parameters, writer) throws(RPCError) in
        let arguments = try arguments(parameters)
        let list = try runner.accessList(of: arguments, in: try scene(parameters))
        list.write(to: &writer)
      },
      "eth_simulateV1": { (parameters, writer) throws(RPCError) in
        let request = try parameters.required(0) { (value) throws(RPCError) in
          try SimulationRequest(value)
        }
        let blocks = try runner.simulate(request, after: try parameters.block(1))
        writer.array { list in
          for block in blocks {
            list.object { block.write(withTransactions: request.returnsFullTransactions, to: &$0) }
          }
        }
      },
    ]
  }

  private func arguments(_ parameters: RPCParameters) throws(RPCError) -> CallArguments {
    try parameters.required(0) { (value) throws(RPCError) in try CallArguments(value) }
  }

  /// The block that is named, with what the request wants otherwise.
  private func scene(_ parameters: RPCParameters) throws(RPCError) -> CallRunner.Scene {
    try runner.scene(
      try parameters.block(1),
      state: try parameters.optional(2) { (value) throws(RPCError) in try StateOverrides(value) },
      block: try parameters.optional(3) { (value) throws(RPCError) in try BlockOverrides(value) })
  }
}

extension RPCError {
  /// What a call reverted with, as geth tells it.
  static func reverted(_ output: [UInt8]) -> RPCError {
    let reason = RevertReason.text(in: output)
    return RPCError(
      code: 3, message: FailureText.reverted + (reason.map { ": \($0)" } ?? ""), data: output)
  }
}

extension CallRunner {
  /// The blocks of a simulation behind the block that is meant.
  func simulate(
    _ request: SimulationRequest, after selector: BlockSelector
  ) throws(RPCError) -> [SimulatedBlock] {
    let base = try chain.existingHeader(selector)
    let deadline = CallDeadline(timeout)
    return try withExecutor { (executor) throws(RPCError) in
      try BlockSimulator(
        request, after: base, of: chain, executor: executor, gasLimit: gasLimit, deadline: deadline
      ).run()
    }
  }
}
