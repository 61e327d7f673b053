// evm_, anvil_ and hardhat_ methods: what only a development chain does.

internal import JSON
internal import Ledger
internal import Primitives

/// Methods that make blocks and move the clock.
struct DevelopmentMethods {
  let chain: ChainReader
  let producer: BlockProducer

  /// The most blocks that one request may ask for.
  private static let blockLimit: UInt64 = 100_000

  var methods: [String: RPCMethod] {
    var methods: [String: RPCMethod] = [
      "evm_mine": { (_, writer) throws(RPCError) in
        try producer.mine()
        writer.value("0x0")
      },
      "evm_setAutomine": { (parameters, writer) throws(RPCError) in
        producer.set(try parameters.flag(0, otherwise: true) ? .automatic : .onRequest)
        writer.null()
      },
      "evm_setIntervalMining": { (parameters, writer) throws(RPCError) in
        let seconds = try seconds(parameters)
        producer.set(seconds == 0 ? .onRequest : .interval(Double(seconds)))
        writer.null()
      },
      "evm_increaseTime": { (parameters, writer) throws(RPCError) in
        writer.value(producer.addTime(Int64(clamping: try seconds(parameters))))
      },
      "evm_setNextBlockTimestamp": { (parameters, writer) throws(RPCError) in
        let wanted = try seconds(parameters)
        let last = try chain.existingBlock(.latest).header.timestamp
        guard wanted > last else {
          throw .invalidParameters(
            "timestamp \(wanted) is not after that of the last block, \(last)")
        }
        producer.setNextTimestamp(wanted)
        writer.null()
      },
    ]
    let mine: RPCMethod = { (parameters, writer) throws(RPCError) in
      let count = try parameters.optional(0) { (value) throws(RPCError) in
        try value.rpcNumber()
      }
      guard count ?? 1 <= Self.blockLimit else {
        throw .invalidParameters("more than \(Self.blockLimit) blocks")
      }
      for _ in 0..<(count ?? 1) { try producer.mine() }
      writer.null()
    }
    let isAutomatic: RPCMethod = { (_, writer) throws(RPCError) in
      writer.value(producer.isAutomatic)
    }
    for prefix in ["anvil", "hardhat"] {
      methods["\(prefix)_mine"] = mine
      methods["\(prefix)_getAutomine"] = isAutomatic
      methods["\(prefix)_setAutomine"] = methods["evm_setAutomine"]
      methods["\(prefix)_setIntervalMining"] = methods["evm_setIntervalMining"]
      methods["\(prefix)_increaseTime"] = methods["evm_increaseTime"]
      methods["\(prefix)_setNextBlockTimestamp"] = methods["evm_setNextBlockTimestamp"]
    }
    return methods
  }

  /// Seconds, as a number or in hex: tools write both.
  private func seconds(_ parameters: RPCParameters) throws(RPCError) -> UInt64 {
    try parameters.required(0) { (value) throws(RPCError) in
      try value.rpcNumber()
    }
  }
}
