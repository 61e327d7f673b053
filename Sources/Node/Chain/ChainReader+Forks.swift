// The rules of blocks that are not there.

internal import Ledger
internal import Primitives
internal import Storage

extension ChainReader {
  /// The rules of a block of this number and time in the place of the one with this header, or behind it.
  func fork(
    of header: Header, number: UInt64, timestamp: UInt64
  ) throws(RPCError) -> Fork {
    if number == header.number && timestamp == header.timestamp { return try fork(of: header) }
    let total = try reading { () throws(StoreError) in try store.totalDifficulty(header.number) }
    let parent = (total ?? .zero).subtractingReportingOverflow(header.difficulty).partialValue
    return rules.fork(
      block: number, timestamp: timestamp, parentTotalDifficulty: parent)
  }

  /// The rules of a block of this time behind another, which is in the chain.
  func fork(behind parent: Found, timestamp: UInt64) throws(RPCError) -> Fork {
    let total = try reading { () throws(StoreError) in try store.totalDifficulty(parent.number) }
    return rules.fork(
      block: parent.number.successor, timestamp: timestamp, parentTotalDifficulty: total ?? .zero)
  }
}
