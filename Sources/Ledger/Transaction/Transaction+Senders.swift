// Who signed many transactions.

internal import Crypto
public import Primitives

extension Transaction {
  /// How many senders are worth recovering together: many more would not fit the processor's caches.
  public static let senderBatch = 256

  /// Who signed each of `transactions`, under a fork of a chain, recovered in batches. Throws what is
  /// wrong with the first signature that names nobody.
  public static func recoverSenders(
    of transactions: [Transaction], fork: Fork, chainID: UInt64
  ) throws(SignatureError) -> [Address] {
    if transactions.isEmpty { return [] }
    var failure: SignatureError?
    let senders = [Address](unsafeUninitializedCapacity: transactions.count) { senders, count in
      transactions.withUnsafeBufferPointer { transactions in
        while count < transactions.count, failure == nil {
          let range = count..<min(count + senderBatch, transactions.count)
          let wrong = recoverSenders(
            of: UnsafeBufferPointer(rebasing: transactions[range]), fork: fork, chainID: chainID,
            into: UnsafeMutableBufferPointer(rebasing: senders[range]))
          count = range.upperBound
          failure = wrong.first?.error
        }
      }
    }
    if let failure { throw failure }
    return senders
  }

  /// Recovers who signed each of `transactions`, many at once, under a fork of a chain. Writes one
  /// address for each, a meaningless one where the signature names nobody, and returns what is wrong
  /// with those, by rising index.
  ///
  /// Several threads may do this at once, each with transactions of its own.
  public static func recoverSenders(
    of transactions: UnsafeBufferPointer<Transaction>, fork: Fork, chainID: UInt64,
    into senders: UnsafeMutableBufferPointer<Address>
  ) -> [(index: Int, error: SignatureError)] {
    var malformed: [(index: Int, error: SignatureError)] = []
    var failures: [(index: Int, error: SignatureError)] = []
    let count = transactions.count
    guard let first = transactions.baseAddress else { return [] }
    let hashes = signingHashes(of: transactions)
    withUnsafeTemporaryAllocation(of: RecoverableHash.self, capacity: count) { signatures in
      for index in 0..<count {
        do throws(SignatureError) {
          try (first + index).pointee.validateSignature(fork: fork, chainID: chainID)
        } catch {
          malformed.append((index, error))
        }
        let signature = (first + index).pointee.signature
        signatures.initializeElement(
          at: index,
          to: RecoverableHash(
            hash: hashes[index], r: signature.r, s: signature.s,
            yParity: signature.yParity))
      }
      withUnsafeTemporaryAllocation(of: Address?.self, capacity: count) { recovered in
        recovered.initialize(repeating: nil)
        Secp256k1.recover(UnsafeBufferPointer(signatures), into: recovered)
        var wrong = malformed[...]
        for index in 0..<count {
          senders.initializeElement(at: index, to: recovered[index] ?? .zero)
          if let failure = wrong.first, failure.index == index {
            failures.append(wrong.removeFirst())
          } else if recovered[index] == nil {
            failures.append((index, .unrecoverable))
          }
        }
      }
    }
    return failures
  }

  /// What the senders signed, hashed several at once.
  private static func signingHashes(
    of transactions: UnsafeBufferPointer<Transaction>
  ) -> [Hash256] {
    var encoder = RLPEncoder(reservingCapacity: transactions.count * 128)
    guard let first = transactions.baseAddress else { return [] }
    // By pointer: a copy of a transaction counts four references.
    let ends = transactions.indices.map { index in
      (first + index).pointee.writeEnvelope(to: &encoder, signed: false)
      return encoder.bytes.count
    }
    return encoder.bytes.withUnsafeBytes { bytes in
      var start = 0
      let messages = ends.map { end in
        defer { start = end }
        return UnsafeRawBufferPointer(rebasing: bytes[start..<end])
      }
      return [Hash256](unsafeUninitializedCapacity: ends.count) { hashes, initialized in
        hashes.initialize(repeating: .zero)
        let hashes = UnsafeMutableBufferPointer(rebasing: hashes[..<ends.count])
        messages.withUnsafeBufferPointer { Keccak256.hash($0, into: hashes) }
        initialized = ends.count
      }
    }
  }
}
