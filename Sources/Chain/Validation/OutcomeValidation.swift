// Whether an execution gave what its header commits to.

public import Execution
public import Ledger
import Primitives
import State

/// The commitments of a header to the outcome of its block, all but the state root.
public enum OutcomeValidation {
  /// Throws the first commitment that does not hold.
  public static func check(_ outcome: BlockOutcome, against header: Header) throws(InvalidBlock) {
    try check(
      outcome, receiptsRoot: OrderedTrieRoot.of(outcome.receipts.map(\.encoded)), against: header)
  }

  /// Throws the first commitment that does not hold; `receiptsRoot` is the root of the receipts.
  static func check(
    _ outcome: BlockOutcome, receiptsRoot: Hash256, against header: Header
  ) throws(InvalidBlock) {
    if header.gasUsed != outcome.gasUsed { throw .wrongGasUsed(expected: outcome.gasUsed) }
    if let used = header.blobGasUsed, used != outcome.blobGasUsed {
      throw .wrongBlobGasUsed(expected: outcome.blobGasUsed)
    }
    if header.logsBloom != outcome.bloom { throw .wrongLogsBloom }
    if header.receiptsRoot != receiptsRoot { throw .wrongReceiptsRoot(expected: receiptsRoot) }
    guard let hash = header.requestsHash else { return }
    let requests = Requests.hash(outcome.requests)
    if hash != requests { throw .wrongRequestsHash(expected: requests) }
  }
}
