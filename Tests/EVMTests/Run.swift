// Writing small programs and running them.

import EVM
import Ledger
import Primitives

let sender = Address(0x5e4d)
let contract = Address(0xc0de)

/// Bytes of code from opcodes and operands, in reading order.
func code(_ parts: [UInt8]...) -> [UInt8] { Array(parts.joined()) }

/// PUSH32 of `word`.
func push(_ word: UInt256) -> [UInt8] { [Opcode.push32.rawValue] + word.bigEndianBytes }

/// One opcode.
func op(_ opcodes: Opcode...) -> [UInt8] { opcodes.map(\.rawValue) }

/// Returns the word on top of the stack.
let returnTop = code(push(0), op(.mstore), push(32), push(0), op(.return))

/// What a run gave, its output copied.
struct Outcome {
  var halt: Halt?
  var gasUsed: Int64
  var refund: Int64
  var output: [UInt8]
  var created: Address?
  /// The output as a number, when it is one word.
  var word: UInt256? { output.count == 32 ? UInt256(bigEndian: output) : nil }
  /// Whether the output is this one word.
  func returns(_ word: UInt256) -> Bool { output == word.bigEndianBytes }
}

/// Runs `program` as the code of `contract`.
@discardableResult
func run(
  _ program: [UInt8], input: [UInt8] = [], gas: Int64 = 10_000_000, value: UInt256 = .zero,
  fork: Fork = .latest, host: TestHost = TestHost(), memoryLimit: Int = 1 << 24,
  block: BlockEnvironment = BlockEnvironment(), tracer: (any Tracer)? = nil
) -> Outcome {
  if host.world.accounts[contract] == nil { host.add(contract, code: program) }
  return send(
    to: contract, input: input, gas: gas, value: value, fork: fork, host: host,
    memoryLimit: memoryLimit, block: block, tracer: tracer)
}

/// Sends a message, or creates a contract where `recipient` is nil.
@discardableResult
func send(
  to recipient: Address?, input: [UInt8] = [], gas: Int64 = 10_000_000, value: UInt256 = .zero,
  fork: Fork = .latest, host: TestHost, memoryLimit: Int = 1 << 24,
  block: BlockEnvironment = BlockEnvironment(), tracer: (any Tracer)? = nil
) -> Outcome {
  let evm = EVM(memoryLimit: memoryLimit)
  evm.begin(block: block, fork: fork)
  evm.tracer = tracer
  return input.withUnsafeBytes { bytes in
    let result = evm.execute(
      TransactionMessage(
        origin: sender, gasPrice: 7, blobHashes: [Hash256(0xb10b)], recipient: recipient,
        value: value, gas: gas, input: bytes), host: host)
    return Outcome(
      halt: result.halt, gasUsed: gas - result.gasLeft, refund: result.refund,
      output: Array(result.output), created: result.createdAddress)
  }
}

/// Whether two optional words are the same; spares `#expect` a comparison of unlike types.
func same(_ a: UInt256?, _ b: UInt256) -> Bool { a == b }
