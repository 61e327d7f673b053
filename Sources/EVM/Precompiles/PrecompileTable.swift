// The precompiled contracts of each fork.

public import Ledger
public import Primitives

/// A contract whose code is part of the client.
public struct Precompile: Sendable {
  /// The name in the specification.
  public let name: String
  /// The price of an input, `UInt64.max` when it is beyond any gas.
  public let gas: @Sendable (UnsafeRawBufferPointer) -> UInt64
  /// The output, or nil when the input is refused.
  public let run: @Sendable (UnsafeRawBufferPointer) -> [UInt8]?
}

/// The precompiled contracts of one fork by address.
public struct PrecompileTable: Sendable {
  /// The table of `fork`.
  public static func of(_ fork: Fork) -> PrecompileTable { PrecompileTable() }

  /// The contract at `address`, if there is one.
  public subscript(address: Address) -> Precompile? { nil }
}
