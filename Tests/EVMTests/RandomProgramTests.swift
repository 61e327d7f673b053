// Random code: the machine never traps, and tells the same story twice.

import EVM
import Ledger
import Primitives
import Samples
import Testing

@Suite struct RandomProgramTests {
  /// Code that keeps the stack busy: small operands, then any opcode.
  private func program(_ generator: inout SeededGenerator) -> [UInt8] {
    var bytes: [UInt8] = []
    for _ in 0..<Int.random(in: 1...80, using: &generator) {
      switch Int.random(in: 0..<4, using: &generator) {
      case 0, 1: bytes += [0x60, UInt8.random(in: 0...96, using: &generator)]
      case 2: bytes.append(UInt8.random(in: .min ... .max, using: &generator))
      default:
        bytes.append(
          [0x01, 0x52, 0x54, 0x55, 0xf1, 0xf4, 0xfa, 0xf0, 0xf5, 0x5c, 0x5d, 0x57, 0x5b]
            .randomElement(using: &generator) ?? 0)
      }
    }
    return bytes
  }

  @Test(arguments: [1 as UInt64, 2, 3, 4])
  func `Random code uses no more gas than it was given, and runs the same when watched`(
    seed: UInt64
  ) {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<400 {
      let bytes = program(&generator)
      let fork = Fork.allCases.randomElement(using: &generator) ?? .latest
      let gas = Int64.random(in: 0...200_000, using: &generator)
      func once(_ tracer: (any Tracer)?) -> Outcome {
        let host = TestHost()
        host.add(sender, balance: 1_000, nonce: 1)
        host.add(contract, code: bytes, balance: 50)
        host.add(Address(0x20), code: bytes)
        return run(bytes, gas: gas, value: 1, fork: fork, host: host, tracer: tracer)
      }
      let plain = once(nil)
      #expect(plain.gasUsed >= 0 && plain.gasUsed <= gas)
      let watched = once(StructLogTracer { _ in })
      #expect(plain.gasUsed == watched.gasUsed && plain.output == watched.output)
      #expect(plain.halt == watched.halt && plain.refund == watched.refund)
    }
  }
}
