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
    var parts = try FieldReader(listIn: encoding[...], base: 0, whole: Field.block)
    let header = try Header(itemOf: &parts, list: .header(.header)) { .header($0) }
    var transactions: [Transaction] = []
    var list = try parts.list(.transactions)
    while !list.isAtEnd {
      transactions.append(try Transaction(itemOf: &list, index: transactions.count))
    }
    var ommers: [Header] = []
    var headers = try parts.list(.ommers)
    while !headers.isAtEnd {
      let index = ommers.count
      ommers.append(
        try Header(itemOf: &headers, list: .ommer(index: index, .header)) {
          .ommer(index: index, $0)
        })
    }
    self.init(header: header, transactions: transactions, ommers: ommers)
    if !parts.isAtEnd {
      var payments: [Withdrawal] = []
      var list = try parts.list(.withdrawals)
      while !list.isAtEnd {
        payments.append(try Withdrawal(itemOf: &list, index: payments.count))
      }
      withdrawals = payments
    }
    try parts.expectEnd(.block)
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

extension Header {
  fileprivate init(
    itemOf parts: inout FieldReader<Block.Field>, list: Block.Field,
    _ name: (Field) -> Block.Field
  ) throws(Block.DecodingError) {
    let start = parts.offset
    let item = try parts.raw(list)
    do {
      try self.init(fields: FieldReader(listIn: item, base: start, whole: .header))
    } catch {
      throw Block.DecodingError(name(error.field), error.fault, at: error.offset)
    }
  }
}

extension Transaction {
  /// Reads an item of a block's list: a list, or a byte string around a typed transaction.
  fileprivate init(
    itemOf list: inout FieldReader<Block.Field>, index: Int
  ) throws(Block.DecodingError) {
    let whole = Block.Field.transaction(index: index, .envelope)
    let start = list.offset
    let isList = try list.listFollows(whole)
    let encoding = isList ? try list.raw(whole) : try list.bytes(whole)
    // What stands between the item's start and its content is the header of the byte string.
    let header = isList ? 0 : list.offset - start - encoding.count
    do throws(TransactionDecodingError) {
      if !isList, let first = encoding.first, first >= 0x80 {
        throw TransactionDecodingError(.type, .unsupportedType, at: 0)
      }
      try self.init(decoding: encoding)
    } catch {
      throw Block.DecodingError(
        .transaction(index: index, error.field), error.fault, at: start + header + error.offset)
    }
  }
}
