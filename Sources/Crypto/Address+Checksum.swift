// Addresses with the checksum of EIP-55.

public import Primitives

extension Address {
  /// `0x` and 40 digits whose capitals are a checksum (EIP-55).
  public var checksummed: String {
    let lower = Array(hex.utf8.dropFirst(2))
    let hash = Keccak256.hash(lower).bytes
    let digits = lower.enumerated().map { index, digit in
      let nibble = index % 2 == 0 ? hash[index / 2] >> 4 : hash[index / 2] & 15
      return digit >= UInt8(ascii: "a") && nibble >= 8 ? digit - 32 : digit
    }
    return "0x" + String(decoding: digits, as: UTF8.self)
  }
}
