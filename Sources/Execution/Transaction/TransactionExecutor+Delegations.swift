// Set-code transactions: accounts that let a contract's code run (EIP-7702).

import EVM
import Ledger
import Primitives
import State

extension TransactionExecutor {
  /// What an authority that is in the state already gives back of its authorization's price.
  private static var refundOfExistingAuthority: UInt64 { 12_500 }

  /// Writes the delegations whose authorizations hold and skips the others. Returns the refund.
  func writeDelegations(_ authorizations: [Authorization]) -> UInt64 {
    var refund: UInt64 = 0
    for authorization in authorizations { refund += writeDelegation(authorization) }
    return refund
  }

  private func writeDelegation(_ authorization: Authorization) -> UInt64 {
    let chain = authorization.chainID
    guard chain.isZero || chain == UInt256(block.chainID), authorization.nonce < .max,
      let authority = try? authorization.recoverAuthority()
    else { return 0 }
    _ = state.accessAccount(authority)
    let code = state.code(of: authority)
    guard code.count == 0 || code.delegate != nil,
      state.nonce(of: authority) == authorization.nonce
    else { return 0 }
    let refund = state.accountExists(authority) ? Self.refundOfExistingAuthority : 0
    write(authorization.address, to: authority)
    state.incrementNonce(of: authority)
    return refund
  }

  /// Sets the authority's code to 0xef0100 ‖ address; the zero address removes it.
  private func write(_ address: Address, to authority: Address) {
    if address == .zero {
      return state.setCode(UnsafeRawBufferPointer(start: nil, count: 0), of: authority)
    }
    withUnsafeTemporaryAllocation(byteCount: 23, alignment: 1) { designator in
      designator[0] = 0xef
      designator[1] = 0x01
      designator[2] = 0x00
      address.store(at: designator.baseAddress.unsafelyUnwrapped + 3)
      state.setCode(UnsafeRawBufferPointer(designator), of: authority)
    }
  }
}
