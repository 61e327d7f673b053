// How much of its thread's stack the machine takes.

import EVM
import Ledger
import Primitives
import Testing

@Suite struct NativeStackTests {
  /// Calls itself, with all gas, as deep as that goes.
  private func calling(_ opcode: Opcode) -> [UInt8] {
    let hasValue = opcode == .call || opcode == .callcode
    return code(
      push(0), push(0), push(0), push(0), hasValue ? push(0) : [], op(.address, .gas), op(opcode))
  }

  /// Creates a contract by its own code.
  private let creating = code(
    op(.codesize), push(0), push(0), op(.codecopy), op(.codesize), push(0), push(0), op(.create))

  @Test(arguments: [false, true])
  func `1024 nested messages take as much native stack as is documented`(isTraced: Bool) {
    let programs =
      [Opcode.call, .callcode, .delegatecall, .staticcall].map(calling) + [creating]
    for program in programs {
      let host = TestHost()
      let outcome = run(
        program, gas: 1 << 60, host: host, tracer: isTraced ? StructLogTracer { _ in } : nil)
      #expect(outcome.halt == nil)
      let places = host.stackAddresses
      #expect(places.count == 1025)
      let taken = (places.max() ?? 0) - (places.min() ?? 0)
      #expect(taken > 0 && taken <= EVM.nativeStackSize / 2)
    }
  }
}
