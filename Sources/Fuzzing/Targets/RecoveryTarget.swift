// Recovery of many keys at once, against libsecp256k1.

internal import Crypto
internal import Primitives
internal import Samples

/// Batches of signatures, many of them made so that points meet, against one recovery after the other.
final class RecoveryTarget: FuzzTarget {
  static let name = "recovery"
  static let summary = "keys of many signatures at once, against libsecp256k1 one by one"

  /// What is fast here, most of the time; the others now and then.
  private let ways = BatchRecovery.allCases.filter { $0.isAvailable && $0 != .single }

  func run(_ generator: inout SeededGenerator) -> Finding? {
    let count = generator.within(1...63)
    let signatures = (0..<count).map { _ in generator.recoverableHash() }
    let way = generator.oneIn(32) ? generator.pick(ways) : ways[0]
    let batch = Secp256k1.recover(signatures, by: way)
    for (index, signature) in signatures.enumerated() {
      let alone = Secp256k1.recover(
        hash: signature.hash, r: signature.r, s: signature.s, yParity: signature.yParity)
      guard batch[index] != alone else { continue }
      return Finding(
        "signature \(index) of \(count) by \(way.name): \(Self.text(batch[index])) instead of "
          + "\(Self.text(alone)); hash \(signature.hash.word), r \(signature.r), s \(signature.s), "
          + "y parity \(signature.yParity)")
    }
    return nil
  }

  private static func text(_ address: Address?) -> String { address.map { "\($0)" } ?? "no key" }
}
