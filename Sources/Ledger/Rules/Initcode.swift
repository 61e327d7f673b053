// What Shanghai demands of the code that creates a contract.

/// The limit and the price of creation code (EIP-3860), for CREATE, CREATE2 and transactions alike.
public enum Initcode {
  /// The most bytes that it may have: twice what a contract may have (EIP-170).
  public static let maximumSize: Int = 2 * 0x6000
  /// Gas for each started word of 32 bytes.
  public static let wordGas: UInt64 = 2
}
