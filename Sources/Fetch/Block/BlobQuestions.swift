// Asking a node for the blob parameters of a chain that is not known.

internal import Chain
internal import JSON
internal import Ledger
internal import Primitives

/// Asks a node for blob parameters, as often as a run needs.
final class BlobQuestions {
  private let client: NodeClient
  private var configuration = Configuration.notAsked

  /// What the node says of its chain.
  private enum Configuration {
    case notAsked
    case notOffered
    case told(JSONValue)
  }

  /// Questions to this node.
  init(_ client: NodeClient) { self.client = client }

  /// The blob parameters that hold for `block`, those of its fork being `own`; nil where they matter
  /// and nobody tells them.
  ///
  /// They matter where the block has an excess of blob gas, since without one every chain asks for the
  /// least price, and where it has more blobs than the fork allows. Then the node is asked for its
  /// configuration (EIP-7910), and where that does not tell for the price of this block.
  func parameters(
    of block: NodeBlock, own: BlobParameters
  ) throws(FetchError) -> BlobParameters? {
    let excess = block.excessBlobGas ?? 0
    if excess == 0 && own.hasRoom(for: block.blobGasUsed) { return own }
    if let parameters = try configured(at: block.timestamp),
      parameters.hasRoom(for: block.blobGasUsed)
    {
      return parameters
    }
    guard let price = try price(of: block.number) else { return nil }
    guard
      let parameters = BlobParameters(
        price: price, excess: excess, used: block.blobGasUsed, own: own)
    else { throw .block(block.number, .strangeBlobPrice(price)) }
    return parameters
  }

  /// The parameters that `eth_config` tells for the time of a block: the node speaks of the fork that
  /// holds now, and of the next one. It is asked once; where it answers something else than EIP-7910
  /// says, the price can still tell.
  private func configured(at time: UInt64) throws(FetchError) -> BlobParameters? {
    if case .notAsked = configuration {
      configuration = .notOffered
      if let answer = try askIfOffered("eth_config", { _ in }) { configuration = .told(answer) }
    }
    guard case .told(let answer) = configuration else { return nil }
    return try? BlobParameters(configuration: answer, at: time)
  }

  /// The price of a unit of blob gas in a block, in wei, as `eth_feeHistory` tells it.
  private func price(of number: UInt64) throws(FetchError) -> UInt256? {
    let answer = try askIfOffered("eth_feeHistory") {
      $0.value("0x1")
      $0.value(UInt256(number).hex)
      $0.array { _ in }
    }
    guard let answer else { return nil }
    do throws(JSONError) {
      let oldest = try answer.field("oldestBlock")
      guard try oldest.uint64() == number else { throw oldest.unexpected("block \(number)") }
      var prices = try answer.optionalField("baseFeePerBlobGas")?.elements()
      return try prices?.next()?.uint256()
    } catch {
      throw .answer(error)
    }
  }

  /// The answer to a question that not every node answers; nil where it refuses, also by a status
  /// that speaks of the request, or answers null.
  private func askIfOffered(
    _ method: String, _ write: (inout JSONWriter) -> Void
  ) throws(FetchError) -> JSONValue? {
    do throws(RPCError) {
      return try client.call(method, write)
    } catch {
      switch error.problem {
      case .refused where !error.mayPass: return nil
      case .status(400..<429, _): return nil
      default: throw .call(error)
      }
    }
  }
}

extension BlobParameters {
  /// What an answer of `eth_config` says of a time; nil where it says nothing of it.
  fileprivate init?(configuration: JSONValue, at time: UInt64) throws(JSONError) {
    if let next = try configuration.optionalField("next"),
      try next.field("activationTime").uint64() <= time
    {
      return nil
    }
    let current = try configuration.field("current")
    guard try current.field("activationTime").uint64() <= time,
      let schedule = try current.optionalField("blobSchedule")
    else { return nil }
    try self.init(schedule)
  }

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
