// Transactions and their senders, made ready in parts.

import Execution
import Ledger
import Primitives
import Synchronization

/// The transactions of a block and who signed them. Parts are made ready by several threads, each part
/// by one.
final class PreparedTransactions: @unchecked Sendable {
  private var transactions = UnsafeMutableBufferPointer<Transaction>(start: nil, count: 0)
  private var senders = UnsafeMutableBufferPointer<Address>(start: nil, count: 0)
  private let failures = Mutex<[Failure]>([])
  /// Where there are transactions that nobody took.
  private let decoded = Mutex<[Range<Int>]>([])

  /// A transaction that may stand in no block of this fork and chain.
  struct Failure {
    let index: Int
    let reason: Reason

    enum Reason {
      case malformed(TransactionDecodingError)
      case invalid(InvalidTransaction)
    }
  }

  /// Makes room for `count` transactions. Each of them is decoded before anything else happens.
  func reserve(_ count: Int) {
    transactions = .allocate(capacity: count)
    senders = .allocate(capacity: count)
  }

  deinit {
    for range in decoded.withLock({ $0 }) { transactions[range].deinitialize() }
    transactions.deallocate()
    senders.deallocate()
  }

  /// Decodes part of the transactions; what is none counts as failed.
  func decode(_ range: Range<Int>, of encodings: EncodedTransactions) {
    for index in range {
      do throws(TransactionDecodingError) {
        transactions.initializeElement(
          at: index, to: try Transaction(decoding: encodings[index]))
      } catch {
        note(index, .malformed(error))
        transactions.initializeElement(at: index, to: Self.placeholder)
      }
    }
    self.decoded.withLock { $0.append(range) }
  }

  /// Takes over part of transactions that were decoded already.
  func adopt(_ range: Range<Int>, of decoded: [Transaction]) {
    for index in range { transactions.initializeElement(at: index, to: decoded[index]) }
    self.decoded.withLock { $0.append(range) }
  }

  /// Takes over part of transactions whose senders are known.
  func adopt(_ range: Range<Int>, of signed: SignedTransactions, fork: Fork) {
    for index in range {
      transactions.initializeElement(at: index, to: signed.transactions[index])
      senders.initializeElement(at: index, to: signed.senders[index])
      if transactions[index].kind.firstFork > fork {
        note(index, .invalid(.typeNotSupported(transactions[index].kind)))
      }
    }
    self.decoded.withLock { $0.append(range) }
  }

  /// Finds out who signed part of the transactions, which are decoded, or who they say that sends them.
  func recover(_ range: Range<Int>, fork: Fork, chainID: UInt64, allowsStated: Bool) {
    let part = UnsafeBufferPointer(rebasing: transactions[range])
    for index in range where transactions[index].kind.firstFork > fork {
      note(index, .invalid(.typeNotSupported(transactions[index].kind)))
    }
    let wrong = Transaction.recoverSenders(
      of: part, fork: fork, chainID: chainID,
      into: UnsafeMutableBufferPointer(rebasing: senders[range]))
    for (index, error) in wrong {
      if allowsStated, error == .invalidS, let sender = part[index].statedSender {
        senders[range.lowerBound + index] = sender
        continue
      }
      note(range.lowerBound + index, .invalid(.invalidSignature(error)))
    }
  }

  private func note(_ index: Int, _ reason: Failure.Reason) {
    failures.withLock { $0.append(Failure(index: index, reason: reason)) }
  }

  /// What stands where no transaction could be decoded.
  private static let placeholder = Transaction(
    kind: .legacy, chainID: nil, nonce: 0, maxFeePerGas: .zero, gasLimit: 0, to: nil)

  /// The failure of the first transaction that failed, by what was found first.
  var firstFailure: Failure? {
    failures.withLock { failures in
      var first: Failure?
      for failure in failures where failure.index < first?.index ?? .max { first = failure }
      return first
    }
  }

  /// The indices of the transactions that failed.
  var failed: Set<Int> { failures.withLock { Set($0.map(\.index)) } }

  /// Hands the transactions and their senders over, but for those that failed. Called once, when all
  /// parts are done.
  func take() -> (transactions: [Transaction], senders: [Address]) {
    let failed = self.failed
    decoded.withLock { $0.removeAll() }
    let count = transactions.count
    let kept = [Transaction](unsafeUninitializedCapacity: max(count, 1)) { buffer, initialized in
      for index in 0..<count {
        let transaction = transactions.moveElement(from: index)
        if failed.contains(index) { continue }
        buffer.initializeElement(at: initialized, to: transaction)
        initialized += 1
      }
    }
    let signers =
      failed.isEmpty
      ? Array(senders) : senders.indices.filter { !failed.contains($0) }.map { senders[$0] }
    return (kept, signers)
  }
}
