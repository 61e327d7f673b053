// The analysis of code against its definition.

internal import Crypto
internal import Ledger
internal import Primitives
internal import Samples

func keccak(_ bytes: [UInt8]) -> [UInt8] { Keccak256.hash(bytes).bytes }

/// Which bytes of a code are jump destinations.
final class CodeTarget: ByteTarget {
  static let name = "code"
  static let summary = "jump destinations and delegations of any code, against their definition"

  func bytes(_ generator: inout SeededGenerator) -> [UInt8] {
    let count = generator.oneIn(10) ? generator.below(2_000) : generator.below(140)
    var bytes = (0..<count).map { _ in
      generator.pick([0x5b, 0x60 + UInt8(generator.below(32)), generator.byte(), 0x7f, 0x5f])
    }
    if generator.oneIn(4) { bytes = [0xef, 0x01, 0x00] + bytes.prefix(generator.within(19...21)) }
    return bytes
  }

  func check(_ bytes: [UInt8]) -> String? {
    let code = Code(bytes, hash: Keccak256.hash(bytes))
    let expected = destinations(of: bytes)
    for place in 0..<bytes.count + Code.padding + 8 {
      let isOne = code.reference.isJumpDestination(UInt64(place))
      guard isOne == expected.contains(place) else {
        return "byte \(place) \(isOne ? "is" : "is not") taken for a jump destination"
      }
    }
    let isDelegation = bytes.count == 23 && bytes.starts(with: [0xef, 0x01, 0x00])
    guard code.reference.delegate?.bytes == (isDelegation ? Array(bytes[3...]) : nil) else {
      return "the delegate is \(code.reference.delegate.map(\.hex) ?? "none")"
    }
    return code.bytes == bytes ? nil : "the code is another"
  }

  /// D(c) of the Yellow Paper, 9.4.3.
  private func destinations(of bytes: [UInt8]) -> Set<Int> {
    var found: Set<Int> = []
    var place = 0
    while place < bytes.count {
      if bytes[place] == 0x5b { found.insert(place) }
      place += (0x60...0x7f).contains(bytes[place]) ? Int(bytes[place]) - 0x5f + 1 : 1
    }
    return found
  }
}
