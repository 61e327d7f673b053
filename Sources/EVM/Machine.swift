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
  /// Bytes of frame memory that stay from one transaction to the next.
  static let memoryKept: Int = 16 << 20

  var block = BlockEnvironment()
  var schedule = GasSchedule.of(.latest)
  var instructionGas = GasSchedule.instructionGas(of: .latest)
  var precompiles = PrecompileTable.of(.latest)
  var tracer: (any Tracer)?
  /// When runs are to end.
  var deadline: ContinuousClock.Instant? {
    didSet { isTimed = deadline != nil }
  }
  /// Whether they are to end at all.
  private(set) var isTimed = false
  /// Whether that ended one.
  var hasStopped = false
  /// Work until the clock is looked at, in gas.
  private var workToClock = Self.workPerClock
  /// So much work takes far less than anybody's patience.
  private static let workPerClock: Int64 = 1 << 16
  /// What a jump counts for, with the cheap instructions up to the next.
  static let jumpWork: Int64 = 64

  var origin = Address.zero
  var gasPrice = UInt256.zero
  var blobHashes: [Hash256] = []
  /// The refund counter of the transaction; frames that fail put it back.
  var refund: Int64 = 0

  /// The words on the stack that are counters.
  var counters = CounterWords()

  /// The words of the stacks of all depths.
  static let stackCapacity = (maximumDepth + 2) * stackWords

  /// Room for the stacks of all depths; a frame's stack begins where its caller's ends.
  let stack: UnsafeMutablePointer<UInt256>
  /// The memory of each depth. A callee's output stays readable there until the next call.
  let memories: UnsafeMutablePointer<FrameMemory>
  /// Bytes that the memories of all depths, creation code and the precompiles' output hold.
  var memoryHeld = 0
  /// What they may hold together.
  let memoryLimit: Int
  /// The deepest memory that holds anything.
  private var deepestMemory = 0
  /// The output of the last precompile, kept until the next.
  var precompileOutput = PrecompileOutput()
  /// The hashes of slot keys.
  let keccakMemo = KeccakMemo()

  init(memoryLimit: Int) {
    // The deepest frame may be one below the limit, and each may fill its stack.
    stack = .allocate(capacity: Self.stackCapacity)
    memories = .allocate(capacity: Self.maximumDepth + 2)
    memories.initialize(repeating: FrameMemory(), count: Self.maximumDepth + 2)
    self.memoryLimit = memoryLimit
  }

  /// Throws when it is time to end; the clock is looked at once in much work.
  @inline(__always)
  mutating func count(work: Int64) throws(Halt) {
    workToClock &-= work
    if workToClock <= 0, isLate() { throw .memoryLimit }
  }

  /// Whether it is time to end.
  @inline(never)
  mutating func isLate() -> Bool {
    workToClock = Self.workPerClock
    guard let deadline, ContinuousClock.now >= deadline else { return false }
    hasStopped = true
    return true
  }

  /// Gives the memory back. The machine is of no use afterwards.
  mutating func free() {
    releaseMemories()
    precompileOutput.free()
    keccakMemo.free()
    counters.free()
    stack.deallocate()
    memories.deallocate()
  }

  /// Makes the memory of `depth` hold at least `size` bytes, keeping what is there, and up to `spare`
  /// more where that leaves the limit alone; false when the limit forbids it or the system has no
  /// more. Memories from depth `unused` on hold nothing that anybody reads.
  mutating func growMemory(of depth: Int, to size: Int, spare: Int, unused: Int) -> Bool {
    let present = memories[depth].capacity
    var room = memoryLimit - memoryHeld + present
    if size > room {
      releaseMemories(from: unused)
      room = memoryLimit - memoryHeld + present
      if size > room { return false }
    }
    let capacity = min(max(size + min(spare, size / 2), FrameMemory.smallestSize), max(size, room))
    guard memories[depth].grow(to: capacity) else { return false }
    memoryHeld += capacity - present
    deepestMemory = max(deepestMemory, depth)
    return true
  }

  /// Counts `size` bytes as held; false, and nothing counted, when the limit forbids it.
  mutating func hold(_ size: Int) -> Bool {
    guard size <= memoryLimit - memoryHeld else { return false }
    memoryHeld += size
    return true
  }

  /// Runs a precompile, whose output counts as held for as long as it is kept.
  mutating func run(_ precompile: Precompile, _ input: UnsafeRawBufferPointer) -> Bool {
    let before = precompileOutput.capacity
    defer { memoryHeld += precompileOutput.capacity - before }
    return precompile.run(input, &precompileOutput)
  }

  /// Gives back what an earlier transaction made grow beyond what is worth keeping.
  mutating func shrink() {
    guard memoryHeld > Self.memoryKept else { return }
    releaseMemories()
    memoryHeld -= precompileOutput.capacity
    precompileOutput.free()
  }

  /// Frees the memories from `depth` on.
  mutating func releaseMemories(from depth: Int = 0) {
    guard depth <= deepestMemory else { return }
    for depth in depth...deepestMemory {
      memoryHeld -= memories[depth].capacity
      memories[depth].free()
    }
    deepestMemory = max(depth - 1, 0)
  }
}
