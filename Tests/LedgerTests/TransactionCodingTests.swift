// Encoding and decoding undo each other, and nothing but a canonical encoding is read.

import Ledger
import Primitives
import Samples
import Testing

@Suite struct TransactionCodingTests {
  @Test(arguments: Transaction.Kind.allCases)
  func decodingUndoesEncoding(kind: Transaction.Kind) throws {
    var generator = SeededGenerator(seed: UInt64(kind.rawValue))
    for _ in 0..<500 {
      let transaction = generator.transaction(kind)
      #expect(try Transaction(decoding: transaction.encoded) == transaction)
    }
  }

  @Test(arguments: Transaction.Kind.allCases)
  func everyTruncationAndExtensionIsRefused(kind: Transaction.Kind) {
    var generator = SeededGenerator(seed: 100 + UInt64(kind.rawValue))
    for _ in 0..<20 {
      let encoding = generator.transaction(kind).encoded
      for length in 0..<encoding.count {
        #expect(throws: TransactionDecodingError.self) {
          try Transaction(decoding: Array(encoding[..<length]))
        }
      }
      #expect(throws: TransactionDecodingError.self) {
        try Transaction(decoding: encoding + [0])
      }
    }
  }

  /// No change of a byte may trap, and what is still read must be exactly what the bytes say.
  @Test(arguments: Transaction.Kind.allCases)
  func whateverIsReadEncodesToTheSameBytes(kind: Transaction.Kind) {
    var generator = SeededGenerator(seed: 200 + UInt64(kind.rawValue))
    var read = 0
    for _ in 0..<20 {
      let encoding = generator.transaction(kind).encoded
      for position in encoding.indices {
        for change in [0x01, 0x80, UInt8(truncatingIfNeeded: generator.next()) | 1] {
          var mutation = encoding
          mutation[position] ^= change
          if let transaction = try? Transaction(decoding: mutation) {
            read += 1
            #expect(transaction.encoded == mutation)
          }
        }
      }
    }
    #expect(read > 1000)
  }

  @Test func randomBytesNeverTrap() {
    var generator = SeededGenerator(seed: 300)
    for _ in 0..<20_000 {
      var bytes = generator.bytes(upTo: 120)
      if !bytes.isEmpty && generator.flip() { bytes[0] &= 7 }
      if let transaction = try? Transaction(decoding: bytes) {
        #expect(transaction.encoded == bytes)
      }
    }
  }

  @Test func aSliceIsReadAsIfItStoodAlone() throws {
    var generator = SeededGenerator(seed: 400)
    for kind in Transaction.Kind.allCases {
      let transaction = generator.transaction(kind)
      let padded = [1, 2, 3] + transaction.encoded + [4]
      #expect(try Transaction(decoding: padded.dropFirst(3).dropLast()) == transaction)
      let alone = failure(transaction.encoded + [4])
      let sliced = #expect(throws: TransactionDecodingError.self) {
        try Transaction(decoding: padded.dropFirst(3))
      }
      #expect(alone == sliced)
    }
  }

  @Test func theTypeByteDecides() {
    #expect(failure([]) == TransactionDecodingError(.envelope, .truncated, at: 0))
    for byte in [0x00, 0x05, 0x7f] as [UInt8] {
      #expect(failure([byte, 0xc0]) == TransactionDecodingError(.type, .unsupportedType, at: 0))
    }
    #expect(failure([0x80]) == TransactionDecodingError(.envelope, .unexpectedBytes, at: 0))
    #expect(failure([0xb8]) == TransactionDecodingError(.envelope, .truncated, at: 0))
    #expect(failure([0x02, 0x80]) == TransactionDecodingError(.envelope, .unexpectedBytes, at: 1))
    #expect(failure([0xc0]) == TransactionDecodingError(.nonce, .tooFewElements, at: 1))
    #expect(failure([0x04, 0xc0]) == TransactionDecodingError(.chainID, .tooFewElements, at: 2))
  }
}

@Suite struct TransactionRefusalTests {
  /// nonce, gas price, gas limit, to, value, data, v, r, s
  private static let legacy: [RLPItem] = [
    [9], [0x12], [0x52, 0x08], [UInt8](repeating: 7, count: 20), [1], [], [27], [5], [6],
  ].map { .bytes($0) }

  private func refusal(_ field: Int, _ item: RLPItem) -> TransactionDecodingError? {
    var items = Self.legacy
    items[field] = item
    return failure(RLPItem.list(items).encoded)
  }

  @Test func theUnchangedListIsRead() throws {
    let decoded = try Transaction(decoding: RLPItem.list(Self.legacy).encoded)
    #expect(decoded.nonce == 9 && decoded.gasLimit == 21_000 && decoded.signature.s == 6)
  }

  @Test func integersMayNotHaveLeadingZeros() {
    let fields: [(Int, Transaction.Field, Int)] = [
      (0, .nonce, 1), (1, .gasPrice, 2), (2, .gasLimit, 3), (4, .value, 27), (6, .v, 29),
      (7, .r, 30), (8, .s, 31),
    ]
    for (index, field, offset) in fields {
      #expect(
        refusal(index, .bytes([0, 1]))
          == TransactionDecodingError(field, .leadingZeros, at: offset))
    }
  }

  @Test func integersMustFit() {
    for (index, field) in [(0, Transaction.Field.nonce), (2, .gasLimit)] {
      let error = refusal(index, .bytes([UInt8](repeating: 1, count: 9)))
      #expect(error?.field == field && error?.fault == .tooLarge)
    }
    for (index, field) in [(1, Transaction.Field.gasPrice), (4, .value), (7, .r), (8, .s)] {
      let error = refusal(index, .bytes([UInt8](repeating: 1, count: 33)))
      #expect(error?.field == field && error?.fault == .tooLarge)
    }
  }

  @Test func recipientsHaveTwentyBytesOrNone() {
    for (count, fault) in [(1, DecodingFault.tooShort), (19, .tooShort), (21, .tooLong)] {
      #expect(
        refusal(3, .bytes([UInt8](repeating: 0xff, count: count)))
          == TransactionDecodingError(.to, fault, at: 6))
    }
    #expect(refusal(3, .bytes([])) == nil)
  }

  @Test func listsDoNotStandForBytes() {
    let fields: [Transaction.Field] = [
      .nonce, .gasPrice, .gasLimit, .to, .value, .data, .v, .r, .s,
    ]
    for (index, field) in fields.enumerated() {
      let error = refusal(index, .list([]))
      #expect(error?.field == field && error?.fault == .unexpectedList)
    }
  }

  @Test func theListHasNineFields() {
    let short = failure(RLPItem.list(Self.legacy.dropLast()).encoded)
    #expect(short == TransactionDecodingError(.s, .tooFewElements, at: 31))
    let long = failure(RLPItem.list(Self.legacy + [.bytes([1])]).encoded)
    #expect(long == TransactionDecodingError(.envelope, .tooManyElements, at: 32))
  }

  @Test func onlyKnownValuesOfVAreRead() throws {
    for v in [0, 1, 26, 29, 34] as [UInt8] {
      let error = refusal(6, .bytes(v == 0 ? [] : [v]))
      #expect(error == TransactionDecodingError(.v, .invalidValue, at: 29))
    }
    // 35 + 2 · (2^64 − 1) + 1 is the largest.
    var items = Self.legacy
    items[6] = .bytes([0x02, 0, 0, 0, 0, 0, 0, 0, 0x22])
    let largest = try Transaction(decoding: RLPItem.list(items).encoded)
    #expect(largest.chainID == .max && largest.signature.yParity == 1)
    #expect(
      refusal(6, .bytes([0x02, 0, 0, 0, 0, 0, 0, 0, 0x23]))
        == TransactionDecodingError(.v, .invalidValue, at: 29))
  }

  @Test func accessListsAreStrict() {
    func refusal(_ accessList: RLPItem) -> TransactionDecodingError? {
      var items = Self.legacy
      items[6] = .bytes([1])
      items.insert(accessList, at: 6)
      items.insert(.bytes([1]), at: 0)
      return failure([1] + RLPItem.list(items).encoded)
    }
    func entry(address: Int, slot: Int) -> RLPItem {
      .list([
        .list([
          .bytes([UInt8](repeating: 1, count: address)),
          .list([.bytes([UInt8](repeating: 1, count: slot))]),
        ])
      ])
    }
    #expect(refusal(entry(address: 20, slot: 32)) == nil)
    let wrong: [(RLPItem, Transaction.Field, DecodingFault)] = [
      (entry(address: 19, slot: 32), .accessListAddress, .tooShort),
      (entry(address: 21, slot: 32), .accessListAddress, .tooLong),
      (entry(address: 20, slot: 31), .accessListSlot, .tooShort),
      (entry(address: 20, slot: 33), .accessListSlot, .tooLong),
      (.bytes([]), .accessList, .unexpectedBytes),
      (.list([.bytes([])]), .accessList, .unexpectedBytes),
      (.list([.list([])]), .accessListAddress, .tooFewElements),
    ]
    for (item, field, fault) in wrong {
      let error = refusal(item)
      #expect(error?.field == field && error?.fault == fault)
    }
  }

  @Test func theParityOfATypedTransactionIsZeroOrOne() throws {
    var transaction = Transaction(
      kind: .dynamicFee, chainID: 1, nonce: 0, maxFeePerGas: 1, gasLimit: 1, to: nil,
      signature: Signature(yParity: 2, r: 1, s: 1))
    let error = failure(transaction.encoded)
    #expect(error?.field == .v && error?.fault == .invalidValue)
    // An authorization with such a parity is only void.
    transaction.kind = .setCode
    transaction.signature.yParity = 1
    transaction.authorizations = [
      Authorization(
        chainID: 0, address: .zero, nonce: 0, signature: Signature(yParity: 255, r: 1, s: 1))
    ]
    let decoded = try Transaction(decoding: transaction.encoded)
    #expect(throws: SignatureError.invalidYParity) {
      try decoded.authorizations[0].recoverAuthority()
    }
  }
}

/// Why `encoding` is refused, or nil where it is read.
private func failure(_ encoding: [UInt8]) -> TransactionDecodingError? {
  do throws(TransactionDecodingError) {
    _ = try Transaction(decoding: encoding)
    return nil
  } catch {
    return error
  }
}
