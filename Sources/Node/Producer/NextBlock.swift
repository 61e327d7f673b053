// What was asked of the next blocks.

internal import Chain
internal import Crypto
internal import Ledger
internal import Primitives

/// Wishes about blocks to be made, and the clock they are made by.
struct NextBlock: Sendable {
  /// Who earns the fees.
  var coinbase = Address.zero
  /// The gas that a block may use.
  var gasLimit: UInt64
  /// What is added to the clock, in seconds.
  var timeOffset: Int64 = 0
  /// Seconds from one block's time to the next; nil where the clock says it.
  var interval: UInt64?
  /// The time of the next block alone.
  var timestamp: UInt64?
  /// The base fee of the next block alone.
  var baseFee: UInt256?
  /// The randomness of the next block alone; what blocks have otherwise follows from their time.
  var prevRandao: Hash256?

  init(gasLimit: UInt64) { self.gasLimit = gasLimit }

  /// The time of a block made `now` behind one of `parent`. A time that was set is where the clock goes on from.
  mutating func takeTimestamp(now: UInt64, after parent: UInt64) -> UInt64 {
    let (next, overflow) = parent.addingReportingOverflow(1)
    let least = overflow ? parent : next
    if let wanted = timestamp {
      timestamp = nil
      let taken = max(wanted, least)
      set(clock: taken, now: now)
      return taken
    }
    if let interval {
      let (sum, overflow) = parent.addingReportingOverflow(interval)
      return overflow ? least : max(sum, least)
    }
    return max(clock(now), least)
  }

  /// What the clock says.
  func clock(_ now: UInt64) -> UInt64 {
    UInt64(clamping: Int64(clamping: now).addingReportingOverflow(timeOffset).partialValue)
  }

  /// Sets the clock.
  mutating func set(clock: UInt64, now: UInt64) {
    timeOffset =
      Int64(clamping: clock).subtractingReportingOverflow(Int64(clamping: now)).partialValue
  }

  /// Asks again for what was asked of a block that was not made, unless something else was asked since.
  mutating func takeBack(_ before: NextBlock) {
    if timestamp == nil { timestamp = before.timestamp }
    if baseFee == nil { baseFee = before.baseFee }
    if prevRandao == nil { prevRandao = before.prevRandao }
  }

  /// The draft of the next block, for which wishes about it alone are spent. Its candidates were chosen by the base
  /// fee and the gas limit of `wishes`: others that were set since are for the block after it.
  mutating func takeDraft(timestamp: UInt64, chosenBy wishes: NextBlock) -> BlockDraft {
    var draft = BlockDraft(
      coinbase: coinbase, timestamp: timestamp, gasLimit: wishes.gasLimit,
      prevRandao: prevRandao ?? Keccak256.hash(UInt256(timestamp)),
      transactions: EncodedTransactions())
    draft.baseFee = wishes.baseFee
    draft.allowsStatedSenders = true
    if baseFee == wishes.baseFee { baseFee = nil }
    prevRandao = nil
    return draft
  }
}
