// The words that keys are derived from.

internal import Crypto
internal import Primitives

/// A mnemonic in English (BIP-39): words for entropy, the last of which also checks the others.
public struct Mnemonic: Sendable, Hashable {
  /// The words, with one space between them.
  public let text: String

  /// How many words there may be.
  private static let counts = [12, 15, 18, 21, 24]

  /// Takes words between any spaces. Throws where they are not of the list, or do not go together.
  public init(_ text: String) throws(NodeError) {
    let words = text.split(whereSeparator: \.isWhitespace)
    guard Self.counts.contains(words.count) else {
      throw NodeError(
        description: "a mnemonic has 12, 15, 18, 21 or 24 words, not \(words.count)")
    }
    var bits: [Bool] = []
    for (place, word) in words.enumerated() {
      guard let index = MnemonicWords.english.firstIndex(of: word) else {
        throw NodeError(
          description:
            "word \(place + 1) of the mnemonic, \"\(word.prefix(40))\", is not in the English list "
            + "of BIP-39")
      }
      bits += Self.bits(index, count: 11)
    }
    // A bit of the hash for each 32 of the entropy.
    let size = bits.count * 32 / 33
    let entropy = stride(from: 0, to: size, by: 8).map { start in
      bits[start..<start + 8].reduce(0 as UInt8) { $0 << 1 | ($1 ? 1 : 0) }
    }
    let checksum = SHA256.hash(entropy).bytes.prefix(1).flatMap { Self.bits(Int($0), count: 8) }
    guard bits[size...].elementsEqual(checksum.prefix(bits.count - size)) else {
      throw NodeError(
        description:
          "the checksum of the mnemonic is wrong: a word is another than it was, or elsewhere")
    }
    self.text = words.joined(separator: " ")
  }

  /// The last bits of a number, the highest first.
  private static func bits(_ number: Int, count: Int) -> [Bool] {
    (0..<count).reversed().map { number >> $0 & 1 == 1 }
  }
}
