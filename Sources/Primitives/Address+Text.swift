// Addresses and hashes as hexadecimal text.

extension Address: CustomStringConvertible {
  /// The address that 40 hexadecimal digits spell, with or without the prefix `0x`.
  public init(hex string: some StringProtocol) throws(HexError) {
    let bytes = try Hex.decode(string, count: 20)
    self = bytes.withUnsafeBytes { Address(bytesAt: $0.baseAddress.unsafelyUnwrapped) }
  }

  /// `0x` and 40 lower-case digits.
  public var hex: String { Hex.encode(bytes) }

  /// `0x` and 40 lower-case digits.
  public var description: String { hex }
}

extension Hash256: CustomStringConvertible {
  /// The hash that 64 hexadecimal digits spell, with or without the prefix `0x`.
  public init(hex string: some StringProtocol) throws(HexError) {
    let bytes = try Hex.decode(string, count: 32)
    self = bytes.withUnsafeBytes { Hash256(bytesAt: $0.baseAddress.unsafelyUnwrapped) }
  }

  /// `0x` and 64 lower-case digits.
  public var hex: String { Hex.encode(bytes) }

  /// `0x` and 64 lower-case digits.
  public var description: String { hex }
}
