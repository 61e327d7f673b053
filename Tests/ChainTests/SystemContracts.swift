// Stand-ins for the contracts that Prague calls at the end of a block.

import Execution
import Primitives
import State

enum SystemContracts {
  /// Contracts whose queues are empty.
  static let allocations = [SystemCalls.withdrawalRequests, SystemCalls.consolidationRequests]
    .map { AccountAllocation(address: $0, nonce: 1, code: [0x00]) }

  /// A contract that answers with one byte.
  static func answering(_ byte: UInt8, at address: Address) -> AccountAllocation {
    AccountAllocation(
      address: address, nonce: 1,
      // PUSH1 byte, PUSH0, MSTORE8, PUSH1 1, PUSH0, RETURN
      code: [0x60, byte, 0x5f, 0x53, 0x60, 0x01, 0x5f, 0xf3])
  }

  /// A contract whose call fails.
  static func failing(at address: Address) -> AccountAllocation {
    AccountAllocation(address: address, nonce: 1, code: [0xfe])
  }
}
