// Blocks as bytes.

public import Primitives

extension Block {
  /// A part of a block's encoding.
  public enum Field: Sendable, Hashable {
    /// The block as a whole.
    case block
    case header(Header.Field)
    /// The list of transactions.
    case transactions
    case transaction(index: Int, Transaction.Field)
    /// The list of ommers.
    case ommers
    case ommer(index: Int, Header.Field)
    /// The list of withdrawals.
    case withdrawals
    case withdrawal(index: Int, Withdrawal.Field)
  }

  /// Bytes are not the canonical encoding of a block.
  public typealias DecodingError = FieldDecodingError<Field>

  /// The block whose canonical encoding `encoding` is.
  public init(decoding encoding: [UInt8]) throws(DecodingError) {
    self = try EncodedBlock(encoding).block()
  }

  /// The canonical encoding.
  public var encoded: [UInt8] {
    var encoder = RLPEncoder()
    encoder.list { encoder in
      header.write(to: &encoder)
      encoder.list { encoder in
        for transaction in transactions { transaction.write(to: &encoder) }
      }
      encoder.list { encoder in
        for ommer in ommers { ommer.write(to: &encoder) }
      }
      if let withdrawals {
        encoder.list { encoder in
          for withdrawal in withdrawals { withdrawal.write(to: &encoder) }
        }
      }
    }
    return encoder.bytes
  }

  /// The block's hash, which is its header's.
  public var hash: Hash256 { header.hash }
}
