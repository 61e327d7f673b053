// MODEXP, 0x05: a power modulo a number of any length (EIP-198) and its three prices.

import Crypto
import Primitives

/// The prices that MODEXP has had.
enum ModExpPrice {
  /// EIP-198.
  case byzantium
  /// EIP-2565.
  case berlin
  /// EIP-7883, with the bounds of EIP-7823, beyond which no gas is enough.
  case osaka
}

/// The input of MODEXP, taken apart: three lengths and three numbers, zero-extended.
struct ModExpInput {
  /// Lengths in bytes, `UInt64.max` for what does not fit.
  let baseLength: UInt64
  let exponentLength: UInt64
  let modulusLength: UInt64
  private let numbers: UnsafeRawBufferPointer

  init(_ input: UnsafeRawBufferPointer) {
    baseLength = input.word(at: 0).clampedToUInt64
    exponentLength = input.word(at: 32).clampedToUInt64
    modulusLength = input.word(at: 64).clampedToUInt64
    numbers = UnsafeRawBufferPointer(rebasing: input.dropFirst(96))
  }

  /// The price under a fork's rule.
  func gas(_ price: ModExpPrice) -> UInt64 {
    switch price {
    case .byzantium: byzantiumGas
    case .berlin: berlinGas
    case .osaka: osakaGas
    }
  }

  /// The longer of base and modulus.
  private var size: UInt64 { max(baseLength, modulusLength) }

  /// The number of bits after the first one in the exponent's first 32 bytes.
  private var headBits: UInt64 {
    guard baseLength < UInt64(numbers.count) else { return 0 }
    let length = Int(min(32, exponentLength))
    let head = numbers.word(at: Int(baseLength)) &>> (256 - 8 * length)
    return UInt64(max(1, head.bitWidth) - 1)
  }

  /// How often the exponent makes the algorithm square; each byte after the head counts `tail`.
  private func iterations(tail: UInt64) -> UInt256 {
    let rest = exponentLength > 32 ? exponentLength - 32 : 0
    return max(UInt256(rest) &* UInt256(tail) &+ UInt256(headBits), .one)
  }

  /// `complexity · iterations / divisor`; the factors are below 2^130 and 2^69.
  private func price(_ complexity: UInt256, tail: UInt64, divisor: UInt64) -> UInt64 {
    (complexity &* iterations(tail: tail)).dividedOrZero(by: UInt256(divisor)).clampedToUInt64
  }

  /// EIP-198.
  private var byzantiumGas: UInt64 {
    let x = UInt256(size)
    let square = x &* x
    let complexity =
      switch size {
      case ...64: square
      case ...1024: (square &>> 2) &+ UInt256(96 * size) &- UInt256(3072)
      default: (square &>> 4) &+ x &* UInt256(480) &- UInt256(199_680)
      }
    return price(complexity, tail: 8, divisor: 20)
  }

  /// `size` in started 64-bit words, squared.
  private var squaredWords: UInt256 {
    let words = UInt256(size / 8 + (size % 8 == 0 ? 0 : 1))
    return words &* words
  }

  /// EIP-2565.
  private var berlinGas: UInt64 { max(200, price(squaredWords, tail: 8, divisor: 3)) }

  /// EIP-7883, EIP-7823.
  private var osakaGas: UInt64 {
    guard max(size, exponentLength) <= 1024 else { return .max }
    let complexity = size <= 32 ? UInt256(16) : squaredWords &<< 1
    return max(500, price(complexity, tail: 16, divisor: 1))
  }

  /// What the output and the library take; `UInt64.max` for operands longer than the library takes.
  var memory: UInt64 {
    if modulusLength == 0 { return 0 }
    return ModExp.memory(
      base: baseLength, exponent: exponentLength, modulus: modulusLength)
  }

  /// Writes the power; false where the operands are longer than the library takes, which costs more
  /// gas than any block has.
  func run(_ output: inout PrecompileOutput) -> Bool {
    output.clear()
    // An empty modulus may stand beside lengths that nobody paid for.
    if modulusLength == 0 { return true }
    guard max(size, exponentLength) <= UInt64(ModExp.byteLimit) else { return false }
    let base = Int(baseLength)
    let exponent = Int(exponentLength)
    let modulus = Int(modulusLength)
    let room = output.resize(to: modulus)
    return withNumber(at: 0, count: base) { b in
      withNumber(at: base, count: exponent) { e in
        withNumber(at: base + exponent, count: modulus) { m in
          ModExp.power(base: b, exponent: e, modulus: m, into: room)
        }
      }
    }
  }

  /// Calls `body` with the `count` bytes at `offset`, a zero-extended copy where they end early.
  private func withNumber(
    at offset: Int, count: Int, _ body: (UnsafeRawBufferPointer) -> Bool
  ) -> Bool {
    if offset + count <= numbers.count {
      return body(UnsafeRawBufferPointer(rebasing: numbers[offset..<offset + count]))
    }
    var padded = [UInt8](repeating: 0, count: count)
    return padded.withUnsafeMutableBytes { bytes in
      if offset < numbers.count { bytes.copyBytes(from: numbers[offset...]) }
      return body(UnsafeRawBufferPointer(bytes))
    }
  }
}
