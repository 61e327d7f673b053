// Methods that make blocks and say when.

internal import JSON
internal import Ledger
internal import Primitives

extension DevelopmentMethods {
  /// The most blocks that one request may ask for.
  private static let blockLimit: UInt64 = 1_000_000

  var mining: [String: RPCMethod] {
    Self.merged(
      Self.named("evm_mine") { (parameters, writer) throws(RPCError) in
        try mine(try MiningWish(parameters.optional(0)))
        writer.value("0x0")
      },
      Self.named("anvil_mine", "hardhat_mine") { (parameters) throws(RPCError) in
        let count = try parameters.optional(0) { (value) throws(RPCError) in
          try value.rpcNumber()
        }
        let interval = try parameters.optional(1) { (value) throws(RPCError) in
          try value.rpcNumber()
        }
        try mine(count ?? 1, interval: interval)
      },
      Self.named("evm_setAutomine", "anvil_setAutomine", "hardhat_setAutomine") {
        (parameters) throws(RPCError) in
        producer.set(try parameters.flag(0, otherwise: true) ? .automatic : .onRequest)
      },
      Self.named("anvil_getAutomine", "hardhat_getAutomine") { (_, writer) throws(RPCError) in
        writer.value(producer.isAutomatic)
      },
      Self.named("evm_setIntervalMining", "anvil_setIntervalMining", "hardhat_setIntervalMining") {
        (parameters) throws(RPCError) in
        let seconds = try Self.interval(parameters)
        producer.set(seconds == 0 ? .onRequest : .interval(Double(seconds)))
      },
      Self.named("anvil_getIntervalMining", "hardhat_getIntervalMining") {
        (_, writer) throws(RPCError) in
        if case .interval(let seconds) = producer.mode {
          writer.value(seconds)
        } else {
          writer.null()
        }
      })
  }

  /// Makes the blocks that evm_mine is asked for; their numbers.
  @discardableResult
  func mine(_ wish: MiningWish) throws(RPCError) -> [ClosedRange<UInt64>] {
    if let timestamp = wish.timestamp { try setNextTimestamp(timestamp) }
    return try mine(wish.count, interval: nil)
  }

  @discardableResult
  private func mine(_ count: UInt64, interval: UInt64?) throws(RPCError) -> [ClosedRange<UInt64>] {
    guard count <= Self.blockLimit else {
      throw .invalidParameters("more than \(Self.blockLimit) blocks")
    }
    return try producer.mine(count, interval: interval)
  }

  func setNextTimestamp(_ wanted: UInt64) throws(RPCError) {
    let last = try chain.existingBlock(.latest).header.timestamp
    guard wanted <= Self.mostSeconds else {
      throw .invalidParameters("timestamp \(wanted) is more than \(Self.mostSeconds) seconds")
    }
    guard wanted > last else {
      throw .invalidParameters("timestamp \(wanted) is not after that of the last block, \(last)")
    }
    producer.change { $0.timestamp = wanted }
  }
}

/// What evm_mine takes: nothing, a time, or an object with both time and number of blocks.
struct MiningWish {
  var count: UInt64 = 1
  var timestamp: UInt64?

  init(_ options: JSONValue?) throws(RPCError) {
    guard let options else { return }
    guard options.kind == .object else {
      timestamp = try options.rpcNumber()
      return
    }
    count =
      try options.rpcMember("blocks") { (value) throws(RPCError) in try value.rpcNumber() } ?? 1
    timestamp = try options.rpcMember("timestamp") { (value) throws(RPCError) in
      try value.rpcNumber()
    }
  }
}
