// Calls as a list, in Parity's style.

import EVM
public import JSON
public import Primitives

/// A call as an entry of a list, as geth's flat call tracer shows it.
public struct FlatCall: Sendable, Equatable {
  /// What was done.
  public enum Action: Sendable, Equatable {
    /// A call of any kind; a static one has no value.
    case call(
      CallFrame.Kind, from: Address, to: Address, gas: UInt64, input: [UInt8], value: UInt256?)
    /// A creation.
    case create(
      CallFrame.Kind, from: Address, gas: UInt64, initcode: [UInt8], value: UInt256)
    /// The end of a contract, which leaves its balance to another account.
    case selfDestruct(Address, balance: UInt256, beneficiary: Address)
  }

  /// What came of it.
  public enum Result: Sendable, Equatable {
    /// A call's output.
    case call(gasUsed: UInt64, output: [UInt8])
    /// A contract and its code; without an address for one that reverted.
    case create(gasUsed: UInt64, address: Address?, code: [UInt8])
  }

  /// What was done.
  public var action: Action
  /// What came of it; nil when it failed otherwise than by REVERT, and for the end of a contract.
  public var result: Result?
  /// Why it failed.
  public var error: String?
  /// How many entries are its direct children.
  public var subtraces: Int
  /// The way to it from the outermost call: which child at each level.
  public var traceAddress: [Int]
}

extension FlatCall {
  /// The frames of the tree `root`, each before its children. Calls of the contracts in `precompiles`
  /// by CALL and STATICCALL are left out.
  static func list(
    of root: CallFrame, without precompiles: PrecompileTable?, inParityWords: Bool
  ) -> [FlatCall] {
    var list: [FlatCall] = []
    func add(_ frame: CallFrame, at traceAddress: [Int]) {
      let calls = frame.calls.filter { call in
        guard let precompiles, let to = call.to else { return true }
        return (call.kind != .call && call.kind != .staticCall) || precompiles[to] == nil
      }
      list.append(
        FlatCall(frame, subtraces: calls.count, traceAddress, inParityWords: inParityWords))
      for (index, call) in calls.enumerated() { add(call, at: traceAddress + [index]) }
    }
    add(root, at: [])
    return list
  }

  private init(
    _ frame: CallFrame, subtraces: Int, _ traceAddress: [Int], inParityWords: Bool
  ) {
    let hasResult = frame.error == nil || frame.error == FailureText.reverted
    switch frame.kind {
    case .create, .create2:
      action = .create(
        frame.kind, from: frame.from, gas: frame.gas, initcode: frame.input,
        value: frame.value ?? .zero)
      result =
        hasResult ? .create(gasUsed: frame.gasUsed, address: frame.to, code: frame.output) : nil
    case .selfDestruct:
      action = .selfDestruct(
        frame.from, balance: frame.value ?? .zero, beneficiary: frame.to ?? .zero)
    case .call, .callCode, .delegateCall, .staticCall:
      action = .call(
        frame.kind, from: frame.from, to: frame.to ?? .zero, gas: frame.gas, input: frame.input,
        value: frame.value)
      result = hasResult ? .call(gasUsed: frame.gasUsed, output: frame.output) : nil
    }
    error = frame.error.map { inParityWords ? FailureText.inParityWords($0) : $0 }
    self.subtraces = subtraces
    self.traceAddress = traceAddress
  }

  private var type: String {
    switch action {
    case .call: "call"
    case .create: "create"
    case .selfDestruct: "suicide"
    }
  }

  /// Writes the entry; `place` says where the transaction stands.
  public func write(into writer: inout JSONWriter, place: TracePlace? = nil) {
    writer.object { object in
      object.key("action")
      action.write(into: &object)
      if let place {
        object.member("blockHash", place.blockHash.hex)
        object.member("blockNumber", place.blockNumber)
      }
      if let error { object.member("error", error) }
      if let result {
        object.key("result")
        result.write(into: &object, hasFailed: error != nil)
      }
      object.member("subtraces", subtraces)
      object.key("traceAddress")
      object.array { list in
        for index in traceAddress { list.value(index) }
      }
      if let place {
        object.member("transactionHash", place.transactionHash.hex)
        object.member("transactionPosition", place.transactionIndex)
      }
      object.member("type", type)
    }
  }
}

extension FlatCall.Action {
  fileprivate func write(into writer: inout JSONWriter) {
    writer.object { object in
      switch self {
      case .call(let kind, let from, let to, let gas, let input, let value):
        object.member("callType", kind.rawValue.lowercased())
        object.member("from", from.hex)
        object.quantity("gas", gas)
        object.member("input", Hex.encode(input))
        object.member("to", to.hex)
        if let value { object.member("value", value.hex) }
      case .create(let kind, let from, let gas, let initcode, let value):
        object.member("creationMethod", kind.rawValue.lowercased())
        object.member("from", from.hex)
        object.quantity("gas", gas)
        object.member("init", Hex.encode(initcode))
        object.member("value", value.hex)
      case .selfDestruct(let address, let balance, let beneficiary):
        object.member("address", address.hex)
        object.member("balance", balance.hex)
        object.member("refundAddress", beneficiary.hex)
      }
    }
  }
}

extension FlatCall.Result {
  /// A failure without output has none; a success has an empty one.
  fileprivate func write(into writer: inout JSONWriter, hasFailed: Bool) {
    writer.object { object in
      switch self {
      case .call(let gasUsed, let output):
        object.quantity("gasUsed", gasUsed)
        if !hasFailed || !output.isEmpty { object.member("output", Hex.encode(output)) }
      case .create(let gasUsed, let address, let code):
        if let address { object.member("address", address.hex) }
        if !hasFailed || !code.isEmpty { object.member("code", Hex.encode(code)) }
        object.quantity("gasUsed", gasUsed)
      }
    }
  }
}
