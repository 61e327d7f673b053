// A state as the suites imagine it.

internal import Crypto
internal import Ledger
internal import Primitives
internal import State

/// A state in memory whose block hashes are Keccak-256 of the block's number in decimal digits, as
/// the state tests have it.
final class FixtureView: StateView {
  let base: MemoryState

  init(_ base: MemoryState) { self.base = base }

  func account(_ address: Address) throws(StateReadError) -> Account? { base.account(address) }

  func storage(_ address: Address, _ slot: UInt256) throws(StateReadError) -> UInt256 {
    base.storage(address, slot)
  }

  func hasStorage(_ address: Address) throws(StateReadError) -> Bool { base.hasStorage(address) }

  func code(_ hash: Hash256) throws(StateReadError) -> Code { try base.code(hash) }

  func blockHash(_ number: UInt64) throws(StateReadError) -> Hash256? {
    Keccak256.hash(Array(String(number).utf8))
  }
}
