// Transactions out of canonical bytes, strictly.

import Primitives

extension Transaction {
  /// The transaction whose canonical encoding `encoding` is.
  public init(decoding encoding: [UInt8]) throws(TransactionDecodingError) {
    try self.init(decoding: encoding[...])
  }

  /// The transaction whose canonical encoding `encoding` is. Offsets in errors count from its start.
  public init(decoding encoding: ArraySlice<UInt8>) throws(TransactionDecodingError) {
    guard let first = encoding.first else {
      throw TransactionDecodingError(.envelope, .truncated, at: 0)
    }
    if first >= 0x80 {
      try self.init(legacy: Reader(listIn: encoding, base: 0, whole: .envelope))
    } else if let kind = Kind(rawValue: first), kind != .legacy {
      try self.init(
        kind, Reader(listIn: encoding.dropFirst(), base: 1, whole: .envelope))
    } else {
      throw TransactionDecodingError(.type, .unsupportedType, at: 0)
    }
  }

  /// The type that `encoding` announces by its first byte, or nil where there is none; says nothing
  /// about the rest.
  public static func kind(announcedBy encoding: [UInt8]) -> Kind? {
    guard let first = encoding.first else { return nil }
    if first >= 0xc0 { return .legacy }
    return first == 0 ? nil : Kind(rawValue: first)
  }

  typealias Reader = FieldReader<Field>

  private init(legacy fields: Reader) throws(TransactionDecodingError) {
    var fields = fields
    self.init(
      kind: .legacy, chainID: nil, nonce: try fields.uint64(.nonce),
      maxFeePerGas: try fields.uint256(.gasPrice), gasLimit: try fields.uint64(.gasLimit),
      to: try fields.optionalAddress(.to), value: try fields.uint256(.value),
      data: Array(try fields.bytes(.data)))
    let offset = fields.offset
    let v = try fields.uint256(.v)
    signature.r = try fields.uint256(.r)
    signature.s = try fields.uint256(.s)
    try fields.expectEnd(.envelope)
    guard let (yParity, chainID) = Transaction.split(v: v) else {
      throw TransactionDecodingError(.v, .invalidValue, at: offset)
    }
    signature.yParity = yParity
    self.chainID = chainID
  }

  /// The parity and chain id that a legacy `v` holds: 27 + parity, or, from 35 on,
  /// 35 + 2 · chain id + parity (EIP-155).
  private static func split(v: UInt256) -> (yParity: UInt8, chainID: UInt64?)? {
    if v == 27 || v == 28 { return (UInt8(truncatingIfNeeded: v.l0 - 27), nil) }
    guard v >= 35 else { return nil }
    let joined = v &- 35
    guard let chainID = (joined &>> 1).asUInt64 else { return nil }
    return (UInt8(truncatingIfNeeded: joined.l0 & 1), chainID)
  }

  /// Reads the fields of a typed transaction.
  init(_ kind: Kind, _ fields: Reader) throws(TransactionDecodingError) {
    var fields = fields
    let chainID = try fields.uint64(.chainID)
    let nonce = try fields.uint64(.nonce)
    let tip = kind.hasDynamicFee ? try fields.uint256(.maxPriorityFeePerGas) : nil
    self.init(
      kind: kind, chainID: chainID, nonce: nonce, maxPriorityFeePerGas: tip,
      maxFeePerGas: try fields.uint256(kind.hasDynamicFee ? .maxFeePerGas : .gasPrice),
      gasLimit: try fields.uint64(.gasLimit), to: try fields.optionalAddress(.to),
      value: try fields.uint256(.value), data: Array(try fields.bytes(.data)),
      accessList: try Transaction.accessList(from: &fields))
    if kind == .blob {
      maxFeePerBlobGas = try fields.uint256(.maxFeePerBlobGas)
      var hashes = try fields.list(.blobVersionedHashes)
      while !hashes.isAtEnd { blobVersionedHashes.append(try hashes.hash(.blobVersionedHashes)) }
    } else if kind == .setCode {
      var list = try fields.list(.authorizations)
      while !list.isAtEnd { authorizations.append(try Authorization(from: &list)) }
    }
    signature = try Signature(from: &fields, v: .v, r: .r, s: .s, maximalParity: 1)
    try fields.expectEnd(.envelope)
  }

  private static func accessList(
    from fields: inout Reader
  ) throws(TransactionDecodingError) -> [AccessListEntry] {
    var list = try fields.list(.accessList)
    var entries: [AccessListEntry] = []
    while !list.isAtEnd {
      var entry = try list.list(.accessList)
      let address = try entry.address(.accessListAddress)
      var slots = try entry.list(.accessListSlot)
      var words: [UInt256] = []
      while !slots.isAtEnd { words.append(try slots.word(.accessListSlot)) }
      try entry.expectEnd(.accessList)
      entries.append(AccessListEntry(address: address, slots: words))
    }
    return entries
  }
}

extension Authorization {
  fileprivate init(from list: inout Transaction.Reader) throws(TransactionDecodingError) {
    var fields = try list.list(.authorizations)
    self.init(
      chainID: try fields.uint256(.authorization(.chainID)),
      address: try fields.address(.authorization(.address)),
      nonce: try fields.uint64(.authorization(.nonce)))
    // EIP-7702 lets any byte stand for the parity; a wrong one voids only the authorization.
    signature = try Signature(
      from: &fields, v: .authorization(.yParity), r: .authorization(.r), s: .authorization(.s),
      maximalParity: 255)
    try fields.expectEnd(.authorizations)
  }
}

extension Signature {
  fileprivate init(
    from fields: inout Transaction.Reader, v: Transaction.Field, r: Transaction.Field,
    s: Transaction.Field, maximalParity: UInt64
  ) throws(TransactionDecodingError) {
    let offset = fields.offset
    let parity = try fields.uint256(v)
    let (x, proof) = (try fields.uint256(r), try fields.uint256(s))
    guard let number = parity.asUInt64, number <= maximalParity else {
      throw TransactionDecodingError(v, maximalParity == 1 ? .invalidValue : .tooLarge, at: offset)
    }
    self.init(yParity: UInt8(number), r: x, s: proof)
  }
}
