// The ways to recover many keys at once.

internal import CSecp256k1Lanes

/// How the keys of many signatures are recovered: how many side by side, with which instructions.
public enum BatchRecovery: String, CaseIterable, Sendable {
  /// Eight, with products of 52-bit integers (AVX-512 IFMA).
  case avx512ifma
  /// Four, with fused multiplication and addition of doubles (AVX2 and FMA).
  case avx2
  /// Eight, by the text of the way of AVX-512 compiled for any processor; not fast, but a proof.
  case portable
  /// One after the other, by libsecp256k1.
  case single

  /// The fastest that this processor has.
  public static let best: BatchRecovery =
    allCases.first { $0 != .portable && $0.isAvailable } ?? .single

  /// The name of the instructions, for reports.
  public var name: String {
    switch self {
    case .avx512ifma: "AVX-512 IFMA"
    case .avx2: "AVX2"
    case .portable: "portable"
    case .single: "libsecp256k1"
    }
  }

  /// Whether this processor has it.
  public var isAvailable: Bool { self == .single || lanes != nil }

  /// What computes on lanes; nil where the processor cannot, and for one after the other.
  var lanes: UnsafePointer<nt_lanes>? {
    switch self {
    case .avx512ifma: nt_lanes_avx512ifma()
    case .avx2: nt_lanes_avx2()
    case .portable: nt_lanes_portable()
    case .single: nil
    }
  }
}

extension Secp256k1 {
  /// How `recover(_:into:)` recovers keys on this processor.
  public static var batchRecovery: BatchRecovery { .best }
}
