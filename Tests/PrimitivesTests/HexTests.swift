// Hexadecimal text.

import Primitives
import Testing

@Suite struct HexTests {
  @Test func bytesGoThereAndBack() throws {
    let all = (0...255).map { UInt8($0) }
    for count in 0...256 {
      let bytes = Array(all.prefix(count))
      let text = Hex.encode(bytes)
      #expect(text.utf8.count == 2 + 2 * count)
      #expect(try Hex.decode(text) == bytes)
      #expect(try Hex.decode(text.dropFirst(2)) == bytes)
      #expect(try Hex.decode("0X" + text.dropFirst(2).uppercased()) == bytes)
    }
    #expect(Hex.encode([0x00, 0x0f, 0xa0]) == "0x000fa0" && Hex.encode([]) == "0x")
  }

  @Test func errorsNameThePlace() {
    #expect(throws: HexError(.oddLength, at: 5)) { try Hex.decode("0x123") }
    #expect(throws: HexError(.invalidDigit, at: 4)) { try Hex.decode("0x00g0") }
    #expect(throws: HexError(.invalidDigit, at: 1)) { try Hex.decode("0/") }
    #expect(throws: HexError(.invalidDigit, at: 3)) { try Hex.decode("0x0x00") }
    #expect(throws: HexError(.empty, at: 2)) { try UInt256(hex: "0x") }
    #expect(throws: HexError(.invalidDigit, at: 3)) { try UInt256(hex: "0x1 ") }
    #expect(throws: HexError(.wrongLength(expected: 20), at: 6)) { try Address(hex: "0x0102") }
    #expect(throws: HexError(.wrongLength(expected: 32), at: 0)) { try Hash256(hex: "") }
  }

  @Test func everyByteOutsideTheDigitsIsRefused() {
    let digits = Set("0123456789abcdefABCDEF".utf8)
    for byte in UInt8(1)...127 where !digits.contains(byte) {
      let text = String(decoding: [UInt8(ascii: "1"), byte], as: UTF8.self)
      #expect(throws: HexError(.invalidDigit, at: 1)) { try Hex.decode(text) }
    }
  }

  @Test func numbersMayHaveLeadingZerosButNoMoreThan256Bits() throws {
    let full = String(repeating: "f", count: 64)
    #expect(try UInt256(hex: "0x000" + full) == .max)
    #expect(throws: HexError(.tooLarge, at: 66)) { try UInt256(hex: "0x1" + full) }
  }

  @Test func addressesAndHashesPrintAllTheirDigits() throws {
    let address = try Address(hex: "0x00000000000000000000000000000000000000Ff")
    #expect(address == Address(255))
    #expect("\(address)" == "0x00000000000000000000000000000000000000ff")
    let hash = try Hash256(hex: String(repeating: "01", count: 32))
    #expect(hash.description == "0x" + String(repeating: "01", count: 32))
    #expect(Address(bytes: address.bytes) == address && Hash256(bytes: hash.bytes) == hash)
    #expect(Address(bytes: [1, 2]) == nil && Hash256(bytes: address.bytes) == nil)
  }
}
