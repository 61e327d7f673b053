// Watching for calls of precompiles that are not built yet.

internal import EVM
internal import Ledger
internal import Primitives

/// Notes the first call of an address to which the fork's specification gives a precompiled contract
/// that is not built here. What comes of such a case says nothing.
final class UnbuiltPrecompiles: Tracer {
  /// The first one called, in words.
  private(set) var called: String?
  private let addresses: Set<Address>

  init(_ fork: Fork) {
    let table = PrecompileTable.of(fork)
    addresses = Set(table.addresses.filter { table[$0]?.isBuilt == false })
  }

  func enter(_ call: TracedCall) {
    guard called == nil, addresses.contains(call.codeAddress) else { return }
    called = Self.name(call.codeAddress.l0)
  }

  /// Address and name.
  static func name(_ number: UInt64) -> String {
    "0x\(number < 16 ? "0" : "")\(String(number, radix: 16)) (KZG point evaluation)"
  }

  func step(_ step: TracedStep) {}
  func paid(depth: Int, gasLeft: Int64) {}
  func fault(_ halt: Halt, depth: Int, gasLeft: Int64) {}
  func exit(_ call: TracedCall, gasLeft: Int64, output: UnsafeRawBufferPointer, halt: Halt?) {}
}
