// From a payload to a block.

import Execution
public import Ledger
import Primitives
import State

extension NewPayload {
  /// The newest version of the method.
  public static let latestVersion = 4

  /// The block that the payload describes, on a chain of these rules. Whether the block is valid is
  /// for the chain to say.
  public func block(rules: ChainRules) throws(InvalidPayload) -> Block {
    let fork = rules.fork(block: payload.header.number, timestamp: payload.header.timestamp)
    try checkParameters()
    try checkVersion(fork)
    try checkRequests()
    let block = try assembled()
    let hash = block.hash
    if hash != payload.blockHash { throw .wrongBlockHash(expected: hash) }
    if let versionedHashes, versionedHashes != block.transactions.flatMap(\.blobVersionedHashes) {
      throw .wrongVersionedHashes
    }
    return block
  }

  /// Each version has its parameters and fields.
  private func checkParameters() throws(InvalidPayload) {
    guard (1...Self.latestVersion).contains(version) else {
      throw .invalidParameters("there is no version \(version)")
    }
    let parameters: [(name: String, isPresent: Bool, since: Int)] = [
      ("blobGasUsed", payload.header.blobGasUsed != nil, 3),
      ("excessBlobGas", payload.header.excessBlobGas != nil, 3),
      ("expectedBlobVersionedHashes", versionedHashes != nil, 3),
      ("parentBeaconBlockRoot", parentBeaconBlockRoot != nil, 3),
      ("executionRequests", requests != nil, 4),
    ]
    for (name, isPresent, since) in parameters where isPresent != (version >= since) {
      throw .invalidParameters(isPresent ? "\(name) is unknown" : "\(name) is lacking")
    }
  }

  /// Each version serves some forks.
  private func checkVersion(_ fork: Fork) throws(InvalidPayload) {
    let hasWithdrawals = payload.withdrawals != nil
    if hasWithdrawals != (version >= 2 && fork >= .shanghai) {
      throw .invalidParameters(
        hasWithdrawals ? "withdrawals are unknown" : "withdrawals are lacking")
    }
    let served =
      switch version {
      case 1, 2: fork < .cancun
      case 3: fork == .cancun
      default: fork >= .prague
      }
    if !served { throw .unsupportedFork(fork) }
  }

  /// Requests have data, and their kinds rise (EIP-7685).
  private func checkRequests() throws(InvalidPayload) {
    var previous: UInt8?
    for request in requests ?? [] {
      guard let kind = request.first, request.count > 1 else {
        throw .invalidParameters("a request is empty")
      }
      if let previous, previous >= kind { throw .invalidParameters("requests are out of order") }
      previous = kind
    }
  }

  private func assembled() throws(InvalidPayload) -> Block {
    var transactions: [Transaction] = []
    transactions.reserveCapacity(payload.transactions.count)
    for (index, encoding) in payload.transactions.enumerated() {
      do throws(TransactionDecodingError) {
        transactions.append(try Transaction(decoding: encoding))
      } catch {
        throw .malformedTransaction(index: index, error)
      }
    }
    var header = payload.header
    header.transactionsRoot = OrderedTrieRoot.of(payload.transactions)
    header.withdrawalsRoot = payload.withdrawals.map { OrderedTrieRoot.of($0.map(\.encoded)) }
    header.parentBeaconBlockRoot = parentBeaconBlockRoot
    header.requestsHash = requests.map { Requests.hash($0) }
    return Block(header: header, transactions: transactions, withdrawals: payload.withdrawals)
  }
}
