// Asking a node for the blob parameters of a chain that is not known.

internal import Chain
internal import JSON
internal import Ledger
internal import Primitives

extension NodeClient {
  /// The blob parameters that hold for `block`, those of its fork being `own`.
  ///
  /// They matter where the block has an excess of blob gas, since without one every chain asks for the
  /// least price, and where it has more blobs than the fork allows. Then the node is asked for its
  /// configuration (EIP-7910), and where that does not tell for the price of this block.
  func blobParameters(
    of block: NodeBlock, own: BlobParameters
  ) throws(FetchError) -> BlobParameters {
    let excess = block.excessBlobGas ?? 0
    if excess == 0 && own.hasRoom(for: block.blobGasUsed) { return own }
    if let parameters = try configuredBlobs(at: block.timestamp),
      parameters.hasRoom(for: block.blobGasUsed)
    {
      return parameters
    }
    guard let price = try blobPrice(of: block.number),
      let parameters = BlobParameters(
        price: price, excess: excess, used: block.blobGasUsed, own: own)
    else { throw .block(block.number, .noBlobParameters) }
    return parameters
  }

  /// The parameters that `eth_config` tells for the time of a block: the node speaks of the fork that
  /// holds now, and of the next one.
  private func configuredBlobs(at time: UInt64) throws(FetchError) -> BlobParameters? {
    try askIfOffered("eth_config") { _ in
    } read: { (answer) throws(JSONError) in
      let next = try answer.optionalField("next")
      if let next, try next.field("activationTime").uint64() <= time { return nil }
      let current = try answer.field("current")
      guard try current.field("activationTime").uint64() <= time else { return nil }
      return try current.optionalField("blobSchedule").map { (value) throws(JSONError) in
        try BlobParameters(value)
      }
    }
  }

  /// The price of a unit of blob gas in a block, in wei, as `eth_feeHistory` tells it.
  private func blobPrice(of number: UInt64) throws(FetchError) -> UInt256? {
    try askIfOffered("eth_feeHistory") {
      $0.value("0x1")
      $0.value(UInt256(number).hex)
      $0.array { _ in }
    } read: { (answer) throws(JSONError) in
      let oldest = try answer.field("oldestBlock")
      guard try oldest.uint64() == number else { throw oldest.unexpected("block \(number)") }
      var prices = try answer.optionalField("baseFeePerBlobGas")?.elements()
      return try prices?.next()?.uint256()
    }
  }

  /// The answer to a question that not every node answers; nil where it refuses, or answers null.
  private func askIfOffered<Answer>(
    _ method: String, _ write: (inout JSONWriter) -> Void,
    read: (JSONValue) throws(JSONError) -> Answer?
  ) throws(FetchError) -> Answer? {
    let answer: JSONValue?
    do throws(RPCError) {
      answer = try call(method, write)
    } catch {
      if case .refused = error.problem, !error.mayPass { return nil }
      throw .call(error)
    }
    do throws(JSONError) {
      return try answer.flatMap { (value) throws(JSONError) in try read(value) }
    } catch {
      throw .answer(error)
    }
  }
}

extension BlobParameters {
  /// Whether a block may have this much blob gas.
  fileprivate func hasRoom(for used: UInt64) -> Bool { used <= BlobGas.gas(ofBlobs: max) }

  /// Parameters by which a block with this excess and this use of blob gas has this price; nil where
  /// there are none.
  ///
  /// Those of the public networks come first. Of others, the price tells the fraction, or one that is
  /// as good for this block: executing it asks for no more than the price, and that its blobs fit.
  fileprivate init?(price: UInt256, excess: UInt64, used: UInt64, own: BlobParameters) {
    for known in [own, .bpo1, .bpo2]
    where known.hasRoom(for: used) && BlobGas.baseFee(excess: excess, parameters: known) == price {
      self = known
      return
    }
    let count = used / BlobGas.perBlob + (used.isMultiple(of: BlobGas.perBlob) ? 0 : 1)
    self.init(
      target: own.target, max: Swift.max(own.max, count), baseFeeUpdateFraction: 1)
    // The price falls as the fraction grows. Find the least at which it is not above `price`.
    var (low, high) = (1 as UInt64, UInt64.max)
    while low < high {
      baseFeeUpdateFraction = low + (high - low) / 2
      if BlobGas.baseFee(excess: excess, parameters: self) > price {
        low = baseFeeUpdateFraction + 1
      } else {
        high = baseFeeUpdateFraction
      }
    }
    baseFeeUpdateFraction = low
    guard BlobGas.baseFee(excess: excess, parameters: self) == price else { return nil }
  }
}
