// A block that asks to be added to a chain.

import Execution
import Ledger

/// A block that is whole, or whose body is not decoded yet.
enum Candidate {
  case decoded(Block)
  case encoded(EncodedBlock)

  var header: Header {
    switch self {
    case .decoded(let block): block.header
    case .encoded(let block): block.header
    }
  }

  /// Throws where the encoding has more bytes than the fork allows.
  func checkSize(fork: Fork) throws(InvalidBlock) {
    if fork < .osaka { return }
    let size =
      switch self {
      case .decoded(let block): block.encoded.count
      case .encoded(let block): block.size
      }
    if size > BodyValidation.maximumSize { throw .tooLarge(limit: BodyValidation.maximumSize) }
  }

  /// Throws where the gas limit, which holds, cannot have room for the transactions. Without this a
  /// long list would be decoded whole before its first transaction is looked at.
  func checkTransactionCount(fork: Fork) throws(InvalidBlock) {
    let limit = BodyValidation.maximumTransactionCount(gasLimit: header.gasLimit, fork: fork)
    let bound = Int(clamping: limit)
    let isAbove =
      switch self {
      case .decoded(let block): block.transactions.count > bound
      case .encoded(let block):
        // An encoding of fewer bytes cannot have as many items.
        block.size > bound && block.transactionCount(upTo: bound + 1) > bound
      }
    if isAbove { throw .tooManyTransactions(limit: limit) }
  }

  /// The whole block.
  func block() throws(InvalidBlock) -> Block {
    switch self {
    case .decoded(let block): return block
    case .encoded(let encoding):
      do throws(Block.DecodingError) {
        return try encoding.block()
      } catch {
        throw .malformed(error)
      }
    }
  }
}
