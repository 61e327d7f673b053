// Transactions on their way into the pool together.

internal import Crypto
internal import Ledger
internal import Primitives

/// Transactions that are decoded, hashed and recovered together.
struct IngestBatch {
  private let encodings: [[UInt8]]
  private let allowsStatedSenders: Bool
  /// What became of each, as far as it is known.
  private var results: [TransactionIngest.Outcome?]
  /// Those that nothing was found against yet, with their places.
  private(set) var prepared: [(place: Int, transaction: PooledTransaction)] = []
  /// Those that the pool took.
  private(set) var accepted: [PooledTransaction] = []
  /// Those that had to go for them.
  private(set) var displaced: [PooledTransaction] = []

  init(_ encodings: [[UInt8]], allowsStatedSenders: Bool) {
    self.encodings = encodings
    self.allowsStatedSenders = allowsStatedSenders
    results = Array(repeating: nil, count: encodings.count)
  }

  /// What became of each.
  var outcomes: [TransactionIngest.Outcome] {
    results.map { $0 ?? .failure(.internalError("the pool said nothing of a transaction")) }
  }

  /// Decodes, checks and hashes all of them, and finds out who signed them.
  mutating func prepare(_ validation: PoolValidation, _ pool: TransactionPool) {
    var places: [Int] = []
    var transactions: [Transaction] = []
    var sidecars: [BlobSidecar?] = []
    for (place, encoding) in encodings.enumerated() {
      do throws(RPCError) {
        let (transaction, sidecar) = try validation.decode(encoding)
        try validation.check(transaction, sidecar)
        places.append(place)
        transactions.append(transaction)
        sidecars.append(sidecar)
      } catch {
        results[place] = .failure(error)
      }
    }
    // Blocks have transactions without their blobs.
    let bodies = places.indices.map { index in
      sidecars[index] == nil ? encodings[places[index]] : transactions[index].encoded
    }
    let hashes = Self.hashes(of: bodies)
    var (senders, wrong) = Self.senders(of: transactions, validation)
    if allowsStatedSenders {
      for index in places.indices {
        guard let stated = transactions[index].statedSender else { continue }
        (senders[index], wrong[index]) = (stated, nil)
      }
    }
    for index in places.indices {
      if let error = wrong[index] {
        let named = transactions[index].chainID ?? 0
        let reason =
          error == .wrongChainID
          ? "invalid chain id for signer: have \(named) want \(validation.chainID)" : "\(error)"
        results[places[index]] = .failure(.failed("invalid sender: \(reason)"))
        continue
      }
      let pooled = PooledTransaction(
        transactions[index], hash: hashes[index], sender: senders[index],
        encoding: bodies[index], sidecar: sidecars[index], arrival: pool.nextArrival())
      prepared.append((places[index], pooled))
    }
  }

  /// Takes down what the pool said.
  mutating func note(_ outcomes: [Result<[PooledTransaction], RPCError>]) {
    for ((place, transaction), outcome) in zip(prepared, outcomes) {
      results[place] = outcome.map { _ in transaction.hash }
      if case .success(let gone) = outcome {
        accepted.append(transaction)
        displaced += gone
      }
    }
  }

  private static func hashes(of messages: [[UInt8]]) -> [Hash256] {
    if messages.count < 4 { return messages.map { Keccak256.hash($0) } }
    var encodings = EncodedTransactions(reservingCapacity: messages.count)
    for message in messages { encodings.append(message) }
    var hashes = [Hash256](repeating: .zero, count: messages.count)
    encodings.bytes.withUnsafeBytes { bytes in
      let pieces = messages.indices.map {
        UnsafeRawBufferPointer(rebasing: bytes[encodings.range($0)])
      }
      pieces.withUnsafeBufferPointer { pieces in
        hashes.withUnsafeMutableBufferPointer { Keccak256.hash(pieces, into: $0) }
      }
    }
    return hashes
  }

  private static func senders(
    of transactions: [Transaction], _ validation: PoolValidation
  ) -> (senders: [Address], wrong: [Int: SignatureError]) {
    var wrong: [Int: SignatureError] = [:]
    var senders = [Address](repeating: .zero, count: transactions.count)
    senders.withUnsafeMutableBufferPointer { senders in
      transactions.withUnsafeBufferPointer { transactions in
        for start in stride(from: 0, to: transactions.count, by: Transaction.senderBatch) {
          let range = start..<min(start + Transaction.senderBatch, transactions.count)
          let failures = Transaction.recoverSenders(
            of: UnsafeBufferPointer(rebasing: transactions[range]), fork: validation.fork,
            chainID: validation.chainID,
            into: UnsafeMutableBufferPointer(rebasing: senders[range]))
          for (index, error) in failures { wrong[start + index] = error }
        }
      }
    }
    return (senders, wrong)
  }
}
