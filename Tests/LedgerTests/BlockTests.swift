// Blocks against published ones, and against damage.

import Crypto
import Ledger
import Primitives
import Samples
import Testing

@Suite struct BlockTests {
  private static let coinbase = "0x2adc25665018aa1fe0e6bc666dac8fc2697ff9ba"

  /// A block of Osaka with a set-code transaction, of the Execution Spec Tests.
  private static func blockOfOsaka() throws -> Block {
    let transaction = try Transaction(
      decoding: Hex.decode(
        "04f8c00180800782b3b094d5b14ffff466e96c0d890c2088336c5407dc41a20180c0f85cf85a809400000000"
          + "000000000000000000000000000000018080a06ca5e58facaf5b24199930ad78e3110d977bfedd7b758050"
          + "31bf4c5af70f437aa0349bc222010c59653bcf6ba67f8c012f1deeb487655eae9f3aa88c4e09de914d80a0"
          + "e835f78ef77c7f56c6614e02433efaca3a819477f0e2a28ad631c68db863c2aaa00cde6fe303827471c27a"
          + "1d4c93adc424cc134a2efe4aa6763965e349728cd3da"))
    let header = Header(
      parentHash: try Hash256(
        hex: "552b73e00c70637ac47dc2310cc55bead363ab6661dfff5e63aad760aecc22a1"),
      coinbase: try Address(hex: coinbase),
      stateRoot: try Hash256(
        hex: "95a72ae9a9e6736f3163f182ff19d478eec699681cf8a1fc57196af7fbb54330"),
      transactionsRoot: try Hash256(
        hex: "f135ea9d7a243fa3fab5f05247c002a788980c776dd0ab48da8669149057b422"),
      receiptsRoot: try Hash256(
        hex: "036c7d20420edbce24b5062148bce80563b48fd4532fb1c068b2c96a53117019"),
      number: 1, gasLimit: 120_000_000, gasUsed: 0x8fc0, timestamp: 1000, extraData: [0],
      baseFeePerGas: 7, withdrawalsRoot: Header.emptyTrieRoot, blobGasUsed: 0, excessBlobGas: 0,
      parentBeaconBlockRoot: .zero,
      requestsHash: try Hash256(
        hex: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"))
    return Block(header: header, transactions: [transaction], withdrawals: [])
  }

  /// A block of Homestead with an ommer, of ethereum/tests.
  private static func blockOfHomestead() throws -> Block {
    let ommer = Header(
      parentHash: try Hash256(
        hex: "9eabdd60201a45a51bdda33d8f8a30257c11499cc75e051541bd702c5328184a"),
      coinbase: try Address(hex: "b94f5374fce5ed0000000097c15331677e6ebf0b"),
      stateRoot: try Hash256(
        hex: "d7fbf4bf063a6e4a506777007a071e16d4dc6cc18f9ced7b29261942b35409a3"),
      difficulty: 0x20000, number: 5, gasLimit: 0x2fefd8, timestamp: 0x54c9_a009,
      extraData: [0x42])
    let header = Header(
      parentHash: try Hash256(
        hex: "018a257721a6d28a82bc2de9bc9c9b9394dcc8d42f0c59922b476f196b894cc0"),
      ommersHash: try Hash256(
        hex: "9c1cc19388b3cc81666fddefdad7e4e84d8867787346da532cafc533ba58364e"),
      coinbase: try Address(hex: "8888f1f195afa192cfee860698584c030f4c9db1"),
      stateRoot: try Hash256(
        hex: "e4760aa5fa52bf350c7fe5c4403b862533dc6d9162f6f1ccf1d5a8db9ea13028"),
      transactionsRoot: try Hash256(
        hex: "b049e948f958fd4f29ff8d237dcf93ad958042c49b5515e2330f1652ae5cc7ec"),
      receiptsRoot: try Hash256(
        hex: "7191f80a9a89b68283ba575e536f2825389c41029085cb461e161fc01df6652b"),
      difficulty: 0x20000, number: 6, gasLimit: 0x2fefd8, gasUsed: 21_000, timestamp: 0x54c9_a3f1,
      extraData: [0x42])
    let transaction = Transaction(
      kind: .legacy, chainID: nil, nonce: 0, maxFeePerGas: 1, gasLimit: 0x1fbd0,
      to: try Address(hex: "b94f5374fce5edbc8e2a8697c15331677e6ebf0b"), value: 10,
      signature: Signature(
        yParity: 0,
        r: 0x6738_f4af_b7c1_4330_fbdd_9d3c_2ac2_0b9e_1275_5bbf_873e_dd70_9628_20b3_041d_50c7,
        s: 0x2094_fd79_dba2_3f99_f79c_adcd_a90a_a454_5c38_0a63_63f6_462d_842b_d77a_921a_1d58))
    return Block(header: header, transactions: [transaction], ommers: [ommer])
  }

  @Test func aBlockOfOsakaHasItsPublishedBytes() throws {
    let block = try Self.blockOfOsaka()
    #expect(
      block.hash.hex == "0xb70271019b78edc5f9c1ef9df844a2cfe82972a25909895e1e3e5c767b79d9f4")
    #expect(block.encoded.count == 810)
    #expect(
      Keccak256.hash(block.encoded).hex
        == "0xd3afa3882c6b16f54a88658b1e8262963256526574eba9074b2322eb3306b4a1")
    #expect(try Block(decoding: block.encoded) == block)
  }

  @Test func aBlockOfHomesteadHasItsPublishedBytes() throws {
    let block = try Self.blockOfHomestead()
    #expect(
      block.hash.hex == "0x526e4016ab1879e8a2abc46dc1fd64dfe31dcca7d8d892fb7fd039e7b09a720e")
    #expect(
      Keccak256.hash(block.encoded).hex
        == "0xe78b86c61d3f549a420a36f81f414538925e4fdefcf6b0aa3d8c997eabd61538")
    #expect(try Block(decoding: block.encoded) == block)
    #expect(throws: Never.self) { try block.transactions[0].recoverSender() }
  }

  @Test func decodingUndoesEncoding() throws {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<200 {
      let block = generator.block()
      #expect(try Block(decoding: block.encoded) == block)
    }
  }

  @Test func damageIsRefusedOrReadAsItStands() {
    var generator = SeededGenerator(seed: 2)
    for _ in 0..<10 {
      let encoding = generator.block().encoded
      for length in stride(from: 0, to: encoding.count, by: 7) {
        #expect(throws: Block.DecodingError.self) {
          try Block(decoding: Array(encoding[..<length]))
        }
      }
      for position in encoding.indices {
        var mutation = encoding
        mutation[position] ^= UInt8(truncatingIfNeeded: generator.next()) | 1
        if let block = try? Block(decoding: mutation) { #expect(block.encoded == mutation) }
      }
    }
  }

  @Test func errorsNameThePlaceInTheWholeEncoding() throws {
    var block = try Self.blockOfOsaka()
    block.transactions.append(block.transactions[0])
    block.transactions[1].signature.yParity = 7
    let encoding = block.encoded
    let error = #expect(throws: Block.DecodingError.self) { try Block(decoding: encoding) }
    #expect(error?.field == .transaction(index: 1, .v) && error?.fault == .invalidValue)
    #expect(error.map { encoding[$0.offset] } == 7 as UInt8)

    block = try Self.blockOfHomestead()
    block.transactions[0].signature.yParity = 4
    let legacy = block.encoded
    let refused = #expect(throws: Block.DecodingError.self) { try Block(decoding: legacy) }
    #expect(refused?.field == .transaction(index: 0, .v))
    #expect(refused.map { legacy[$0.offset] } == 31 as UInt8)
  }

  @Test func typedTransactionsAreWrappedInBytes() throws {
    let block = try Self.blockOfOsaka()
    guard case .list(var parts) = try RLPItem.decode(block.encoded) else {
      Issue.record("a block is a list")
      return
    }
    func refusal(_ transaction: RLPItem) -> Block.DecodingError? {
      parts[1] = .list([transaction])
      let encoding = RLPItem.list(parts).encoded
      do throws(Block.DecodingError) {
        _ = try Block(decoding: encoding)
        return nil
      } catch {
        return error
      }
    }
    let typed = block.transactions[0].encoded
    #expect(refusal(.bytes(typed)) == nil)
    #expect(refusal(.bytes([]))?.field == .transaction(index: 0, .envelope))
    #expect(refusal(.bytes([5] + typed.dropFirst()))?.fault == .unsupportedType)
    // A legacy transaction stands as a list, not as bytes that hold one.
    let legacy = try Self.blockOfHomestead().transactions[0].encoded
    #expect(refusal(.bytes(legacy))?.fault == .unsupportedType)
    #expect(refusal(try RLPItem.decode(legacy)) == nil)
  }

  @Test func withdrawalsAreStrict() throws {
    let withdrawal = Withdrawal(
      index: 0, validatorIndex: 128, address: try Address(hex: String(repeating: "77", count: 20)),
      amount: .max)
    #expect(
      Hex.encode(withdrawal.encoded)
        == "0xe180818094777777777777777777777777777777777777777788ffffffffffffffff")
    #expect(withdrawal.amountInWei.decimal == "18446744073709551615000000000")
    guard case .list(var parts) = try RLPItem.decode(Self.blockOfOsaka().encoded) else {
      Issue.record("a block is a list")
      return
    }
    let fields: [RLPItem] = [
      .bytes([]), .bytes([]), .bytes([UInt8](repeating: 0, count: 20)), .bytes([]),
    ]
    let wrong: [(Int, RLPItem, Withdrawal.Field)] = [
      (0, .bytes([UInt8](repeating: 1, count: 9)), .index),
      (1, .bytes([0]), .validatorIndex), (2, .bytes([]), .address), (3, .list([]), .amount),
    ]
    for (index, item, field) in wrong {
      var changed = fields
      changed[index] = item
      parts[3] = .list([.list(fields), .list(changed)])
      let error = #expect(throws: Block.DecodingError.self) {
        try Block(decoding: RLPItem.list(parts).encoded)
      }
      #expect(error?.field == .withdrawal(index: 1, field))
    }
  }
}
