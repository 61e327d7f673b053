// Blocks as they come in.

import Ledger
import Primitives

/// The end of the chain as it was handed over, from which the place of the next block follows.
struct Incoming {
  /// The header of the last block, where it is known: not that of a draft before it is executed.
  var header: Header?
  private var number: UInt64
  private var timestamp: UInt64
  private var totalDifficulty: UInt256

  init(header: Header, totalDifficulty: UInt256) {
    self.header = header
    self.totalDifficulty = totalDifficulty
    number = header.number
    timestamp = header.timestamp
  }

  /// The block that follows. Throws where it cannot.
  mutating func follow(
    _ source: PipelineBlock, rules: ChainRules
  ) throws(PipelineError) -> BlockInFlight {
    let (next, overflow) = number.addingReportingOverflow(1)
    if overflow {
      throw .invalid(number: number, header: source.header, .wrongNumber(expected: number))
    }
    var (time, difficulty) = (UInt64(0), UInt256.zero)
    switch source {
    case .draft(let draft): time = draft.timestamp
    case .sealed(let block):
      time = block.header.timestamp
      difficulty = block.header.difficulty
      if block.header.number != next {
        throw .invalid(
          number: block.header.number, header: block.header, .wrongNumber(expected: next))
      }
    }
    if time <= timestamp {
      throw .invalid(number: next, header: source.header, .timestampNotAfterParent(timestamp))
    }
    let fork = rules.fork(
      block: next, timestamp: time, parentTotalDifficulty: totalDifficulty)
    let block = BlockInFlight(
      source, parentHeader: header, number: next, timestamp: time, fork: fork,
      parentTotalDifficulty: totalDifficulty, needsParentRoot: fork < .byzantium)
    (number, timestamp) = (next, time)
    totalDifficulty = totalDifficulty.addedOrMax(difficulty)
    header = source.header
    return block
  }
}
