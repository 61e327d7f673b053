// How fast the keys of signatures are recovered, by ways and by batch sizes.

public import Crypto
internal import Primitives
internal import Samples

/// What was measured of recovery.
public struct RecoverySpeed: Sendable {
  /// One way at one batch size.
  public struct Row: Sendable {
    /// The way.
    public let way: BatchRecovery
    /// Signatures of a batch.
    public let batch: Int
    /// Nanoseconds a signature, one number a round, in rising order.
    public let nanoseconds: [Double]
    /// How many times as fast as libsecp256k1 one after the other, by the medians.
    public let speedUp: Double

    /// The middle one of the rounds.
    public var median: Double { nanoseconds[nanoseconds.count / 2] }
    /// The fastest round.
    public var least: Double { nanoseconds[0] }
    /// The slowest round.
    public var most: Double { nanoseconds[nanoseconds.count - 1] }
  }

  /// The sizes that are measured.
  public static let batches = [1, 8, 64, 512, 4096]

  /// The rows, by batch size and then way.
  public internal(set) var rows: [Row] = []
  /// Rounds of each row.
  public let rounds: Int

  /// Measures every way that this processor has on the calling thread, in turns: each round takes all
  /// ways once. `progress` gets each batch size before its turn.
  public static func measured(
    rounds: Int, batches: [Int] = batches, progress: (Int) -> Void = { _ in }
  ) -> RecoverySpeed {
    var speed = RecoverySpeed(rounds: rounds)
    let ways = BatchRecovery.allCases.filter(\.isAvailable)
    var random = SeededGenerator(seed: 1)
    for batch in batches {
      progress(batch)
      let signatures = (0..<batch).map { _ in random.signedHash() }
      var times = [[Double]](repeating: [], count: ways.count)
      for way in ways { _ = time(signatures, by: way) }  // Tables are made, caches filled.
      for _ in 0..<rounds {
        for (index, way) in ways.enumerated() { times[index].append(time(signatures, by: way)) }
      }
      let sorted = times.map { $0.sorted() }
      let single = ways.firstIndex(of: .single).map { sorted[$0][rounds / 2] } ?? .nan
      for (way, times) in zip(ways, sorted) {
        speed.rows.append(
          Row(
            way: way, batch: batch, nanoseconds: times, speedUp: single / times[rounds / 2]))
      }
    }
    return speed
  }

  /// Nanoseconds of processor time a signature; small batches are recovered more than once.
  private static func time(_ signatures: [RecoverableHash], by way: BatchRecovery) -> Double {
    let calls = max(1, 64 / signatures.count)
    let start = ThreadClock.now
    for _ in 0..<calls { _ = Secp256k1.recover(signatures, by: way) }
    return Double(ThreadClock.now - start) / Double(calls * signatures.count)
  }
}
