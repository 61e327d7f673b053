// A precompiled contract: what it computes and what it costs.

import Crypto
import Primitives

/// A contract whose code is part of the client: a price and a function of its input.
///
/// A plain value without references: calls from many threads share nothing.
public struct Precompile: Sendable, BitwiseCopyable {
  /// What is computed.
  let function: Function
  /// What it costs.
  let price: Price

  init(_ function: Function, _ price: Price) {
    self.function = function
    self.price = price
  }

  /// The price of an input, `UInt64.max` when it is beyond any gas.
  public func gas(_ input: UnsafeRawBufferPointer) -> UInt64 { price.gas(input) }

  /// A bound of the bytes that an input makes it take, for its output and to work in; `UInt64.max`
  /// when it is beyond what it can handle.
  public func memory(_ input: UnsafeRawBufferPointer) -> UInt64 {
    switch function {
    case .identity: UInt64(input.count)
    case .bn254Pairing, .bls12381MultiplyG1, .bls12381MultiplyG2, .bls12381Pairing:
      4 * UInt64(input.count)
    case .modExp: ModExpInput(input).memory
    default: 0
    }
  }

  /// Writes the output for an input whose price is paid; false when the input is refused. The output
  /// may be left dirty then.
  public func run(
    _ input: UnsafeRawBufferPointer, _ output: inout PrecompileOutput
  ) -> Bool {
    switch function {
    case .recover: Self.recover(input, &output)
    case .sha256: Self.sha256(input, &output)
    case .ripemd160: Self.ripemd160(input, &output)
    case .identity: Self.identity(input, &output)
    case .modExp: ModExpInput(input).run(&output)
    case .bn254Add: Self.bn254Add(input, &output)
    case .bn254Multiply: Self.bn254Multiply(input, &output)
    case .bn254Pairing: Self.bn254Pairing(input, &output)
    case .blake2f: Self.blake2f(input, &output)
    case .p256Verify: Self.p256Verify(input, &output)
    case .bls12381AddG1: Self.bls12381(BLS12381.addG1, input, &output)
    case .bls12381MultiplyG1: Self.bls12381(BLS12381.multiplyG1, input, &output)
    case .bls12381AddG2: Self.bls12381(BLS12381.addG2, input, &output)
    case .bls12381MultiplyG2: Self.bls12381(BLS12381.multiplyG2, input, &output)
    case .bls12381Pairing: Self.bls12381Pairing(input, &output)
    case .bls12381MapToG1: Self.bls12381(BLS12381.mapToG1, input, &output)
    case .bls12381MapToG2: Self.bls12381(BLS12381.mapToG2, input, &output)
    case .pointEvaluation: Self.pointEvaluation(input, &output)
    }
  }

  /// The name that EIP-7910 gives it.
  public var name: String { function.name }
}

extension Precompile {
  /// What precompiled contracts compute.
  enum Function: UInt8 {
    case recover, sha256, ripemd160, identity
    case modExp
    case bn254Add, bn254Multiply, bn254Pairing
    case blake2f
    case p256Verify
    case bls12381AddG1, bls12381MultiplyG1, bls12381AddG2, bls12381MultiplyG2
    case bls12381Pairing, bls12381MapToG1, bls12381MapToG2
    case pointEvaluation

    /// The name that EIP-7910 gives it.
    var name: String {
      switch self {
      case .recover: "ECREC"
      case .sha256: "SHA256"
      case .ripemd160: "RIPEMD160"
      case .identity: "ID"
      case .modExp: "MODEXP"
      case .bn254Add: "BN254_ADD"
      case .bn254Multiply: "BN254_MUL"
      case .bn254Pairing: "BN254_PAIRING"
      case .blake2f: "BLAKE2F"
      case .p256Verify: "P256VERIFY"
      case .bls12381AddG1: "BLS12_G1ADD"
      case .bls12381MultiplyG1: "BLS12_G1MSM"
      case .bls12381AddG2: "BLS12_G2ADD"
      case .bls12381MultiplyG2: "BLS12_G2MSM"
      case .bls12381Pairing: "BLS12_PAIRING_CHECK"
      case .bls12381MapToG1: "BLS12_MAP_FP_TO_G1"
      case .bls12381MapToG2: "BLS12_MAP_FP2_TO_G2"
      case .pointEvaluation: "KZG_POINT_EVALUATION"
      }
    }
  }

  /// How the price follows from the input.
  enum Price {
    /// The same for every input.
    case fixed(UInt64)
    /// A base and a price for each started word.
    case words(base: UInt64, each: UInt64)
    /// A base and a price for each whole item of `size` bytes.
    case items(base: UInt64, each: UInt64, size: UInt64)
    /// One for each round of BLAKE2b (EIP-152).
    case blakeRounds
    /// The three prices of MODEXP.
    case modExp(ModExpPrice)
    /// For each point, less the more there are (EIP-2537).
    case multiScalar(MultiScalarPrice)

    func gas(_ input: UnsafeRawBufferPointer) -> UInt64 {
      let count = UInt64(input.count)
      return switch self {
      case .fixed(let gas): gas
      case .words(let base, let each): base + each * ((count + 31) / 32)
      case .items(let base, let each, let size): base + each * (count / size)
      case .blakeRounds: Precompile.blakeRounds(input)
      case .modExp(let price): ModExpInput(input).gas(price)
      case .multiScalar(let price): price.gas(count)
      }
    }
  }
}

extension UnsafeRawBufferPointer {
  /// The 32-byte word at `offset`; bytes beyond the end are zero.
  func word(at offset: Int) -> UInt256 {
    if let base = baseAddress, offset &+ 32 <= count {
      return UInt256(bigEndianAt: base + offset)
    }
    return withUnsafeTemporaryAllocation(byteCount: 32, alignment: 8) { padded in
      padded.initializeMemory(as: UInt8.self, repeating: 0)
      if offset < count { padded.copyBytes(from: self[offset...]) }
      return UInt256(bigEndianAt: padded.baseAddress.unsafelyUnwrapped)
    }
  }
}
