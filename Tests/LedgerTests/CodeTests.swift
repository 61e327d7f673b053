// Contract code: bytes, hash, and where jumps may land.

import Ledger
import Primitives
import Samples
import Testing

@Suite struct CodeTests {
  /// The definition of EIP-3670 and the Yellow Paper, one position at a time.
  private static func destinations(of bytes: [UInt8]) -> [Int] {
    var found: [Int] = []
    var position = 0
    while position < bytes.count {
      if bytes[position] == 0x5b { found.append(position) }
      if (0x60...0x7f).contains(bytes[position]) { position += Int(bytes[position]) - 0x5f }
      position += 1
    }
    return found
  }

  private static func marked(_ code: Code) -> [Int] {
    withExtendedLifetime(code) {
      (0..<UInt64(code.reference.count + 64)).filter { code.reference.isJumpDestination($0) }
    }.map(
      Int.init)
  }

  @Test func operandsAreNoDestinations() {
    #expect(Self.marked(Code.of([0x5b, 0x60, 0x5b, 0x5b])) == [0, 3])
    #expect(Self.marked(Code.of([0x7f] + [UInt8](repeating: 0x5b, count: 33))) == [33])
    // A PUSH32 whose operand ends beyond the code.
    #expect(Self.marked(Code.of([0x5b, 0x7f, 0x5b, 0x5b])) == [0])
    #expect(Self.marked(Code.of([0x5f, 0x5b])) == [1])
  }

  @Test func randomCodeIsMarkedAsDefined() {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<500 {
      let bytes = generator.bytes(upTo: 200).map { byte -> UInt8 in
        switch byte & 3 {
        case 0: 0x5b
        case 1: 0x5f + (byte >> 3)
        default: byte
        }
      }
      #expect(Self.marked(Code.of(bytes)) == Self.destinations(of: bytes))
    }
  }

  @Test func farDestinationsAreRefused() {
    let code = Code.of([0x5b])
    for far in [1, 8, UInt64(Int.max), UInt64(Int.max) + 1, .max] {
      #expect(!code.reference.isJumpDestination(far))
    }
    withExtendedLifetime(code) {}
  }

  @Test func bytesAreKeptAndPaddedAndHashed() {
    let bytes: [UInt8] = [0x60, 0x01, 0x7f]
    let code = Code.of(bytes)
    #expect(code.bytes == bytes)
    #expect(code.reference.count == 3)
    withExtendedLifetime(code) {
      for offset in 0..<Code.padding { #expect(code.reference.bytes[3 + offset] == 0) }
    }
    #expect(code.hash.hex == "0x0116505b09c5666f9b3975f1411e9cad085fa4150b1b67aac6272fbe9343a553")
    #expect(Code.of([]).hash == Code.emptyHash)
    #expect(Code.of([]) === Code.empty)
  }

  @Test func delegationsHaveTheirExactForm() throws {
    let target = try Address(hex: "0x00112233445566778899aabbccddeeff00112233")
    let delegation = [0xef, 0x01, 0x00] + target.bytes
    func delegate(_ bytes: [UInt8]) -> Address? {
      let code = Code.of(bytes)
      return withExtendedLifetime(code) { code.reference.delegate }
    }
    #expect(delegate(delegation) == target)
    #expect(delegate(delegation + [0]) == nil)
    #expect(delegate(Array(delegation.dropLast())) == nil)
    #expect(delegate([0xef, 0x01, 0x01] + target.bytes) == nil)
  }
}
