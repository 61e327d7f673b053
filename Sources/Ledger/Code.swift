// Contract code, analysed once and shared.

public import Primitives

/// Immutable contract code with its valid jump destinations.
///
/// The bytes are followed by 33 zero bytes, so that an interpreter needs no end test: the first zero
/// is STOP, and the operand of a PUSH at the very end reads zeros, as the specification demands.
public final class Code: Sendable {
  /// How many zero bytes follow the code.
  public static let padding = 33

  /// Keccak-256 of the code.
  public let hash: Hash256
  /// Bytes and bitmap, for as long as this object lives.
  public let reference: CodeReference

  /// The code of an account without code.
  public static let empty = Code([], hash: emptyHash)

  /// Keccak-256 of no bytes.
  public static let emptyHash = Hash256(
    0xc5d2_4601_86f7_233c_927e_7db2_dcc7_03c0_e500_b653_ca82_273b_7bfa_d804_5d85_a470)

  /// The bytes that analysed code of `count` bytes takes.
  public static func footprint(ofCount count: Int) -> Int { count + count / 8 + padding + 1 }

  /// Analyses `bytes`, whose Keccak-256 is `hash`.
  public init(_ bytes: some Collection<UInt8>, hash: Hash256) {
    self.hash = hash
    let count = bytes.count
    let storage = UnsafeMutablePointer<UInt8>.allocate(capacity: count + Self.padding)
    let buffer = UnsafeMutableBufferPointer(start: storage, count: count)
    _ = buffer.initialize(from: bytes)
    (storage + count).initialize(repeating: 0, count: Self.padding)
    let bitmapCount = count / 8 + 1
    let bitmap = UnsafeMutablePointer<UInt8>.allocate(capacity: bitmapCount)
    bitmap.initialize(repeating: 0, count: bitmapCount)
    Self.markJumpDestinations(in: storage, count: count, bitmap: bitmap)
    reference = CodeReference(bytes: storage, count: count, jumpDestinations: bitmap)
  }

  deinit {
    reference.bytes.deallocate()
    reference.jumpDestinations.deallocate()
  }

  /// The code's bytes, without padding.
  public var bytes: [UInt8] { Array(reference.buffer) }

  /// Sets the bit of every JUMPDEST that is not the operand of a PUSH.
  static func markJumpDestinations(
    in bytes: UnsafePointer<UInt8>, count: Int, bitmap: UnsafeMutablePointer<UInt8>
  ) {
    let jumpDestination = 0x5b
    let beforePush1 = 0x5f
    var position = 0
    while position < count {
      // Read as signed, PUSH1 to PUSH32 are the largest of all: one maximum gives the step, where
      // a branch would often be mispredicted.
      let opcode = Int(Int8(bitPattern: bytes[position]))
      if opcode == jumpDestination {
        bitmap[position >> 3] |= 1 &<< UInt8(truncatingIfNeeded: position & 7)
      }
      position &+= 1 &+ max(opcode &- beforePush1, 0)
    }
  }
}

/// A borrowed view of a `Code`, without a reference count: what the interpreter holds while it runs.
/// Whoever hands it out keeps the `Code` alive.
@frozen
public struct CodeReference: @unchecked Sendable {
  /// The code, followed by `Code.padding` zero bytes.
  public let bytes: UnsafePointer<UInt8>
  /// How many bytes the code has.
  public let count: Int
  /// One bit per byte of code, lowest first: set where a jump may land.
  public let jumpDestinations: UnsafePointer<UInt8>

  @inlinable @inline(__always)
  init(bytes: UnsafePointer<UInt8>, count: Int, jumpDestinations: UnsafePointer<UInt8>) {
    self.bytes = bytes
    self.count = count
    self.jumpDestinations = jumpDestinations
  }

  /// The code's bytes, without padding.
  @inlinable @inline(__always)
  public var buffer: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: bytes, count: count) }

  /// Whether a jump to `destination` is allowed.
  @inlinable @inline(__always)
  public func isJumpDestination(_ destination: UInt64) -> Bool {
    guard destination < UInt64(truncatingIfNeeded: count) else { return false }
    let byte = jumpDestinations[Int(truncatingIfNeeded: destination &>> 3)]
    return byte & (1 &<< UInt8(truncatingIfNeeded: destination & 7)) != 0
  }

  /// The address an EIP-7702 delegation (0xef0100 ‖ address) points to, or nil for any other code.
  @inlinable
  public var delegate: Address? {
    guard count == 23, bytes[0] == 0xef, bytes[1] == 0x01, bytes[2] == 0x00 else { return nil }
    return Address(bytesAt: bytes + 3)
  }
}
