// The ways to hash many messages.

internal import CKernels

/// How many messages are hashed at once, and with which instructions.
public enum KeccakBackend: String, CaseIterable, Sendable {
  /// Eight in the registers of AVX-512.
  case avx512
  /// Four in the registers of AVX2.
  case avx2
  /// Eight, by the text of the AVX-512 kernel compiled for any processor; not fast, but a proof.
  case twin
  /// One after the other.
  case scalar

  /// The fastest that this processor has.
  public static let best: KeccakBackend =
    allCases.first { $0 != .twin && $0.isAvailable } ?? .scalar

  /// Whether this processor has it.
  public var isAvailable: Bool { self == .scalar || kernel != nil }

  /// How many messages are hashed at once.
  public var lanes: Int {
    switch self {
    case .avx512, .twin: Int(NT_KECCAK_LANES_AVX512)
    case .avx2: Int(NT_KECCAK_LANES_AVX2)
    case .scalar: 1
    }
  }

  /// What hashes that many; nil for one.
  var kernel: nt_keccak256_kernel? {
    switch self {
    case .avx512: nt_keccak256_avx512()
    case .avx2: nt_keccak256_avx2()
    case .twin: nt_keccak256_twin
    case .scalar: nil
    }
  }
}

extension KeccakPermutation {
  /// The hash of one padded message with `whole` blocks before its last one.
  static func hash(_ message: nt_keccak_message, whole: Int) {
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 25) { buffer in
      let state = buffer.baseAddress.unsafelyUnwrapped
      state.initialize(repeating: 0, count: 25)
      for block in 0...whole {
        let bytes = UnsafeRawPointer(
          block < whole ? message.blocks + Keccak256.rate * block : message.last)
        for lane in 0..<Keccak256.rate / 8 {
          let word = bytes.loadUnaligned(fromByteOffset: 8 * lane, as: UInt64.self)
          state[lane] ^= UInt64(littleEndian: word)
        }
        apply(to: state)
      }
      let hash = UnsafeMutableRawPointer(message.hash)
      for lane in 0..<4 {
        hash.storeBytes(of: state[lane].littleEndian, toByteOffset: 8 * lane, as: UInt64.self)
      }
    }
  }
}
