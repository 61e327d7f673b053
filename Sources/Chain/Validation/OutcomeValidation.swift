// Whether an execution gave what its header commits to.

public import Execution
public import Ledger
import Primitives
import State

/// The commitments of a header to the outcome of its block, all but the state root.
public enum OutcomeValidation {
  /// Throws the first commitment that does not hold.
  public static func check(_ outcome: BlockOutcome, against header: Header) throws(InvalidBlock) {
    if header.gasUsed != outcome.gasUsed { throw .wrongGasUsed(expected: outcome.gasUsed) }
    if let used = header.blobGasUsed, used != outcome.blobGasUsed {
      throw .wrongBlobGasUsed(expected: outcome.blobGasUsed)
    }
    if header.logsBloom != outcome.bloom { throw .wrongLogsBloom }
    let receipts = OrderedTrieRoot.of(outcome.receipts.map(\.encoded))
    if header.receiptsRoot != receipts { throw .wrongReceiptsRoot(expected: receipts) }
    guard let hash = header.requestsHash else { return }
    let requests = Requests.hash(outcome.requests)
    if hash != requests { throw .wrongRequestsHash(expected: requests) }
  }
}
