// Message calls (the Yellow Paper's Θ): from the outermost message down.

import Ledger
import Primitives

/// How a message ended.
struct MessageResult {
  /// Nil for success.
  var halt: Halt?
  var gasLeft: Int64
  /// Readable until the next call at the same depth.
  var output = UnsafeRawBufferPointer(start: nil, count: 0)
}

extension UnsafeMutablePointer where Pointee == Machine {
  /// Runs the outermost message of a transaction; see `EVM.execute`.
  func execute(_ message: TransactionMessage, host: any Host) -> ExecutionResult {
    pointee.origin = message.origin
    pointee.gasPrice = message.gasPrice
    pointee.blobHashes = message.blobHashes
    pointee.refund = 0
    pointee.counters.keep(0)
    // What the last transaction left is kept for this one, unless it was hungry.
    pointee.shrink()
    let gas = min(max(message.gas, 0), EVM.maximumGas)
    let isCreation = message.recipient == nil
    let recipient =
      message.recipient
      ?? Address.created(by: message.origin, nonce: host.nonce(of: message.origin) &- 1)
    let callee = Message(
      kind: isCreation ? .create : .call, depth: 0, isStatic: false, gas: gas,
      recipient: recipient, caller: message.origin, value: message.value, codeAddress: recipient,
      input: isCreation ? UnsafeRawBufferPointer(start: nil, count: 0) : message.input)
    let result: MessageResult
    if isCreation {
      result = create(callee, initcode: message.input, host: host, stack: pointee.stack)
    } else {
      var code = host.code(of: recipient)
      if pointee.schedule.pointee.hasDelegation, let delegate = code.delegate {
        _ = host.accessAccount(delegate)
        code = host.code(of: delegate)
      }
      result = call(callee, code: code, host: host, stack: pointee.stack)
    }
    let succeeded = result.halt == nil
    return ExecutionResult(
      halt: result.halt, gasLeft: result.gasLeft, refund: succeeded ? pointee.refund : 0,
      output: result.output, createdAddress: isCreation && succeeded ? recipient : nil)
  }

  /// A message call: moves the value, runs a precompile or code, undoes everything on failure.
  func call(
    _ message: Message, code: CodeReference, host: any Host, stack: UnsafeMutablePointer<UInt256>
  ) -> MessageResult {
    guard message.depth <= Machine.maximumDepth else { return refuse(message, .callDepth) }
    // A delegated message carries its caller's value without moving it.
    let carriesValue = message.kind != .delegateCall && !message.value.isZero
    if carriesValue, !host.hasBalance(message.value, of: message.caller) {
      return refuse(message, .insufficientBalance)
    }
    let checkpoint = host.checkpoint()
    let refund = pointee.refund
    if message.kind == .call || message.kind == .staticCall {
      host.transfer(message.value, from: message.caller, to: message.recipient)
    }
    if pointee.tracer != nil { traceEnter(message) }
    var result: MessageResult
    if host.isExhausted || (pointee.isTimed && pointee.isLate()) {
      result = MessageResult(halt: .memoryLimit, gasLeft: 0)
    } else if let precompile = pointee.precompiles[message.codeAddress] {
      result = run(precompile, message)
    } else if code.count == 0 {
      result = MessageResult(halt: nil, gasLeft: message.gas)
    } else {
      result = run(code, message, host: host, stack: stack)
    }
    if result.halt != nil {
      host.revert(to: checkpoint)
      pointee.refund = refund
    }
    if pointee.tracer != nil { traceExit(message, result) }
    return result
  }

  /// A message that does not even begin: its gas goes back. Only a tracer hears of it.
  @inline(never)
  private func refuse(_ message: Message, _ halt: Halt) -> MessageResult {
    let result = MessageResult(halt: halt, gasLeft: message.gas)
    if pointee.tracer != nil {
      traceEnter(message)
      traceExit(message, result)
    }
    return result
  }

  /// Runs code in a frame of its own.
  func run(
    _ code: CodeReference, _ message: Message, host: any Host, stack: UnsafeMutablePointer<UInt256>
  ) -> MessageResult {
    var frame = Frame(machine: self, host: host, code: code, message: message, stack: stack)
    var halt: Halt?
    do throws(Halt) {
      try frame.run()
    } catch {
      halt = error
      if pointee.tracer != nil { frame.traceFault(error) }
    }
    pointee.counters.keep(frame.followedByCallers)
    switch halt {
    case nil, .revert:
      return MessageResult(halt: halt, gasLeft: frame.gas, output: frame.output)
    default:
      return MessageResult(halt: halt, gasLeft: 0)
    }
  }

  /// Runs a precompiled contract.
  private func run(_ precompile: Precompile, _ message: Message) -> MessageResult {
    let price = precompile.gas(message.input)
    guard price <= UInt64(message.gas) else { return MessageResult(halt: .outOfGas, gasLeft: 0) }
    guard
      precompile.memory(message.input) <= UInt64(pointee.memoryLimit - pointee.memoryHeld)
    else { return MessageResult(halt: .memoryLimit, gasLeft: 0) }
    guard pointee.run(precompile, message.input) else {
      return MessageResult(halt: .precompileFailure, gasLeft: 0)
    }
    return MessageResult(
      halt: nil, gasLeft: message.gas - Int64(price), output: pointee.precompileOutput.bytes)
  }
}
