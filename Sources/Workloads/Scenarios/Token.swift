// The model of an ERC-20 token.

internal import Primitives

/// A token, as Contracts/Token.vy keeps it.
struct Token {
  /// Where its contract is.
  let address: Address

  /// What a holder owns.
  func balance(of holder: Address) -> StorageKey { address.slot(0)[holder] }

  /// What a spender may still take from an owner.
  func allowance(of spender: Address, from owner: Address) -> StorageKey {
    address.slot(1)[owner][spender]
  }

  /// Gives a holder more from the beginning.
  func endow(_ holder: Address, with amount: UInt256, in world: inout World) {
    world.endow(balance(of: holder), with: amount)
    world.endow(address.slot(2), with: amount)
  }

  /// Lets a spender take more from the beginning.
  func approve(_ spender: Address, by owner: Address, _ amount: UInt256, in world: inout World) {
    world.endow(allowance(of: spender, from: owner), with: amount)
  }

  /// Moves tokens; false, and nothing moves, where there are too few.
  @discardableResult
  func transfer(
    _ amount: UInt256, from sender: Address, to recipient: Address, in world: inout World
  ) -> Bool {
    guard world[balance(of: sender)] >= amount else { return false }
    world[balance(of: sender)] -= amount
    world[balance(of: recipient)] += amount
    return true
  }

  /// Moves tokens on behalf of their owner; false, and nothing moves, where that may not be.
  @discardableResult
  func transfer(
    _ amount: UInt256, from owner: Address, to recipient: Address, by spender: Address,
    in world: inout World
  ) -> Bool {
    guard world[allowance(of: spender, from: owner)] >= amount,
      transfer(amount, from: owner, to: recipient, in: &world)
    else { return false }
    world[allowance(of: spender, from: owner)] -= amount
    return true
  }
}
