// The queues that are emptied at the end of a block since Prague.

internal import Primitives
internal import State

/// A system contract that queues requests to the consensus layer in its storage. Slots 0 to 3 hold
/// the excess, the count, the head and the tail, and the requests follow, each in the same number of
/// slots (EIP-7002 and EIP-7251).
struct RequestQueue {
  /// The contract.
  let address: Address
  /// How many slots a request takes.
  let slotsPerRequest: UInt64
  /// How many requests leave the queue with a block.
  let perBlock: UInt64

  /// The requests of validators for withdrawals and for consolidations.
  static let all = [
    RequestQueue(
      address: Address(truncating: 0x0000_0961_ef48_0eb5_5e80_d19a_d835_79a6_4c00_7002),
      slotsPerRequest: 3, perBlock: 16),
    RequestQueue(
      address: Address(truncating: 0x0000_bbdd_c7ce_4886_42fb_579f_8b00_f3a5_9000_7251),
      slotsPerRequest: 4, perBlock: 2),
  ]

  /// Reads the account and the slots that the end of a block reads. A failure stays in `state`.
  func read(from state: NodeState) throws(FetchError) {
    do throws(StateReadError) {
      guard try state.account(address)?.hasCode == true else { return }
      for slot: UInt64 in 0...3 { _ = try state.storage(address, UInt256(slot)) }
      let (head, tail) = (try state.storage(address, 2), try state.storage(address, 3))
      guard let first = head.asUInt64, let end = tail.asUInt64, first < end else { return }
      for index in first..<first + min(end - first, perBlock) {
        let start = 4 + UInt256(index) &* UInt256(slotsPerRequest)
        for offset in 0..<slotsPerRequest {
          _ = try state.storage(address, start &+ UInt256(offset))
        }
      }
    } catch {
      if let failure = state.failure { throw failure }
    }
  }
}
