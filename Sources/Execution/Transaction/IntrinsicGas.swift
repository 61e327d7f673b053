// What a transaction costs before its first instruction.

public import Ledger
import Primitives

/// The prices that are charged before execution, in one fork.
public struct IntrinsicGas: Sendable, Hashable {
  /// For any transaction.
  public var base: UInt64 = 21_000
  /// For a zero byte of data.
  public var zeroByte: UInt64 = 4
  /// For another byte of data.
  public var nonZeroByte: UInt64 = 68
  /// For creating a contract.
  public var creation: UInt64 = 0
  /// For 32 bytes of init code.
  public var initCodeWord: UInt64 = 0
  /// For an address in the access list.
  public var accessListAddress: UInt64 = 2_400
  /// For a storage key in the access list.
  public var accessListSlot: UInt64 = 1_900
  /// For an authorization; part of it comes back when the authority exists.
  public var authorization: UInt64 = 25_000
  /// The least a token of data costs; a zero byte has one token, another four.
  public var floorToken: UInt64 = 0

  /// The prices of `fork`.
  public init(_ fork: Fork) {
    if fork >= .homestead { creation = 32_000 }  // EIP-2
    if fork >= .istanbul { nonZeroByte = 16 }  // EIP-2028
    if fork >= .shanghai { initCodeWord = Initcode.wordGas }  // EIP-3860
    if fork >= .prague { floorToken = 10 }  // EIP-7623
  }

  /// What is charged before `transaction` is executed, and the least it must use in the end.
  public func cost(of transaction: borrowing Transaction) -> (intrinsic: UInt64, floor: UInt64) {
    let count = UInt64(transaction.data.count)
    let zeros = count == 0 ? 0 : Self.zeroBytes(in: transaction.data)
    var gas = base + zeros * zeroByte + (count - zeros) * nonZeroByte
    if transaction.to == nil { gas += creation + (count + 31) / 32 * initCodeWord }
    for entry in transaction.accessList {
      gas += accessListAddress + UInt64(entry.slots.count) * accessListSlot
    }
    gas += UInt64(transaction.authorizations.count) * authorization
    let floor = floorToken == 0 ? 0 : base + (zeros + (count - zeros) * 4) * floorToken
    return (gas, floor)
  }

  private static func zeroBytes(in data: [UInt8]) -> UInt64 {
    data.withUnsafeBufferPointer { bytes in
      var zeros = 0
      for byte in bytes { zeros &+= byte == 0 ? 1 : 0 }
      return UInt64(zeros)
    }
  }
}
