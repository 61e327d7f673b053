// What the machine is worth while something is measured.

internal import Fixtures
internal import Ledger
internal import Synchronization

/// Recoveries by libsecp256k1, which everybody can repeat: by them figures of different machines, and of
/// different hours on a shared one, can be compared.
enum Yardstick {
  /// How many senders each thread recovers.
  private static let recoveries = 2_000

  /// Nanoseconds of processor time in which libsecp256k1 recovers the sender of a transaction of the file
  /// at `path`, on `threads` threads at once.
  static func recovery(_ path: String, threads: Int) throws(FullPathError) -> Double {
    guard let block = try BlockPileReader(path).next() else { return 0 }
    let transactions = (0..<block.count).compactMap { try? Transaction(decoding: block[$0]) }
    if transactions.isEmpty { return 0 }
    let sum = Atomic<UInt64>(0)
    WorkerThreads.run(threads) { _ in
      let start = ThreadClock.now
      for number in 0..<recoveries {
        _ = try? transactions[number % transactions.count].recoverSender()
      }
      sum.wrappingAdd(UInt64(ThreadClock.now - start), ordering: .relaxed)
    }
    return Double(sum.load(ordering: .relaxed)) / Double(recoveries * threads)
  }
}
