// The text in what a contract reverts with, by Solidity's conventions.

import Primitives

/// Finds the text in what a contract reverts with.
public enum RevertReason {
  /// The text of `Error(string)` or the meaning of `Panic(uint256)`; nil for any other output.
  public static func text(in output: [UInt8]) -> String? {
    guard output.count >= 36 else { return nil }
    let arguments = output[4...]
    switch Array(output[..<4]) {
    case [0x08, 0xc3, 0x79, 0xa0]: return string(in: arguments)
    case [0x4e, 0x48, 0x7b, 0x71]: return panic(word(arguments, at: 0))
    default: return nil
    }
  }

  /// The one string in ABI-encoded arguments: its offset, and there its length and its bytes.
  private static func string(in arguments: ArraySlice<UInt8>) -> String? {
    guard let offset = index(arguments, at: 0), let count = index(arguments, at: offset),
      count <= arguments.count - offset - 32
    else { return nil }
    return String(decoding: arguments.dropFirst(offset + 32).prefix(count), as: UTF8.self)
  }

  /// The word at `offset` as an offset or length inside `arguments`.
  private static func index(_ arguments: ArraySlice<UInt8>, at offset: Int) -> Int? {
    guard let number = word(arguments, at: offset)?.asUInt64, number <= UInt64(arguments.count)
    else { return nil }
    return Int(number)
  }

  private static func word(_ arguments: ArraySlice<UInt8>, at offset: Int) -> UInt256? {
    guard offset <= arguments.count - 32 else { return nil }
    return UInt256(bigEndian: arguments.dropFirst(offset).prefix(32))
  }

  /// What Solidity's codes mean (Solidity documentation, "Panic via assert and Error via require").
  private static func panic(_ code: UInt256?) -> String? {
    guard let code else { return nil }
    switch code.asUInt64 {
    case 0x00: return "generic panic"
    case 0x01: return "assert(false)"
    case 0x11: return "arithmetic underflow or overflow"
    case 0x12: return "division or modulo by zero"
    case 0x21: return "enum overflow"
    case 0x22: return "invalid encoded storage byte array accessed"
    case 0x31: return "out-of-bounds array access; popping on an empty array"
    case 0x32: return "out-of-bounds access of an array or bytesN"
    case 0x41: return "out of memory"
    case 0x51: return "uninitialized function"
    default: return "unknown panic code: \(code.hex)"
    }
  }
}
