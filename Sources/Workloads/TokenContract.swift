// The ERC-20 contract of the workloads, for those who only need one.

public import Ledger
public import Primitives

/// A small ERC-20 token. Its source is Contracts/Token.vy.
public enum TokenContract {
  /// Where the token lives in generated states.
  public static let address = Address(0x7_0ce7)

  /// The contract's code, analysed.
  public static var code: Code { Contract.token.code }

  /// Where the balance of a holder stands.
  public static func balanceSlot(of holder: Address) -> UInt256 {
    Token(address: address).balance(of: holder).slot
  }

  /// The call data of `transfer(address,uint256)`.
  public static func transferCall(to recipient: Address, amount: UInt256) -> [UInt8] {
    Token(address: address).transferCall(to: recipient, amount).data
  }
}
