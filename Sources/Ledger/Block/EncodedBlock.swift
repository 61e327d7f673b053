// A block's encoding, of which the header alone is decoded at first.

import Primitives

/// The encoding of a block whose header is decoded and whose body is not yet.
///
/// A decoded body may take thirty times the memory of its encoding. So whoever gets blocks from others
/// looks at the header first, and at the body only when the header holds.
public struct EncodedBlock: Sendable {
  /// The header.
  public let header: Header
  /// How many bytes the whole encoding has.
  public let size: Int
  /// Stands behind the header.
  private let body: FieldReader<Block.Field>

  /// Opens the encoding of a block and decodes its header. Throws where the bytes are no list or the
  /// header is none; what is wrong with the body is told by `block()`.
  public init(_ encoding: [UInt8]) throws(Block.DecodingError) {
    var parts = try FieldReader(listIn: encoding[...], base: 0, whole: Block.Field.block)
    header = try Header(itemOf: &parts, list: .header(.header)) { .header($0) }
    size = encoding.count
    body = parts
  }

  /// How many transactions there are, counted up to `limit` and as far as their lengths are well
  /// written. Decodes none of them.
  public func transactionCount(upTo limit: Int) -> Int {
    var parts = body
    guard let list = try? parts.list(.transactions) else { return 0 }
    return list.itemCount(upTo: limit)
  }

  /// The whole block. Throws the first thing that is wrong with the body.
  public func block() throws(Block.DecodingError) -> Block {
    var parts = body
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
    var withdrawals: [Withdrawal]?
    if !parts.isAtEnd {
      var payments: [Withdrawal] = []
      var list = try parts.list(.withdrawals)
      while !list.isAtEnd {
        payments.append(try Withdrawal(itemOf: &list, index: payments.count))
      }
      withdrawals = payments
    }
    try parts.expectEnd(.block)
    return Block(
      header: header, transactions: transactions, ommers: ommers, withdrawals: withdrawals)
  }
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
