// Headers as JSON.

internal import JSON
internal import Ledger
internal import Primitives

extension Header {
  /// The header that `genesisBlockHeader` of a block test spells.
  init(blockTest header: JSONValue) throws(JSONError) {
    self.init(
      parentHash: try header.field("parentHash").hash(),
      ommersHash: try header.field("uncleHash").hash(),
      coinbase: try header.field("coinbase").address(),
      stateRoot: try header.field("stateRoot").hash(),
      transactionsRoot: try header.field("transactionsTrie").hash(),
      receiptsRoot: try header.field("receiptTrie").hash(),
      logsBloom: try header.field("bloom").bloom(),
      difficulty: try header.field("difficulty").uint256(),
      number: try header.field("number").uint64(),
      gasLimit: try header.field("gasLimit").uint64(),
      gasUsed: try header.field("gasUsed").uint64(),
      timestamp: try header.field("timestamp").uint64(),
      extraData: try header.field("extraData").bytes(),
      prevRandao: try header.field("mixHash").hash(),
      nonce: try header.field("nonce").uint64(),
      baseFeePerGas: try header.optionalField("baseFeePerGas")?.uint256(),
      withdrawalsRoot: try header.optionalField("withdrawalsRoot")?.hash(),
      blobGasUsed: try header.optionalField("blobGasUsed")?.uint64(),
      excessBlobGas: try header.optionalField("excessBlobGas")?.uint64(),
      parentBeaconBlockRoot: try header.optionalField("parentBeaconBlockRoot")?.hash(),
      requestsHash: try header.optionalField("requestsHash")?.hash())
  }

  /// The fields of a header that a payload of the Engine API has.
  init(payload: JSONValue) throws(JSONError) {
    self.init(
      parentHash: try payload.field("parentHash").hash(),
      coinbase: try payload.field("feeRecipient").address(),
      stateRoot: try payload.field("stateRoot").hash(),
      receiptsRoot: try payload.field("receiptsRoot").hash(),
      logsBloom: try payload.field("logsBloom").bloom(),
      number: try payload.field("blockNumber").uint64(),
      gasLimit: try payload.field("gasLimit").uint64(),
      gasUsed: try payload.field("gasUsed").uint64(),
      timestamp: try payload.field("timestamp").uint64(),
      extraData: try payload.field("extraData").bytes(),
      prevRandao: try payload.field("prevRandao").hash(),
      baseFeePerGas: try payload.field("baseFeePerGas").uint256(),
      blobGasUsed: try payload.optionalField("blobGasUsed")?.uint64(),
      excessBlobGas: try payload.optionalField("excessBlobGas")?.uint64())
  }
}

extension JSONValue {
  /// The filter of 256 bytes.
  func bloom() throws(JSONError) -> Bloom {
    let bytes = try bytes()
    guard bytes.count == 256 else { throw unexpected("256 bytes") }
    return bytes.withUnsafeBytes { buffer in
      buffer.baseAddress.map { Bloom(bytesAt: $0) } ?? Bloom()
    }
  }
}
