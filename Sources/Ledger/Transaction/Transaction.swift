// A signed transaction of any type.

public import Primitives

/// A signed transaction.
///
/// One value for all five types, because the executor treats them alike: a field a type does not
/// have holds its neutral value (zero, empty, nil).
public struct Transaction: Sendable, Hashable {
  /// The transaction types, by their EIP-2718 type byte.
  public enum Kind: UInt8, Sendable, CaseIterable {
    /// Untyped, with or without the chain id of EIP-155.
    case legacy
    /// EIP-2930: with an access list.
    case accessList
    /// EIP-1559: with two fees.
    case dynamicFee
    /// EIP-4844: with blobs.
    case blob
    /// EIP-7702: with authorizations to set code.
    case setCode

    /// The first fork whose blocks may contain this type.
    public var firstFork: Fork {
      switch self {
      case .legacy: .frontier
      case .accessList: .berlin
      case .dynamicFee: .london
      case .blob: .cancun
      case .setCode: .prague
      }
    }

    /// Whether the sender names two fees (EIP-1559) instead of one price.
    public var hasDynamicFee: Bool { self >= .dynamicFee }
  }

  /// The type.
  public var kind: Kind
  /// The chain it is valid on; nil for a legacy transaction without EIP-155 protection.
  public var chainID: UInt64?
  /// How many transactions the sender sent before.
  public var nonce: UInt64
  /// The tip per gas; equal to `maxFeePerGas` for types without dynamic fees.
  public var maxPriorityFeePerGas: UInt256
  /// The most the sender pays per gas; the gas price for types without dynamic fees.
  public var maxFeePerGas: UInt256
  /// The most gas the transaction may use.
  public var gasLimit: UInt64
  /// The recipient, or nil to create a contract.
  public var to: Address?
  /// The wei to move.
  public var value: UInt256
  /// The input of the call, or the init code.
  public var data: [UInt8]
  /// What is warm from the start (EIP-2930).
  public var accessList: [AccessListEntry]
  /// The most the sender pays per blob gas (EIP-4844).
  public var maxFeePerBlobGas: UInt256
  /// The hashes of the blobs' commitments (EIP-4844).
  public var blobVersionedHashes: [Hash256]
  /// The delegations to write (EIP-7702).
  public var authorizations: [Authorization]
  /// The sender's signature.
  public var signature: Signature

  /// A transaction with these fields.
  ///
  /// Without `maxPriorityFeePerGas` the tip equals `maxFeePerGas`, as for a gas price.
  public init(
    kind: Kind, chainID: UInt64?, nonce: UInt64, maxPriorityFeePerGas: UInt256? = nil,
    maxFeePerGas: UInt256, gasLimit: UInt64, to: Address?, value: UInt256 = .zero,
    data: [UInt8] = [], accessList: [AccessListEntry] = [], maxFeePerBlobGas: UInt256 = .zero,
    blobVersionedHashes: [Hash256] = [], authorizations: [Authorization] = [],
    signature: Signature = .absent
  ) {
    self.kind = kind
    self.chainID = chainID
    self.nonce = nonce
    self.maxPriorityFeePerGas = maxPriorityFeePerGas ?? maxFeePerGas
    self.maxFeePerGas = maxFeePerGas
    self.gasLimit = gasLimit
    self.to = to
    self.value = value
    self.data = data
    self.accessList = accessList
    self.maxFeePerBlobGas = maxFeePerBlobGas
    self.blobVersionedHashes = blobVersionedHashes
    self.authorizations = authorizations
    self.signature = signature
  }

  /// The price per gas of a type without dynamic fees.
  public var gasPrice: UInt256 { maxFeePerGas }
}

extension Transaction.Kind: Comparable {
  /// Order of the type bytes.
  public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}
