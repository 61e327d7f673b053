// Transactions by who sent them.

internal import JSON
internal import Ledger
internal import Primitives
internal import State
internal import Storage

/// A transaction with where it stands.
struct PlacedTransaction {
  let transaction: Transaction
  let hash: Hash256
  let sender: Address
  let place: TransactionPlace

  func write(to object: inout JSONWriter) {
    transaction.write(hash: hash, sender: sender, at: place, to: &object)
  }
}

extension ChainReader {
  /// The transaction of a sender with a nonce; nil where it stands in no block. Which block that is, is found by the
  /// nonces that the sender had after others: a nonce never falls, but where it is set by hand.
  func transaction(
    by sender: Address, nonce: UInt64
  ) throws(RPCError) -> PlacedTransaction? {
    func isUsed(after number: UInt64) throws(RPCError) -> Bool {
      let view = try view(at: .number(number))
      return try readingState { () throws(StateReadError) in
        (try view.account(sender)?.nonce ?? 0) > nonce
      }
    }
    var (low, high) = (store.genesisBlock.number, store.head.number)
    if try !isUsed(after: high) { return nil }
    while low + 1 < high {
      let middle = low + (high - low) / 2
      if try isUsed(after: middle) { high = middle } else { low = middle }
    }
    guard let block = try block(.number(high)), high > store.genesisBlock.number else { return nil }
    let decoded = try decoded(block)
    for (index, transaction) in decoded.transactions.enumerated() where transaction.nonce == nonce {
      guard try decoded.sender(index) == sender else { continue }
      return PlacedTransaction(
        transaction: transaction, hash: decoded.hashes[index], sender: sender,
        place: TransactionPlace(block: block, index: index))
    }
    return nil
  }
}
