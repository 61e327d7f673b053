// The logs of blocks.

internal import Ledger
internal import Primitives

extension ChainReader {
  /// The logs of block `number` that a filter wants.
  func logs(of number: UInt64, _ filter: LogFilter) throws(RPCError) -> [PlacedLog] {
    guard let block = try block(.number(number)),
      filter.blooms.mayMatch(block.header.logsBloom)
    else { return [] }
    return try logs(of: block, filter.matches)
  }

  /// The logs of a block that are wanted.
  func logs(of block: Found, _ isWanted: (Log) -> Bool) throws(RPCError) -> [PlacedLog] {
    try decoded(block).logs(isWanted)
  }
}
