// Calls that the protocol itself makes, at the start and at the end of a block.

import EVM
import Ledger
public import Primitives
import State

/// The contracts that the protocol calls, and how.
public enum SystemCalls {
  /// Who calls.
  public static let caller = Address(
    truncating: 0xffff_ffff_ffff_ffff_ffff_ffff_ffff_ffff_ffff_fffe)
  /// Keeps the roots of beacon blocks (EIP-4788, Cancun).
  public static let beaconRoots = Address(
    truncating: 0x000f_3df6_d732_807e_f131_9fb7_b8bb_8522_d0be_ac02)
  /// Keeps the hashes of blocks (EIP-2935, Prague).
  public static let blockHashes = Address(
    truncating: 0x0000_f908_27f1_c53a_10cb_7a02_335b_1753_2000_2935)
  /// Queues withdrawals that validators ask for (EIP-7002, Prague).
  public static let withdrawalRequests = Address(
    truncating: 0x0000_0961_ef48_0eb5_5e80_d19a_d835_79a6_4c00_7002)
  /// Queues consolidations that validators ask for (EIP-7251, Prague).
  public static let consolidationRequests = Address(
    truncating: 0x0000_bbdd_c7ce_4886_42fb_579f_8b00_f3a5_9000_7251)
  /// What a call may use. It does not count towards the block.
  static let gas: Int64 = 30_000_000
}

extension TransactionExecutor {
  /// Makes the calls that stand before the transactions of a block.
  func makeSystemCalls(
    parentHash: Hash256?, parentBeaconBlockRoot: Hash256?
  ) throws(ExecutionError) {
    if rules.fork >= .cancun, let root = parentBeaconBlockRoot {
      try callSystemContract(SystemCalls.beaconRoots, input: root)
    }
    if rules.fork >= .prague, let hash = parentHash {
      try callSystemContract(SystemCalls.blockHashes, input: hash)
    }
  }

  /// Empties the queue of a system contract at the end of a block.
  ///
  /// Other than before the transactions, the contract must stand there and the call must succeed.
  func takeRequests(_ address: Address) throws(BlockExecutionError) -> [UInt8] {
    let hasCode = state.code(of: address).count > 0
    if let failure = state.failure { throw .systemCall(.state(failure)) }
    if !hasCode { throw .systemContractMissing(address) }
    do throws(ExecutionError) {
      state.beginTransaction()
      let result = try run(address, input: UnsafeRawBufferPointer(start: nil, count: 0))
      let requests = result.halt == nil ? Array(result.output) : nil
      state.endTransaction()
      try checkState()
      if let requests { return requests }
    } catch {
      throw .systemCall(error)
    }
    throw .systemCallFailed(address)
  }

  /// Calls a system contract. Where it does not stand yet nothing happens; its failure is no
  /// failure of the block.
  private func callSystemContract(_ address: Address, input: Hash256) throws(ExecutionError) {
    state.beginTransaction()
    if state.code(of: address).count > 0 {
      _ = try withUnsafeTemporaryAllocation(
        byteCount: 32, alignment: 8
      ) { bytes throws(ExecutionError) in
        input.store(at: bytes.baseAddress.unsafelyUnwrapped)
        return try run(address, input: UnsafeRawBufferPointer(bytes)).halt
      }
    }
    state.endTransaction()
    try checkState()
  }

  /// Runs the code of a system contract. Tracers, which watch transactions, see nothing of it.
  private func run(
    _ address: Address, input: UnsafeRawBufferPointer
  ) throws(ExecutionError) -> ExecutionResult {
    let tracer = machine.tracer
    machine.tracer = nil
    defer { machine.tracer = tracer }
    let result = machine.execute(
      TransactionMessage(
        origin: SystemCalls.caller, gasPrice: block.baseFee, recipient: address,
        gas: SystemCalls.gas, input: input),
      host: state)
    if result.halt == .memoryLimit {
      try checkState()
      throw .memoryLimit
    }
    return result
  }
}
