// eth_ methods about what gas costs.

internal import Chain
internal import JSON
internal import Ledger
internal import Primitives
internal import Storage

/// Methods about fees.
struct EthFees {
  let chain: ChainReader
  /// Who makes blocks, and may have been told what the next one is to cost.
  let producer: BlockProducer?
  let oracle = FeeOracle()

  init(chain: ChainReader, producer: BlockProducer? = nil) {
    self.chain = chain
    self.producer = producer
  }

  /// As many blocks a fee history may have, as in geth.
  private static let historyLimit: UInt64 = 1024
  private static let percentileLimit = 100

  var methods: [String: RPCMethod] {
    [
      "eth_baseFee": { (_, writer) throws(RPCError) in
        writer.value(quantity: nextBaseFee(after: try chain.existingBlock(.latest)))
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
        let baseFee = nextBaseFee(after: try chain.existingBlock(.latest))
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

  /// What a unit of gas costs in a block right behind one of the chain; zero before London.
  private func nextBaseFee(after block: ChainReader.Found) -> UInt256 {
    if block.header.baseFeePerGas == nil { return .zero }
    // Wishes are about the block behind the head.
    if let producer, block.hash == chain.store.head.hash {
      return producer.nextBaseFee(after: block.header)
    }
    return BaseFee.next(after: block.header)
  }

  private func writeHistory(
    _ parameters: RPCParameters, to writer: inout JSONWriter
  ) throws(RPCError) {
    let wanted = try parameters.required(0) { (value) throws(RPCError) in
      try value.rpcHexOrDecimal()
    }
    let count = min(wanted, Self.historyLimit)
    let selector = try parameters.required(1) { (value) throws(RPCError) in
      try BlockSelector(value)
    }
    let percentiles = try percentiles(parameters)
    if count == 0 {
      // No blocks have no range.
      writer.object { object in
        object.member("oldestBlock", quantity: 0 as UInt64)
        object.key("gasUsedRatio")
        object.null()
      }
      return
    }
    guard let last = try chain.number(of: selector) else {
      guard case .number(let number) = selector else { throw .failed("header not found") }
      throw .failed(
        "request beyond head block: requested \(number), head \(chain.store.head.number)")
    }
    let first = max(chain.store.genesisBlock.number, last - min(last, count - 1))
    var blocks: [ChainReader.Found] = []
    for number in first...max(first, last) {
      blocks.append(try chain.existingHeader(.number(number)))
    }
    try writer.object { (object) throws(RPCError) in
      object.member("oldestBlock", quantity: first)
      object.key("baseFeePerGas")
      object.array { list in
        for block in blocks { list.value(quantity: block.header.baseFeePerGas ?? .zero) }
        if let block = blocks.last { list.value(quantity: nextBaseFee(after: block)) }
      }
      object.key("gasUsedRatio")
      object.array { list in
        for block in blocks {
          list.value(Double(block.header.gasUsed) / Double(max(block.header.gasLimit, 1)))
        }
      }
      writeBlobs(of: blocks.map(\.header), to: &object)
      if percentiles.isEmpty { return }
      object.key("reward")
      try object.array { (list) throws(RPCError) in
        for block in blocks {
          let rewards = try rewards(of: block, percentiles)
          list.array { row in for reward in rewards { row.value(quantity: reward) } }
        }
      }
    }
  }

  /// The parts of a block's gas, in percent, of which the tips are asked for.
  private func percentiles(_ parameters: RPCParameters) throws(RPCError) -> [Double] {
    let percentiles: [Double] =
      try parameters.optional(2) { (value) throws(RPCError) in
        try value.rpcList { (element) throws(RPCError) -> Double in
          guard let number = element.fraction else {
            throw .invalidParameters("\(element.kind.rawValue) where a number should be")
          }
          return number
        }
      } ?? []
    if percentiles.count > Self.percentileLimit {
      throw .failed("invalid reward percentile: over the query limit \(Self.percentileLimit)")
    }
    for (index, percentile) in percentiles.enumerated() {
      guard percentile >= 0, percentile <= 100 else {
        throw .failed("invalid reward percentile: \(percentile)")
      }
      if index > 0, percentile <= percentiles[index - 1] {
        throw .failed(
          "invalid reward percentile: #\(index - 1):\(percentiles[index - 1]) >= "
            + "#\(index):\(percentile)")
      }
    }
    return percentiles
  }

  private func writeBlobs(of headers: [Header], to object: inout JSONWriter) {
    object.key("baseFeePerBlobGas")
    object.array { list in
      for header in headers { list.value(quantity: chain.blobBaseFee(of: header) ?? .zero) }
      if let header = headers.last { list.value(quantity: chain.nextBlobBaseFee(after: header)) }
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
    of found: ChainReader.Found, _ percentiles: [Double]
  ) throws(RPCError) -> [UInt256] {
    let header = found.header
    let block = try chain.decoded(found)
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
