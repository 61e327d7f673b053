// Keccak-256 against known answers.

import Crypto
import Primitives
import Testing

@Suite struct KeccakTests {
  @Test func knownAnswers() throws {
    #expect(
      Keccak256.hash([]).hex
        == "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")
    let abc = try Hash256(hex: "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45")
    #expect(Keccak256.hash(Array("abc".utf8)) == abc)
  }

  /// The bytes (7i + n) mod 256 for i below n.
  private func pattern(_ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: 7 * $0 + count) }
  }

  @Test func everyLengthAroundTheBlockSizeIsRight() throws {
    // The hash of the hashes of all lengths up to 500, as another implementation gives it.
    let all = (0...500).flatMap { Keccak256.hash(pattern($0)).bytes }
    let expected = "9fcd8a4880d3cc088f1424c54399dc0bed03cc68a2bf9485d38040390dc1ae5e"
    #expect(Keccak256.hash(all) == (try Hash256(hex: expected)))
  }

  @Test func piecesGiveTheHashOfTheWhole() {
    for count in 0...500 {
      let bytes = pattern(count)
      let whole = Keccak256.hash(bytes)
      for size in [1, 7, 8, 135, 136, 137, 300] {
        var hash = Keccak256()
        var start = 0
        while start < count {
          let end = min(count, start + size)
          hash.update(Array(bytes[start..<end]))
          start = end
        }
        #expect(hash.finish() == whole, "\(count) bytes by \(size)")
      }
      #expect(Keccak256.hash(([0] + bytes)[1...]) == whole)
    }
  }

  @Test func wordsAndAddressesAreHashedAsTheirBytes() {
    let word = Keccak256.hash([]).word
    #expect(Keccak256.hash(word) == Keccak256.hash(word.bigEndianBytes))
    let address = Address(truncating: word)
    #expect(Keccak256.hash(address) == Keccak256.hash(address.bytes))
  }

  @Test(arguments: [
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
    "0x52908400098527886E0F7030069857D2E4169EE7", "0xde709f2102306220921060314715629080e2fb77",
  ])
  func capitalsAreTheChecksumOfEIP55(_ text: String) throws {
    #expect(try Address(hex: text).checksummed == text)
  }
}
