// The roots of blocks, and the headers that commit to them.

import Execution
import Ledger
import Primitives
import State
import Storage

extension Pipeline {
  /// Computes the roots of a block that was executed. Fills in the header of our own, compares with
  /// that of others.
  func seal(_ block: BlockInFlight, as worker: Int) throws(PipelineError) {
    guard let outcome = block.outcome, var header = block.header else {
      preconditionFailure("the block was executed")
    }
    let lists = clock.measure(.lists) { roots(of: block, outcome.receipts, as: worker) }
    let isDraft = block.block == nil
    do throws(InvalidBlock) {
      if isDraft {
        header.parentHash = rootedHash
        header.transactionsRoot = lists.transactions
        header.receiptsRoot = lists.receipts
        if case .draft(let draft) = block.source, header.withdrawalsRoot != nil {
          header.withdrawalsRoot = OrderedTrieRoot.of(draft.withdrawals.map(\.encoded))
        }
      } else {
        try OutcomeValidation.check(outcome, receiptsRoot: lists.receipts, against: header)
        try BodyValidation.checkRoots(
          transactions: lists.transactions, withdrawals: block.block?.withdrawals, in: header)
      }
    } catch {
      throw block.refused(error)
    }
    let root = try clock.measure(.root) { () throws(PipelineError) in
      do throws(StoreError) {
        return try store.root(
          after: block.unrooted,
          run: { [self] jobs, body in
            share(jobs, as: worker, for: .root, body)
          })
      } catch {
        throw .store(error)
      }
    }
    if isDraft {
      header.stateRoot = root
      block.hash = header.hash
      store.name(BlockIdentity(number: block.number, hash: header.hash))
    } else if header.stateRoot != root {
      throw block.refused(.wrongStateRoot(expected: root))
    }
    block.header = header
    rootedHash = header.hash
    rootedHeader = header
  }

  private func roots(
    of block: BlockInFlight, _ receipts: [Receipt], as worker: Int
  ) -> (transactions: Hash256, receipts: Hash256) {
    let run: ConcurrentRun = { [self] jobs, body in share(jobs, as: worker, for: .lists, body) }
    let encodings = block.encodings
    let transactions = OrderedTrieRoot.of(encodings.count, run: run) { index, encoder in
      encodings.bytes.withUnsafeBytes {
        encoder.appendRaw(UnsafeRawBufferPointer(rebasing: $0[encodings.range(index)]))
      }
    }
    // Through a pointer, so that no receipt is copied.
    let receiptsRoot = receipts.withUnsafeBufferPointer { receipts in
      OrderedTrieRoot.of(receipts.count, run: run) { index, encoder in
        if let first = receipts.baseAddress { (first + index).pointee.write(to: &encoder) }
      }
    }
    return (transactions, receiptsRoot)
  }
}
