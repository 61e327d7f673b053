// eth_ methods about what gas costs.

internal import Chain
internal import JSON
internal import Ledger
internal import Primitives

/// Methods about fees.
struct EthFees {
  let chain: ChainReader
  let oracle = FeeOracle()

  /// As many blocks a fee history may have, as in geth.
  private static let historyLimit: UInt64 = 1024
  private static let percentileLimit = 100

  var methods: [String: RPCMethod] {
    [
      "eth_baseFee": { (_, writer) throws(RPCError) in
        writer.value(quantity: BaseFee.next(after: try chain.existingBlock(.latest).header))
      },
      "eth_blobBaseFee": { (_, writer) throws(RPCError) in
        let header = try chain.existingBlock(.latest).header
        if let fee = chain.blobBaseFee(of: header) {
          writer.value(quantity: fee)
        } else {
          writer.null()
        }
      },
      "eth_gasPrice": { (_, writer) throws(RPCError) in
        let header = try chain.existingBlock(.latest).header
        let baseFee = header.baseFeePerGas == nil ? .zero : BaseFee.next(after: header)
        writer.value(quantity: baseFee &+ (try oracle.tip(chain)))
      },
      "eth_maxPriorityFeePerGas": { (_, writer) throws(RPCError) in
        writer.value(quantity: try oracle.tip(chain))
      },
      "eth_feeHistory": { (parameters, writer) throws(RPCError) in
        try writeHistory(parameters, to: &writer)
      },
    ]
  }

  private func writeHistory(
    _ parameters: RPCParameters, to writer: inout JSONWriter
  ) throws(RPCError) {
    let count = min(try parameters.quantity(0), Self.historyLimit)
    let selector = try parameters.required(1) { (value) throws(RPCError) in
      try BlockSelector(value)
    }
    let percentiles =
      try parameters.optional(2) { (value) throws(RPCError) in
        try value.rpcList(atMost: Self.percentileLimit) { (number) throws(RPCError) in
          try Self.percentile(number)
        }
      } ?? []
    guard zip(percentiles, percentiles.dropFirst()).allSatisfy({ $0 <= $1 }) else {
      throw .invalidParameters("invalid reward percentile: they must rise")
    }
    guard let last = try chain.number(of: selector) else {
      throw .invalidParameters("request beyond head block")
    }
    let first = last - min(last, max(count, 1) - 1)
    var headers: [Header] = []
    if count > 0 {
      for number in first...last {
        headers.append(try chain.existingBlock(.number(number)).header)
      }
    }
    try writer.object { (object) throws(RPCError) in
      object.member("oldestBlock", quantity: first)
      object.key("baseFeePerGas")
      object.array { list in
        for header in headers { list.value(quantity: header.baseFeePerGas ?? .zero) }
        if let header = headers.last {
          list.value(quantity: header.baseFeePerGas == nil ? .zero : BaseFee.next(after: header))
        }
      }
      object.key("gasUsedRatio")
      object.array { list in
        for header in headers {
          list.value(Double(header.gasUsed) / Double(max(header.gasLimit, 1)))
        }
      }
      writeBlobs(of: headers, to: &object)
      if percentiles.isEmpty { return }
      object.key("reward")
      try object.array { (list) throws(RPCError) in
        for header in headers {
          let rewards = try rewards(of: header, percentiles)
          list.array { row in for reward in rewards { row.value(quantity: reward) } }
        }
      }
    }
  }

  private static func percentile(_ value: JSONValue) throws(RPCError) -> Double {
    let number = value.fraction
    guard let number, number >= 0, number <= 100 else {
      throw .invalidParameters("invalid reward percentile: it lies between 0 and 100")
    }
    return number
  }

  private func writeBlobs(of headers: [Header], to object: inout JSONWriter) {
    object.key("baseFeePerBlobGas")
    object.array { list in
      for header in headers { list.value(quantity: chain.blobBaseFee(of: header) ?? .zero) }
      if let header = headers.last { list.value(quantity: chain.blobBaseFee(of: header) ?? .zero) }
    }
    object.key("blobGasUsedRatio")
    object.array { list in
      for header in headers {
        let blobs = chain.rules.blobParameters(block: header.number, timestamp: header.timestamp)
        let limit = BlobGas.gas(ofBlobs: UInt64(blobs?.max ?? 0))
        list.value(limit == 0 ? 0.0 : Double(header.blobGasUsed ?? 0) / Double(limit))
      }
    }
  }

  /// The tips below which these parts of a block's gas were used.
  private func rewards(
    of header: Header, _ percentiles: [Double]
  ) throws(RPCError) -> [UInt256] {
    let block = try chain.decoded(
      ChainReader.Found(number: header.number, hash: header.hash, header: header))
    if block.transactions.isEmpty { return percentiles.map { _ in .zero } }
    var tips: [(tip: UInt256, gas: UInt64)] = []
    var before: UInt64 = 0
    for (transaction, receipt) in zip(block.transactions, block.receipts) {
      let price = transaction.gasPrice(in: header)
      tips.append((price &- (header.baseFeePerGas ?? .zero), receipt.cumulativeGasUsed - before))
      before = receipt.cumulativeGasUsed
    }
    tips.sort { $0.tip < $1.tip }
    var (place, sum) = (0, tips[0].gas)
    return percentiles.map { percentile in
      let wanted = UInt64(Double(header.gasUsed) * percentile / 100)
      while sum < wanted, place + 1 < tips.count {
        place += 1
        sum += tips[place].gas
      }
      return tips[place].tip
    }
  }
}
