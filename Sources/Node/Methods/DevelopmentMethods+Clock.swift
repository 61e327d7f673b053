// Methods that move the clock, and those that say what the next block has.

internal import Chain
internal import JSON
internal import Ledger
internal import Primitives

extension DevelopmentMethods {
  /// No time and no interval is longer, so that there are always later ones. Where times may be given in
  /// milliseconds, what is above is taken for such.
  static let mostSeconds: UInt64 = 1_000_000_000_000

  /// The seconds between blocks that a request wants.
  static func interval(_ parameters: RPCParameters) throws(RPCError) -> UInt64 {
    let seconds = try parameters.number(0)
    guard seconds <= mostSeconds else {
      throw .invalidParameters("an interval of at most \(mostSeconds) seconds")
    }
    return seconds
  }

  var clock: [String: RPCMethod] {
    Self.merged(
      Self.named("evm_increaseTime", "anvil_increaseTime", "hardhat_increaseTime") {
        (parameters, writer) throws(RPCError) in
        let seconds = try parameters.number(0)
        let (last, now) = (try chain.existingBlock(.latest).header.timestamp, BlockProducer.now)
        let offset: Int64? = producer.change { next in
          // Many blocks in a second run ahead of the clock.
          let (sum, overflow) = max(next.clock(now), last).addingReportingOverflow(seconds)
          if overflow || sum > Self.mostSeconds { return nil }
          next.set(clock: sum, now: now)
          return next.timeOffset
        }
        guard let offset else {
          throw .invalidParameters(
            "\(seconds) seconds more are more than \(Self.mostSeconds) in all")
        }
        writer.value(offset)
      },
      Self.named("evm_setTime", "anvil_setTime", "hardhat_setTime") {
        (parameters, writer) throws(RPCError) in
        let wanted = try parameters.number(0)
        let seconds = wanted >= Self.mostSeconds ? wanted / 1000 : wanted
        let now = BlockProducer.now
        writer.value(
          producer.change { next in
            next.set(clock: min(seconds, Self.mostSeconds), now: now)
            return next.timeOffset
          })
      },
      Self.named(
        "evm_setNextBlockTimestamp", "anvil_setNextBlockTimestamp", "hardhat_setNextBlockTimestamp"
      ) { (parameters) throws(RPCError) in
        try setNextTimestamp(try parameters.number(0))
      },
      Self.named("anvil_setBlockTimestampInterval", "hardhat_setBlockTimestampInterval") {
        (parameters) throws(RPCError) in
        let seconds = try Self.interval(parameters)
        producer.change { $0.interval = seconds }
      },
      Self.named("anvil_removeBlockTimestampInterval", "hardhat_removeBlockTimestampInterval") {
        (_, writer) throws(RPCError) in
        writer.value(
          producer.change { next in
            defer { next.interval = nil }
            return next.interval != nil
          })
      })
  }

  var wishes: [String: RPCMethod] {
    Self.merged(
      Self.named("anvil_setNextBlockBaseFeePerGas", "hardhat_setNextBlockBaseFeePerGas") {
        (parameters) throws(RPCError) in
        let fee = try parameters.word(0)
        guard try chain.existingBlock(.latest).header.baseFeePerGas != nil else {
          throw .failed("blocks before London have no base fee")
        }
        producer.change { $0.baseFee = fee }
      },
      Self.named("anvil_setCoinbase", "hardhat_setCoinbase") { (parameters) throws(RPCError) in
        let address = try parameters.address(0)
        producer.change { $0.coinbase = address }
      },
      Self.named("anvil_setPrevRandao", "hardhat_setPrevRandao", "anvil_setNextBlockPrevRandao") {
        (parameters) throws(RPCError) in
        let value = Hash256(try parameters.slot(0))
        producer.change { $0.prevRandao = value }
      },
      Self.named("evm_setBlockGasLimit", "anvil_setBlockGasLimit", "hardhat_setBlockGasLimit") {
        (parameters, writer) throws(RPCError) in
        let limit = try parameters.number(0)
        guard limit >= 21_000, limit <= UInt64(Int64.max) else {
          throw .invalidParameters("a block's gas limit is from 21000 to 2^63 - 1")
        }
        producer.change { $0.gasLimit = limit }
        writer.value(true)
      },
      Self.named("anvil_setMinGasPrice", "hardhat_setMinGasPrice") {
        (_, _) throws(RPCError) in
        throw .invalidParameters(
          "setMinGasPrice is not supported when EIP-1559 is active: the base fee is the least")
      })
  }
}
