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
        let scene = try runner.scene(try parameters.block(1))
        let result = try runner.call(arguments, in: scene)
        if result.usesConsole { runner.console?.tell(arguments, in: scene, by: runner) }
        writer.value(data: try CallRunner.output(of: result))
      },
      "eth_estimateGas": { (parameters, writer) throws(RPCError) in
        let arguments = try arguments(parameters)
        writer.value(
          quantity: try runner.estimate(arguments, in: try runner.scene(try parameters.block(1))))
      },
    ]
  }

  private func arguments(_ parameters: RPCParameters) throws(RPCError) -> CallArguments {
    try parameters.required(0) { (value) throws(RPCError) in try CallArguments(value) }
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
