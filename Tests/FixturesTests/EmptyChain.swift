// A chain of empty blocks, as files have it.

import Chain
import JSON
import Ledger
import Primitives

/// A chain under Shanghai's rules whose blocks change nothing.
enum EmptyChain {
  static let genesisText = """
    {"config": {"chainId": 7, "homesteadBlock": 0, "eip150Block": 0, "eip155Block": 0,
      "eip158Block": 0, "byzantiumBlock": 0, "constantinopleBlock": 0, "petersburgBlock": 0,
      "istanbulBlock": 0, "berlinBlock": 0, "londonBlock": 0, "shanghaiTime": 0,
      "terminalTotalDifficulty": 0},
     "difficulty": "0x0", "gasLimit": "0x1c9c380", "alloc": {
       "0x00000000000000000000000000000000000000aa": {"balance": "0x1"}}}
    """

  static func genesis() throws -> Genesis {
    try Genesis(JSONDocument(parsing: Array(genesisText.utf8), source: "genesis.json"))
  }

  /// The blocks from number 1 on.
  static func blocks(_ count: Int) throws -> [Block] {
    var parent = try genesis().header
    return (0..<count).map { _ in
      let fee = parent.baseFeePerGas ?? .zero
      let header = Header(
        parentHash: parent.hash, stateRoot: parent.stateRoot, number: parent.number + 1,
        gasLimit: parent.gasLimit, timestamp: parent.timestamp + 12,
        baseFeePerGas: fee &- fee.dividedOrZero(by: 8), withdrawalsRoot: Header.emptyTrieRoot)
      parent = header
      return Block(header: header, withdrawals: [])
    }
  }
}
