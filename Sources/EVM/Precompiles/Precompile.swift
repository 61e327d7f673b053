// A precompiled contract.

import Primitives

/// A contract whose code is part of the client: a price and a function of its input.
public struct Precompile: Sendable {
  /// The name that EIP-7910 gives it.
  public let name: String

  /// The price of an input, `UInt64.max` when it is beyond any gas.
  public let gas: @Sendable (_ input: UnsafeRawBufferPointer) -> UInt64

  /// Writes the output for an input whose price is paid; false when the input is refused. The output
  /// may be left dirty then.
  public let run:
    @Sendable (_ input: UnsafeRawBufferPointer, _ output: inout PrecompileOutput) -> Bool

  /// A contract whose price does not depend on the input.
  static func fixed(
    _ name: String, gas: UInt64,
    _ run: @escaping @Sendable (UnsafeRawBufferPointer, inout PrecompileOutput) -> Bool
  ) -> Precompile {
    Precompile(name: name, gas: { _ in gas }, run: run)
  }

  /// A contract with a price for each started word of the input.
  static func perWord(
    _ name: String, base: UInt64, word: UInt64,
    _ run: @escaping @Sendable (UnsafeRawBufferPointer, inout PrecompileOutput) -> Bool
  ) -> Precompile {
    Precompile(name: name, gas: { base + word * ((UInt64($0.count) + 31) / 32) }, run: run)
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
