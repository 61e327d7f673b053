// The Ethereum Virtual Machine: one a worker, used again for every transaction.

import Crypto
public import Ledger
import Primitives

/// The Ethereum Virtual Machine.
///
/// One instance serves one thread; it keeps its stack and memories from run to run. It knows neither
/// tries nor databases nor transactions' fees: it runs messages against a `Host`.
///
/// ```swift
/// let evm = EVM()
/// evm.begin(block: environment, fork: .osaka)
/// let result = evm.execute(message, host: state)
/// ```
public final class EVM {
  /// The limit of memory that all frames of a transaction share, in bytes, unless told otherwise.
  public static let defaultMemoryLimit: Int = 1 << 30
  /// The stack, in bytes, that a thread should have which calls `execute`.
  ///
  /// Frames of nested messages lie on the native stack of that thread, up to 1025 of them: 1.8 MB in
  /// a release build on x86-64 (1,730 bytes a message), several times that in a debug build. Main
  /// threads usually have 8 MB; other threads of macOS have 512 KB unless they are told otherwise,
  /// too little for contracts that call 300 deep.
  public static let nativeStackSize: Int = 4 << 20
  /// The most gas that a message can have; of more, the machine takes this much. `Int64.max` is the
  /// price of instructions that do not exist.
  public static let maximumGas = Int64.max - 1

  let machine: UnsafeMutablePointer<Machine>

  /// The address space that a machine takes when it is made, about. Whoever makes one where that may be
  /// missing asks first: an array that the system refuses ends the process.
  package static let reservedSize = Machine.stackCapacity * 32 + (2 << 20)

  /// A machine whose frames may take `memoryLimit` bytes of EVM memory together (at most 64 GiB).
  /// Going beyond ends the run with `Halt.memoryLimit`.
  public init(memoryLimit: Int = defaultMemoryLimit) {
    machine = .allocate(capacity: 1)
    machine.initialize(to: Machine(memoryLimit: min(max(memoryLimit, 0), FrameMemory.maximumSize)))
  }

  deinit {
    machine.pointee.free()
    machine.deinitialize(count: 1)
    machine.deallocate()
  }

  /// Sets the block and the rules for the messages that follow. Hashes remembered from the block
  /// before are forgotten.
  public func begin(block: BlockEnvironment, fork: Fork) {
    machine.pointee.block = block
    machine.pointee.keccakMemo.forget()
    machine.pointee.schedule = GasSchedule.of(fork)
    machine.pointee.instructionGas = GasSchedule.instructionGas(of: fork)
    machine.pointee.precompiles = PrecompileTable.of(fork)
  }

  /// When the runs that follow are to end; nil lets them run. One that ends so says `Halt.memoryLimit`, and
  /// `hasStopped` tells why. Looking at the clock costs next to nothing, and nothing when off.
  public var deadline: ContinuousClock.Instant? {
    get { machine.pointee.deadline }
    set {
      machine.pointee.deadline = newValue
      machine.pointee.hasStopped = false
    }
  }

  /// Whether a run since the deadline was set has ended because of it.
  public var hasStopped: Bool { machine.pointee.hasStopped }

  /// Lets the precompiled contracts of the fork stand at other addresses, until the next `begin`. The
  /// caller keeps `moved` alive that long.
  public func movePrecompiles(_ moved: MovedPrecompiles) {
    machine.pointee.precompiles = moved.table
  }

  /// Watches the runs that follow; nil stops watching. Watching costs nothing when off.
  public var tracer: (any Tracer)? {
    get { machine.pointee.tracer }
    set { machine.pointee.tracer = newValue }
  }

  /// Runs the outermost message of a transaction.
  ///
  /// The caller has bought the gas, taken the intrinsic gas, incremented the sender's nonce, and
  /// marked the sender, the recipient, the precompiles and the access list as accessed. A creation's
  /// address follows from the sender's nonce before that increment; this method marks it as accessed,
  /// and so it does with the recipient's delegate (EIP-7702). Value is moved here. On failure all
  /// changes made here are undone in the host.
  public func execute(_ message: TransactionMessage, host: any Host) -> ExecutionResult {
    machine.execute(message, host: host)
  }
}
