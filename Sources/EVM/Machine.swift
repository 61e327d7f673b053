// What all frames of one thread share, in raw memory: no class property is touched while running.

import Crypto
import Ledger
import Primitives

/// The state of an `EVM` outside its frames.
struct Machine {
  /// The largest number of nested calls (Yellow Paper, section 8).
  static let maximumDepth = 1024
  /// The largest number of words on a frame's stack.
  static let stackWords = 1024

  var block = BlockEnvironment()
  var schedule = GasSchedule.of(.latest)
  var instructionGas = GasSchedule.instructionGas(of: .latest)
  var precompiles = PrecompileTable.of(.latest)
  var tracer: (any Tracer)?

  var origin = Address.zero
  var gasPrice = UInt256.zero
  var blobHashes: [Hash256] = []
  /// The refund counter of the transaction; frames that fail put it back.
  var refund: Int64 = 0

  /// Room for the stacks of all depths; a frame's stack begins where its caller's ends.
  let stack: UnsafeMutablePointer<UInt256>
  /// The memory of each depth. A callee's output stays readable there until the next call.
  let memories: UnsafeMutablePointer<FrameMemory>
  /// Bytes of memory that the running frames may still take.
  var memoryLeft: Int
  let memoryLimit: Int
  /// The output of the last precompile, kept until the next.
  var precompileOutput = PrecompileOutput()
  /// The hashes of slot keys.
  let keccakMemo = KeccakMemo()

  init(memoryLimit: Int) {
    // The deepest frame may be one below the limit, and each may fill its stack.
    stack = .allocate(capacity: (Self.maximumDepth + 2) * Self.stackWords)
    memories = .allocate(capacity: Self.maximumDepth + 2)
    memories.initialize(repeating: FrameMemory(), count: Self.maximumDepth + 2)
    self.memoryLimit = memoryLimit
    memoryLeft = memoryLimit
  }

  /// Gives the memory back. The machine is of no use afterwards.
  mutating func free() {
    releaseMemories()
    precompileOutput.free()
    keccakMemo.free()
    stack.deallocate()
    memories.deallocate()
  }

  /// Frees the frames' memories, large after a hungry transaction.
  mutating func releaseMemories() {
    for depth in 0..<Self.maximumDepth + 2 { memories[depth].free() }
  }
}
