// Calls that the protocol itself makes, at the start of a block.

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

  /// Calls a system contract. Where it does not stand yet nothing happens; its failure is no
  /// failure of the block.
  private func callSystemContract(_ address: Address, input: Hash256) throws(ExecutionError) {
    state.beginTransaction()
    if state.code(of: address).count > 0 {
      let result = withUnsafeTemporaryAllocation(byteCount: 32, alignment: 8) { bytes in
        input.store(at: bytes.baseAddress.unsafelyUnwrapped)
        return machine.execute(
          TransactionMessage(
            origin: SystemCalls.caller, gasPrice: block.baseFee, recipient: address,
            gas: SystemCalls.gas, input: UnsafeRawBufferPointer(bytes)),
          host: state)
      }
      if result.halt == .memoryLimit { throw .memoryLimit }
    }
    state.endTransaction()
    try checkState()
  }
}
