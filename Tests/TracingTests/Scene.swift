// A small world in which transactions are traced.

import EVM
import Execution
import JSON
import Ledger
import Primitives
import State
import Testing
import Tracing

/// A sender, some contracts, and a transaction of the sender.
struct Scene {
  static let sender = Address(0x5e_4d_e4)
  static let coinbase = Address(0xc0_1b)
  /// The contract that the transaction calls.
  static let first = Address(0xaaaa)
  /// A contract for it to call.
  static let second = Address(0xbbbb)

  var fork = Fork.prague
  var accounts: [AccountAllocation] = [
    AccountAllocation(address: sender, balance: 1_000_000_000_000_000_000)
  ]
  var transaction = Transaction(
    kind: .legacy, chainID: 1, nonce: 0, maxFeePerGas: 10, gasLimit: 200_000, to: first)

  /// A scene in which `first` and `second` have this code.
  init(_ first: [UInt8], second: [UInt8] = [], fork: Fork = .prague) {
    self.fork = fork
    accounts.append(AccountAllocation(address: Self.first, nonce: 1, balance: 100, code: first))
    if !second.isEmpty {
      accounts.append(AccountAllocation(address: Self.second, nonce: 1, code: second))
    }
  }

  /// An executor at the beginning of the scene's block.
  func executor() -> TransactionExecutor {
    let executor = TransactionExecutor()
    executor.begin(environment, rules: rules, on: MemoryState(accounts))
    return executor
  }

  var rules: TransactionRules { TransactionRules(fork) }

  var environment: BlockEnvironment {
    BlockEnvironment(
      coinbase: Self.coinbase, number: 100, timestamp: 1_000_000,
      baseFee: fork >= .london ? 7 : 0, blobBaseFee: fork >= .cancun ? 1 : 0)
  }

  func trace(
    by tracer: TracerConfiguration, limit: Int = TransactionTrace.defaultLimit
  ) throws(TraceError) -> TransactionTrace {
    try executor().trace(transaction, from: Self.sender, by: tracer, limit: limit)
  }

  /// The tree of calls.
  func calls(onlyTopCall: Bool = false, withLog: Bool = false) throws -> CallFrame {
    var options = CallTracerOptions()
    options.onlyTopCall = onlyTopCall
    options.withLog = withLog
    guard case .call(let frame) = try trace(by: .call(options)).result else { throw Unexpected() }
    return frame
  }

  func flatCalls(
    _ change: (inout FlatCallTracerOptions) -> Void = { _ in }
  ) throws -> [FlatCall] {
    var options = FlatCallTracerOptions()
    change(&options)
    guard case .flatCalls(let list) = try trace(by: .flatCall(options)).result else {
      throw Unexpected()
    }
    return list
  }

  func prestate(
    _ change: (inout PrestateTracerOptions) -> Void = { _ in }
  ) throws -> [Address: AccountPicture] {
    var options = PrestateTracerOptions()
    change(&options)
    guard case .prestate(let accounts) = try trace(by: .prestate(options)).result else {
      throw Unexpected()
    }
    return accounts
  }

  func difference() throws -> StateDifference {
    var options = PrestateTracerOptions()
    options.diffMode = true
    guard case .difference(let difference) = try trace(by: .prestate(options)).result else {
      throw Unexpected()
    }
    return difference
  }

  func structLogs(_ change: (inout StructLogOptions) -> Void = { _ in }) throws -> StructLogs {
    var options = StructLogOptions()
    change(&options)
    guard case .structLogs(let logs) = try trace(by: .structLogs(options)).result else {
      throw Unexpected()
    }
    return logs
  }

  /// A trace of another kind than was asked for.
  struct Unexpected: Error {}
}

/// Bytes of code from opcodes and operands, in reading order.
func code(_ parts: [UInt8]...) -> [UInt8] { Array(parts.joined()) }

/// PUSH32 of `word`.
func push(_ word: UInt256) -> [UInt8] { [Opcode.push32.rawValue] + word.bigEndianBytes }

/// Opcodes.
func op(_ opcodes: Opcode...) -> [UInt8] { opcodes.map(\.rawValue) }

/// A call of `address` with the first `inputSize` bytes of memory; leaves its success on the stack.
func call(
  _ address: Address, gas: UInt256 = 50_000, value: UInt256 = .zero, inputSize: UInt256 = .zero
) -> [UInt8] {
  call(.call, address, gas: gas, value: value, inputSize: inputSize)
}

/// The same by another instruction.
func call(
  _ opcode: Opcode, _ address: Address, gas: UInt256 = 50_000, value: UInt256 = .zero,
  inputSize: UInt256 = .zero
) -> [UInt8] {
  let hasValue = opcode == .call || opcode == .callcode
  return code(
    push(0), push(0), push(inputSize), push(0), hasValue ? push(value) : [], push(address.word),
    push(gas), op(opcode))
}

/// Puts `bytes`, at most 32, at the start of memory.
func store(_ bytes: [UInt8]) -> [UInt8] {
  let padded = bytes + [UInt8](repeating: 0, count: 32 - bytes.count)
  return code(push(UInt256(bigEndian: padded) ?? .zero), push(0), op(.mstore))
}

/// CREATE with `initcode`, at most 32 bytes.
func create(_ initcode: [UInt8], value: UInt256 = .zero) -> [UInt8] {
  code(store(initcode), push(UInt256(UInt64(initcode.count))), push(0), push(value), op(.create))
}

/// Reverts with `Error(text)`, for texts of up to 32 bytes.
func revert(with text: String) -> [UInt8] {
  let bytes = Array(text.utf8)
  let selector: UInt256 = 0x08c3_79a0
  return code(
    push(selector &<< 224), push(0), op(.mstore), push(32), push(4), op(.mstore),
    push(UInt256(UInt64(bytes.count))), push(36), op(.mstore),
    push(UInt256(bigEndian: bytes + [UInt8](repeating: 0, count: 32 - bytes.count)) ?? .zero),
    push(68), op(.mstore), push(100), push(0), op(.revert))
}
